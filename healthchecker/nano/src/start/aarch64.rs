//! Entry and exit on AArch64, by its procedure call standard and syscall(2).

use core::arch::{asm, naked_asm};

/// Where the kernel enters, with the stack pointer at the argument count.
///
/// # Safety
/// For the kernel alone.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn nano_start() -> ! {
    // The stack pointer is a multiple of 16 here, as the ABI has it on entry.
    naked_asm!(
        "mov x29, #0",
        "mov x30, #0",
        "mov x0, sp",
        "b {begin}",
        begin = sym super::begin,
    )
}

/// exit_group(2).
pub(super) fn exit(code: i32) -> ! {
    // SAFETY: number 94 takes one register and does not return.
    unsafe { asm!("svc #0", in("x8") 94, in("w0") code, options(noreturn, nostack)) }
}

/// Lets a write to a closed pipe fail instead of ending the process (signal(7)).
pub(super) fn ignore_sigpipe() {
    // The kernel's `struct sigaction`: SIG_IGN, no flags, no restorer, an empty mask.
    let ignore = [1usize, 0, 0, 0];
    // SAFETY: rt_sigaction, number 134, reads the structure, of which `ignore` has the size and the
    // alignment, writes nothing for a null and leaves all registers but the result alone.
    unsafe {
        asm!(
            "svc #0",
            in("x8") 134usize,
            inlateout("x0") 13usize => _,
            in("x1") &ignore,
            in("x2") 0usize,
            in("x3") 8usize,
            options(nostack, readonly),
        );
    }
}

/// memcpy(3). musl's own is made for long copies, and takes 400 bytes.
///
/// # Safety
/// As the C function: valid for `length` bytes, and apart from each other.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    naked_asm!(
        "add x2, x0, x2",
        "mov x3, x0",
        "2: cmp x3, x2",
        "b.eq 3f",
        "ldrb w4, [x1], #1",
        "strb w4, [x3], #1",
        "b 2b",
        "3: ret",
    )
}

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

// What compiled code calls by name, as the C library has it, in a few bytes each.

/// memcpy(3).
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

/// memset(3).
///
/// # Safety
/// As the C function: valid for `length` bytes.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, byte: i32, length: usize) -> *mut u8 {
    naked_asm!(
        "add x2, x0, x2",
        "mov x3, x0",
        "2: cmp x3, x2",
        "b.eq 3f",
        "strb w1, [x3], #1",
        "b 2b",
        "3: ret",
    )
}

/// bcmp(3): 0 where the bytes are the same.
///
/// # Safety
/// As the C function: both valid for `length` bytes.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(one: *const u8, other: *const u8, length: usize) -> i32 {
    naked_asm!(
        "mov x3, x0",
        "mov w0, #0",
        "2: cbz x2, 3f",
        "ldrb w0, [x3], #1",
        "ldrb w4, [x1], #1",
        "sub x2, x2, #1",
        "subs w0, w0, w4",
        "b.eq 2b",
        "3: ret",
    )
}

/// strlen(3).
///
/// # Safety
/// As the C function: a string that ends with a zero byte.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn strlen(string: *const u8) -> usize {
    naked_asm!(
        "mov x1, x0",
        "2: ldrb w2, [x1], #1",
        "cbnz w2, 2b",
        "sub x0, x1, x0",
        "sub x0, x0, #1",
        "ret",
    )
}

//! Entry and exit on x86-64, by the System V ABI and syscall(2).

use core::arch::{asm, naked_asm};

/// Where the kernel enters, with the stack pointer at the argument count.
///
/// # Safety
/// For the kernel alone.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn nano_start() -> ! {
    // The stack pointer is a multiple of 16 here, and the call leaves it as the ABI has it on entry.
    naked_asm!(
        "xor ebp, ebp",
        "mov rdi, rsp",
        "call {begin}",
        begin = sym super::begin,
    )
}

/// exit_group(2).
pub(super) fn exit(code: i32) -> ! {
    // SAFETY: number 231 takes one register and does not return.
    unsafe { asm!("syscall", in("eax") 231, in("edi") code, options(noreturn, nostack)) }
}

/// Lets a write to a closed pipe fail instead of ending the process (signal(7)).
pub(super) fn ignore_sigpipe() {
    // The kernel's `struct sigaction`: SIG_IGN, no flags, no restorer, an empty mask.
    let ignore = [1usize, 0, 0, 0];
    // SAFETY: rt_sigaction, number 13, reads the structure, of which `ignore` has the size and the
    // alignment, writes nothing for a null and leaves all but three registers alone.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") 13usize => _,
            in("rdi") 13usize,
            in("rsi") &ignore,
            in("rdx") 0usize,
            in("r10") 8usize,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack, readonly),
        );
    }
}

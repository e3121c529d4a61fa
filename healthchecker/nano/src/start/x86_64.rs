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

// What compiled code calls by name, as the C library has it, in a few bytes each. The direction flag
// is clear, as the ABI has it on entry, and nothing sets it.

/// memcpy(3).
///
/// # Safety
/// As the C function: valid for `length` bytes, and apart from each other.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    naked_asm!("mov rax, rdi", "mov rcx, rdx", "rep movsb", "ret")
}

/// memset(3).
///
/// # Safety
/// As the C function: valid for `length` bytes.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, byte: i32, length: usize) -> *mut u8 {
    naked_asm!(
        "mov r8, rdi",
        "mov eax, esi",
        "mov rcx, rdx",
        "rep stosb",
        "mov rax, r8",
        "ret"
    )
}

/// bcmp(3): 0 where the bytes are the same.
///
/// # Safety
/// As the C function: both valid for `length` bytes.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(one: *const u8, other: *const u8, length: usize) -> i32 {
    // With nothing to compare, the flag that says "same" is that of the first instruction.
    naked_asm!(
        "xor eax, eax",
        "mov rcx, rdx",
        "repe cmpsb",
        "setne al",
        "ret"
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
        "xor eax, eax",
        "or rcx, -1",
        "repne scasb",
        "sub rax, rcx",
        "sub rax, 2",
        "ret"
    )
}

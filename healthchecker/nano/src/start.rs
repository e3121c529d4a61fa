//! Where the kernel enters and leaves. With socket addresses, the only unsafe code of this package.
//!
//! Touches the library and no room beside it.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_char};
use core::panic::PanicInfo;
use core::ptr::NonNull;
use core::slice;

use healthchecker_nano::output::write_line;
use healthchecker_nano::{Ending, Line, VARIABLE};
use rustix::fd::BorrowedFd;

#[cfg_attr(target_arch = "aarch64", path = "start/aarch64.rs")]
#[cfg_attr(target_arch = "x86_64", path = "start/x86_64.rs")]
mod machine;

// What compiled code calls by name (memcpy but on AArch64, bcmp, strlen) is musl's, which needs no
// initialisation for it.
#[link(name = "c", kind = "static", modifiers = "-bundle")]
unsafe extern "C" {}

/// The strings whose pointers come before the next null.
#[derive(Clone, Copy)]
struct Strings {
    next: *const *mut c_char,
}

impl Strings {
    /// Where the next string starts.
    fn next_start(&mut self) -> Option<NonNull<c_char>> {
        // SAFETY: `next` has not passed the null.
        let string = NonNull::new(unsafe { *self.next })?;
        // SAFETY: what was not the null has a successor.
        self.next = unsafe { self.next.add(1) };
        Some(string)
    }

    /// Among strings of the form `NAME=VALUE`, the value that a name has.
    fn value(mut self, name: &[u8]) -> Option<NonNull<c_char>> {
        while let Some(start) = self.next_start() {
            let mut byte = start;
            // SAFETY: `byte` does not pass the zero byte at the end, since a name, which comes from a
            // string of the kernel's too, has none.
            let mut is = |expected| unsafe {
                let is = byte.cast::<u8>().read() == expected;
                byte = byte.add(usize::from(is));
                is
            };
            if name.iter().all(|&expected| is(expected)) && is(b'=') {
                return Some(byte);
            }
        }
        None
    }
}

/// A string's bytes.
///
/// # Safety
/// The string is the kernel's, which ends each with a zero byte, and nothing writes to it from now
/// on.
unsafe fn bytes(string: NonNull<c_char>) -> &'static [u8] {
    // SAFETY: as promised.
    unsafe { CStr::from_ptr(string.as_ptr()) }.to_bytes()
}

/// Runs the check on what the kernel left on the stack, which `nano_start` alone passes: the
/// argument count, pointers to the arguments, a null, pointers to the variables, a null (execve(2)).
extern "C" fn begin(stack: *const *mut c_char) -> ! {
    // SAFETY: the arguments come after their count.
    let next = unsafe { stack.add(1) };
    let mut words = Strings { next };
    // SAFETY: the variables come after as many pointers as the count says, and a null.
    let next = unsafe { stack.add(2 + stack.cast::<usize>().read()) };
    let variables = Strings { next };
    // The program's name, where there is one.
    words.next_start();
    let mut line = Line::new();
    let arguments = match variables.value(VARIABLE) {
        None => &mut [][..],
        // SAFETY: the kernel's string is ended by a zero byte; its name comes before its value. No
        // other reference to it is made, since without its first byte no name finds it again.
        Some(value) => unsafe {
            value.sub(VARIABLE.len() + 1).write(0);
            let length = CStr::from_ptr(value.as_ptr()).count_bytes();
            slice::from_raw_parts_mut(value.as_ptr().cast(), length)
        },
    };
    let ending = healthchecker_nano::run(
        // SAFETY: nothing writes to an argument.
        &mut || words.next_start().map(|word| unsafe { bytes(word) }),
        arguments,
        // SAFETY: nothing writes to a variable but the one above, which is not found.
        &|name| variables.value(name).map(|value| unsafe { bytes(value) }),
        &mut line,
    );
    leave(&line, ending)
}

/// Prints the line, if there is one, and ends the process.
fn leave(line: &Line, ending: Ending) -> ! {
    let is_printed = line.is_empty() || {
        machine::ignore_sigpipe();
        let number = if ending == Ending::Unhealthy { 2 } else { 1 };
        // SAFETY: nothing in this program closes its standard streams, and where it was started
        // without them no file of its own has their numbers.
        let output = unsafe { BorrowedFd::borrow_raw(number) };
        write_line(output, line.as_bytes())
    };
    machine::exit(ending.code(is_printed))
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    let mut line = Line::new();
    line.say("internal error\n");
    leave(&line, Ending::Unhealthy)
}

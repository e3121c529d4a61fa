//! Where the kernel enters and leaves: the only unsafe code of this package.
#![allow(unsafe_code)]

use core::ffi::{CStr, c_char};
use core::panic::PanicInfo;

use healthchecker_nano::output::write_all;
use healthchecker_nano::{Line, Outcome};
use rustix::fd::BorrowedFd;

#[cfg_attr(target_arch = "aarch64", path = "start/aarch64.rs")]
#[cfg_attr(target_arch = "x86_64", path = "start/x86_64.rs")]
mod machine;

// Compiled code calls memcpy and its like; nothing else of musl's is used, none of it initialised.
#[link(name = "c", kind = "static", modifiers = "-bundle")]
unsafe extern "C" {}

/// What the kernel leaves on the stack (execve(2)): the argument count, pointers to the arguments,
/// a null, pointers to the variables, a null.
#[derive(Clone, Copy)]
struct Entry {
    words: *const *const c_char,
}

impl Entry {
    /// The arguments after the program's name.
    fn arguments(self) -> Strings {
        // SAFETY: the pointers start after the count.
        let next = unsafe { self.words.add(1) };
        let mut arguments = Strings { next };
        // The program's name, where there is one.
        arguments.next_start();
        arguments
    }

    /// The value of the variable `name`.
    fn variable(self, name: &[u8]) -> Option<&'static [u8]> {
        // SAFETY: the variables start after the count, as many pointers as it says, and a null.
        let next = unsafe { self.words.add(2 + self.words.read() as usize) };
        let mut variables = Strings { next };
        while let Some(variable) = variables.next_start() {
            let mut byte = variable;
            // SAFETY: `byte` does not pass the zero byte at the end, since a name has none.
            let mut is = |expected| unsafe {
                let is = *byte.cast::<u8>() == expected;
                byte = byte.add(usize::from(is));
                is
            };
            if name.iter().all(|&expected| is(expected)) && is(b'=') {
                // SAFETY: as in `next`; what comes after the equals sign ends as the whole does.
                return Some(unsafe { CStr::from_ptr(byte) }.to_bytes());
            }
        }
        None
    }
}

/// The strings whose pointers come before the next null.
#[derive(Clone, Copy)]
struct Strings {
    next: *const *const c_char,
}

impl Strings {
    /// Where the next string starts.
    fn next_start(&mut self) -> Option<*const c_char> {
        // SAFETY: `next` has not passed the null.
        let string = unsafe { *self.next };
        if string.is_null() {
            return None;
        }
        // SAFETY: what was not the null has a successor.
        self.next = unsafe { self.next.add(1) };
        Some(string)
    }
}

impl Iterator for Strings {
    type Item = &'static [u8];

    fn next(&mut self) -> Option<&'static [u8]> {
        // SAFETY: the kernel ends each string with a zero byte, and nothing writes to any of them
        // while the program runs.
        Some(unsafe { CStr::from_ptr(self.next_start()?) }.to_bytes())
    }
}

/// Runs the check on what the kernel left at `words`, which `nano_start` alone passes.
extern "C" fn begin(words: *const *const c_char) -> ! {
    let entry = Entry { words };
    let mut line = Line::new();
    let outcome = healthchecker_nano::run(
        &mut entry.arguments(),
        &|name| entry.variable(name),
        &mut line,
    );
    leave(&line, outcome)
}

/// Prints the line, if there is one, and ends the process.
fn leave(line: &Line, outcome: Outcome) -> ! {
    let is_printed = line.is_empty() || {
        machine::ignore_sigpipe();
        let number = if outcome == Outcome::Unhealthy { 2 } else { 1 };
        // SAFETY: nothing in this program closes its standard streams, and where it was started
        // without them no file of its own is used under their numbers.
        let output = unsafe { BorrowedFd::borrow_raw(number) };
        write_all(output, line.as_bytes())
    };
    machine::exit(outcome.code(is_printed))
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    let mut line = Line::new();
    line.text(b"healthchecker-nano: internal error\n");
    leave(&line, Outcome::Unhealthy)
}

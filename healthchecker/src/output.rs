//! Lines written so that nobody who does not read them can hold up a verdict.

use std::os::fd::BorrowedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, write};
use rustix::stdio::{stderr, stdout};

/// Writes to stdout. Whether all of it was taken.
pub(crate) fn print(text: &str) -> bool {
    write_all(stdout(), text)
}

/// Writes to stderr, where it can be written.
pub(crate) fn complain(text: &str) {
    write_all(stderr(), text);
}

/// Waits at most 50 ms for a full pipe or a stopped terminal: a pipe that polls writable takes the
/// 4096 bytes of a line without blocking (pipe(7)).
fn write_all(output: BorrowedFd<'_>, text: &str) -> bool {
    const PATIENCE: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 50_000_000,
    };
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        match poll(&mut [PollFd::new(&output, PollFlags::OUT)], Some(&PATIENCE)) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return false,
        }
        match write(output, rest.get(..rest.len().min(4096)).unwrap_or_default()) {
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
    true
}

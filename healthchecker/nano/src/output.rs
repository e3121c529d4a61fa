//! A line written so that nobody who does not read it can hold up the verdict.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::BorrowedFd;
use rustix::io::{Errno, write};

/// How long a full pipe or a stopped terminal is waited for.
const PATIENCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

/// Writes all of `rest`, if it is taken soon. Whether it was.
///
/// SIGPIPE is to be ignored.
pub fn write_all(output: BorrowedFd<'_>, mut rest: &[u8]) -> bool {
    while !rest.is_empty() {
        // A pipe that polls writable takes a line of 4096 bytes without blocking (pipe(7)).
        let written = match poll(&mut [PollFd::new(&output, PollFlags::OUT)], Some(&PATIENCE)) {
            Ok(0) => return false,
            Ok(_) => write(output, rest),
            Err(error) => Err(error),
        };
        match written {
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
    true
}

//! A line written so that nobody who does not read it can hold up the verdict.
//!
//! Touches `net`.

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fd::BorrowedFd;
use rustix::io::{Errno, write};
use rustix::net::{SendFlags, send};

use crate::net::poll_for;

/// How long a full pipe or a stopped terminal is waited for.
const PATIENCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

/// Writes a line, if it is taken soon. Whether all of it was.
///
/// SIGPIPE is to be ignored.
pub fn write_line(output: BorrowedFd<'_>, line: &[u8]) -> bool {
    // A pipe that polls writable takes a line of 4096 bytes whole, without blocking (pipe(7)).
    let mut files = [PollFd::new(&output, PollFlags::OUT)];
    poll_for(&mut files, Some(&PATIENCE)).is_ok_and(|ready| ready > 0)
        // A socket may have less room than it polls writable for, as the journal's has.
        && match send(output, line, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
            Err(Errno::NOTSOCK) => write(output, line),
            written => written,
        }
        .is_ok_and(|written| written == line.len())
}

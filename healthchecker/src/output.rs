//! Lines written so that nobody who does not read them can hold up a verdict.
//!
//! Touches no other part of the probe.

use std::io::IsTerminal;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::{Errno, write};
use rustix::net::{SendFlags, send};
use rustix::stdio::{stderr, stdout};

/// Writes to stdout. Whether all of it was taken.
pub(crate) fn print(text: &str) -> bool {
    write_line(stdout(), text)
}

/// Writes to stderr, where it can be written. Whether all of it was taken.
pub(crate) fn complain(text: &str) -> bool {
    write_line(stderr(), text)
}

fn write_line(output: BorrowedFd<'_>, text: &str) -> bool {
    if output.is_terminal() {
        // One that has room for a byte polls writable, and a write waits for the rest. Whoever else
        // writes to it must not find it changed, so it is opened anew.
        let path = format!("/proc/self/fd/{}", output.as_raw_fd());
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        if let Ok(terminal) = open(path, flags, Mode::empty()) {
            return write_all(terminal.as_fd(), text);
        }
    }
    write_all(output, text)
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
        let line = rest.get(..rest.len().min(4096)).unwrap_or_default();
        // A socket may have less room than it polls writable for, as the journal's has.
        let written = match send(output, line, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
            Err(Errno::NOTSOCK) => write(output, line),
            written => written,
        };
        match written {
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            // Also for one that is ready with no room after all: what was waited for counts.
            Err(_) => return false,
        }
    }
    true
}

//! The verdict, and the line that says it.

use rustix::io::Errno;

use super::Probe;
use super::attempt::Attempt;
use crate::cause::Cause;
use crate::line::Line;
use crate::net::Deadline;

/// Bytes of a path, a reason and a body that a line has room for, escaped.
const MAX_PATH: usize = 512;
const MAX_REASON: usize = 256;
const MAX_BODY: usize = 2048;

impl Probe<'_> {
    /// Makes the check and says what it found. Whether the target is healthy.
    pub(crate) fn make(&self, request: &[u8], line: &mut Line) -> bool {
        let mut attempt = Attempt::new(self, request);
        let finding = attempt.ask();
        let is_healthy = finding.is_ok_and(|status| self.is_healthy(status));
        if is_healthy && !self.is_verbose {
            return true;
        }
        line.say(if is_healthy {
            "healthy: "
        } else {
            "unhealthy: "
        });
        self.place(line, attempt.is_second);
        if !self.target.is_tcp {
            line.byte(b' ').escaped(self.target.path, MAX_PATH);
        }
        line.say(": ");
        match finding {
            Ok(0) => line.say("connected"),
            Ok(status) => line
                .number(status.into())
                .byte(b' ')
                .escaped(attempt.answer.reason(), MAX_REASON),
            Err(Cause::Answer(fault)) => line.say(fault.text()),
            Err(Cause::Closed) => line.say("closed without a response"),
            Err(Cause::ClosedEarly) => {
                line.say("closed early, before the end of the response's head")
            }
            Err(Cause::NotHere) => {
                line.say("neither loopback nor an address of this machine; nothing was sent")
            }
            Err(Cause::System(error)) => self.failure(line, error, &attempt),
        }
        .say(" (")
        .duration(attempt.deadline.as_ref().map_or(0, Deadline::elapsed))
        .say(")");
        let body = attempt.answer.body();
        if !body.is_empty() {
            line.say(": ").escaped(body, MAX_BODY);
        }
        is_healthy
    }

    /// Where: an address as it was written, or a socket's path.
    fn place<'l>(&self, line: &'l mut Line, is_second: bool) -> &'l mut Line {
        let target = &self.target;
        if target.is_unix {
            return line.escaped(target.host, MAX_PATH);
        }
        let host = match target.is_localhost {
            true if is_second => b"[::1]",
            true => &b"127.0.0.1"[..],
            false => target.host,
        };
        line.authority(target, host)
    }

    /// What the system said ended the check.
    fn failure<'l>(&self, line: &'l mut Line, error: Errno, attempt: &Attempt<'_>) -> &'l mut Line {
        let cause = match error {
            Errno::NOENT => return line.say("no such socket"),
            Errno::CONNREFUSED => {
                line.say("connection refused");
                if attempt.both {
                    self.place(line.say(", by "), true).say(" too");
                }
                return line;
            }
            Errno::TIMEDOUT => "timed out after ",
            Errno::CONNRESET => "reset",
            Errno::NETUNREACH | Errno::HOSTUNREACH | Errno::ADDRNOTAVAIL => "unreachable",
            // As the C library says them, and with it `healthchecker`.
            Errno::PERM => "Operation not permitted",
            Errno::ACCESS => "Permission denied",
            Errno::NFILE => "Too many open files in system",
            Errno::MFILE => "No file descriptors available",
            Errno::AFNOSUPPORT => "Address family not supported by protocol",
            _ => "failed",
        };
        line.say(cause);
        match error {
            Errno::TIMEDOUT => line.limit(self.limit),
            Errno::CONNRESET => line,
            _ => line
                .say(" (os error ")
                .number(error.raw_os_error() as u32)
                .say(")"),
        };
        line.say(" while ").say(attempt.phase.text())
    }
}

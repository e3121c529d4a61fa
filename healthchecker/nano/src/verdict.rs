//! The verdict, and the line that says it.

use rustix::io::Errno;

use crate::attempt::Attempt;
use crate::cause::Cause;
use crate::check::Check;
use crate::deadline::Deadline;
use crate::line::Line;
use crate::text::{self, Text};

/// Bytes of a path, a reason and a body that a line has room for, escaped.
const MAX_PATH: usize = 512;
const MAX_REASON: usize = 256;
const MAX_BODY: usize = 2048;

/// What some errors are called.
const CAUSES: [(Errno, Text); 5] = [
    (Errno::CONNREFUSED, text::REFUSED),
    (Errno::NOENT, text::NO_SOCKET),
    (Errno::TIMEDOUT, text::TIMED_OUT),
    (Errno::CONNRESET, text::RESET),
    (Errno::MFILE, text::NO_DESCRIPTOR),
];

impl Check<'_> {
    /// Makes the check and says what it found. Whether the target is healthy.
    pub(crate) fn make(&self, request: &[u8], line: &mut Line) -> bool {
        let mut attempt = Attempt::new(self, request);
        let finding = attempt.ask();
        let is_healthy = finding.is_ok_and(|status| self.is_healthy(status));
        if is_healthy && !self.is_verbose {
            return true;
        }
        if !is_healthy {
            line.say(text::UN);
        }
        line.say(text::HEALTHY);
        self.place(line, attempt.is_second);
        if !self.target.is_tcp {
            line.byte(b' ').escaped(self.target.path, MAX_PATH);
        }
        line.text(b": ");
        match finding {
            Ok(0) => line.say(text::CONNECTED),
            Ok(status) => line
                .number(status.into())
                .byte(b' ')
                .escaped(attempt.answer.reason(), MAX_REASON),
            Err(Cause::Said(text)) => line.say(text),
            Err(Cause::System(error)) => self.failure(line, error, &attempt),
        }
        .text(b" (")
        .duration(attempt.deadline.as_ref().map_or(0, Deadline::elapsed))
        .text(b")");
        let body = attempt.answer.body();
        if !body.is_empty() {
            line.text(b": ").escaped(body, MAX_BODY);
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
        let known = CAUSES.iter().find(|(known, _)| *known == error);
        let cause = known.map_or(text::FAILED, |(_, cause)| *cause);
        line.say(cause);
        match cause {
            text::NO_SOCKET => return line,
            text::REFUSED if attempt.both => {
                return self.place(line.say(text::BY), true).say(text::TOO);
            }
            text::REFUSED => return line,
            text::TIMED_OUT => line.limit(self.limit),
            text::FAILED => line.number(error.raw_os_error() as u32),
            _ => line,
        };
        line.say(text::WHILE).say(attempt.phase)
    }
}

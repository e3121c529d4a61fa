//! One check: the addresses in turn, the request, the answer, and what is said of it.

use healthchecker_core::status::StatusSet;
use rustix::io::{Errno, Result};

use crate::answer::Answer;
use crate::cause::Phase;
use crate::deadline::Deadline;
use crate::line::Line;
use crate::target::Target;

/// Bytes of a path, a reason and a body that a line has room for, escaped.
const MAX_PATH: usize = 512;
const MAX_REASON: usize = 256;
const MAX_BODY: usize = 2048;

/// What is checked, and what counts as healthy.
#[derive(Debug, Default)]
pub(crate) struct Check<'a> {
    pub(crate) target: Target<'a>,
    /// Milliseconds for all of it.
    pub(crate) limit: u32,
    /// Whether a healthy target has a line as well.
    pub(crate) is_verbose: bool,
    pub(crate) method: &'a [u8],
    /// Instead of 200 to 299.
    pub(crate) healthy: Option<StatusSet<'a>>,
}

impl Check<'_> {
    /// Makes the check and says what it found. Whether the target is healthy.
    ///
    /// The line holds the request, and then what is said.
    #[inline(never)]
    pub(crate) fn make(&self, line: &mut Line) -> bool {
        let mut answer = Answer::default();
        let mut phase = Phase::Connecting;
        let mut deadline = None;
        let mut is_second = false;
        let mut both = false;
        let finding = Deadline::after(self.limit).and_then(|timer| {
            let deadline = &*deadline.insert(timer);
            let mut finding = self.ask(false, line.as_bytes(), deadline, &mut phase, &mut answer);
            if let Err(first) = finding
                && phase == Phase::Connecting
                && self.target.is_localhost
                && is_absence(first)
            {
                let second = self.ask(true, line.as_bytes(), deadline, &mut phase, &mut answer);
                match second {
                    // Silent where it only lacks IPv6.
                    Err(error) if phase == Phase::Connecting && error != Errno::TIMEDOUT => {
                        both = error == first && error == Errno::CONNREFUSED;
                    }
                    _ => {
                        is_second = true;
                        finding = second;
                    }
                }
            }
            finding
        });
        line.clear();
        let is_healthy = finding.is_ok_and(|status| self.is_healthy(status));
        if is_healthy && !self.is_verbose {
            return true;
        }
        line.text(if is_healthy {
            b"healthy: "
        } else {
            b"unhealthy: "
        });
        self.place(line, is_second);
        if !self.target.is_tcp {
            line.byte(b' ');
            line.escaped(self.target.path, MAX_PATH);
        }
        line.text(b": ");
        match finding {
            Ok(0) => line.text(b"connected"),
            Ok(status) => {
                line.number(status.into());
                line.byte(b' ');
                line.escaped(answer.reason.trim_ascii_end(), MAX_REASON);
            }
            Err(error) => phase.say(error, line, self.limit),
        }
        if both {
            line.text(b", by ");
            self.place(line, true);
            line.text(b" too");
        }
        line.text(b" (");
        line.elapsed(deadline.as_ref().map_or(0, Deadline::elapsed));
        line.byte(b')');
        if !answer.body.is_empty() {
            line.text(b": ");
            line.escaped(&answer.body, MAX_BODY);
        }
        is_healthy
    }

    /// Whether a final status, or 0 where a connection was all that was wanted, is a healthy one.
    pub(crate) fn is_healthy(&self, status: u16) -> bool {
        match self.healthy {
            None => status < 300,
            Some(healthy) => status == 0 || healthy.contains(status),
        }
    }

    /// Asks one address for its final status.
    #[inline(never)]
    fn ask(
        &self,
        is_second: bool,
        request: &[u8],
        deadline: &Deadline,
        phase: &mut Phase,
        answer: &mut Answer,
    ) -> Result<u16> {
        let peer = self.target.peer(is_second);
        if !peer.is_here() {
            *phase = Phase::NotHere;
            return Err(Errno::ADDRNOTAVAIL);
        }
        let socket = peer.open(request, deadline, phase)?;
        let finding = if self.target.is_tcp {
            Ok(0)
        } else {
            answer.read(&socket, deadline, phase, self)
        };
        if (finding == Ok(0) || *phase == Phase::NotHttp) && peer.is_end_of(&socket, true) {
            *phase = Phase::Connecting;
            return Err(Errno::CONNREFUSED);
        }
        finding
    }

    /// Where: an address as it was written, or a socket's path.
    fn place(&self, line: &mut Line, is_second: bool) {
        let target = &self.target;
        if target.is_unix {
            return line.escaped(target.host, MAX_PATH);
        }
        let host = match target.is_localhost {
            true if is_second => b"[::1]",
            true => &b"127.0.0.1"[..],
            false => target.host,
        };
        line.authority(target, host);
    }
}

/// Whether an address was not reached where another of the same host may still answer.
fn is_absence(error: Errno) -> bool {
    matches!(
        error,
        Errno::CONNREFUSED | Errno::NETUNREACH | Errno::HOSTUNREACH | Errno::ADDRNOTAVAIL
    )
}

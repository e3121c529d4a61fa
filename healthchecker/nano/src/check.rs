//! One check: the addresses in turn, the request, the answer, and what is said of it.

use core::mem;

use healthchecker_core::head::Fault;
use healthchecker_core::status::StatusSet;
use rustix::io::Errno;

use crate::answer::Answer;
use crate::cause::{Cause, Phase};
use crate::connection;
use crate::deadline::Deadline;
use crate::line::Line;
use crate::target::Target;

/// Bytes of a path, a reason and a body that a line has room for, escaped.
const MAX_PATH: usize = 512;
const MAX_REASON: usize = 256;
const MAX_BODY: usize = 2048;

/// What is checked, and what counts as healthy.
#[derive(Debug)]
pub(crate) struct Check<'a> {
    pub(crate) target: Target<'a>,
    pub(crate) method: &'a [u8],
    pub(crate) healthy: StatusSet<'a>,
    /// Milliseconds for all of it.
    pub(crate) limit: u32,
    /// Whether a healthy target has a line as well.
    pub(crate) is_verbose: bool,
}

impl Default for Check<'_> {
    fn default() -> Self {
        Self {
            target: Target::default(),
            method: b"GET",
            healthy: StatusSet::default(),
            limit: 2_000,
            is_verbose: false,
        }
    }
}

/// A final status, or 0 where a connection was all that was wanted.
type Finding = Result<u16, Cause>;

impl Check<'_> {
    /// Makes the check and says what it found. Whether the target is healthy.
    ///
    /// The line holds the request, and then what is said.
    #[inline(never)]
    pub(crate) fn make(&self, line: &mut Line) -> bool {
        let mut answer = Answer::default();
        let deadline = Deadline::after(self.limit);
        let mut ask = |is_second| match &deadline {
            Ok(deadline) => self.ask(is_second, line.as_bytes(), deadline, &mut answer),
            Err(error) => Err(Cause::System(Phase::Connecting, *error)),
        };
        let mut finding = ask(false);
        let mut first = None;
        if let Err(cause) = finding
            && cause.is_absence()
            && self.target.is_localhost
        {
            let second = ask(true);
            // The second address is silent where it only lacks IPv6.
            if !second.is_err_and(Cause::is_inability) {
                first = Some(cause);
                finding = second;
            }
        }
        let is_healthy =
            finding.is_ok_and(|status| status == 0 || self.healthy.contains(status));
        line.clear();
        if !is_healthy || self.is_verbose {
            let elapsed = deadline.as_ref().map_or(0, Deadline::elapsed);
            line.text(if is_healthy { b"healthy: " } else { b"unhealthy: " });
            self.say(line, finding, first, &answer.reason);
            line.text(b" (");
            line.elapsed(elapsed);
            line.text(b")");
            if !answer.body.is_empty() {
                line.text(b": ");
                line.escaped(&answer.body, MAX_BODY);
            }
        }
        // The process's end closes what is open, for less than a system call each.
        mem::forget(deadline);
        is_healthy
    }

    #[inline(never)]
    fn ask(
        &self,
        is_second: bool,
        request: &[u8],
        deadline: &Deadline,
        answer: &mut Answer,
    ) -> Finding {
        let peer = self.target.peer(is_second);
        if !peer.is_here() {
            return Err(Cause::NotHere);
        }
        let socket = connection::open(peer, request, deadline)?;
        let finding = if self.target.is_tcp {
            Ok(0)
        } else {
            answer.read(&socket, deadline, self.healthy)
        };
        if matches!(finding, Ok(0) | Err(Cause::Fault(Fault::NotHttp)))
            && peer.is_end_of(&socket, Some(self.target.port))
        {
            return Err(Cause::System(Phase::Connecting, Errno::CONNREFUSED));
        }
        mem::forget(socket);
        finding
    }

    /// Says where and what. `first` is what the first of two addresses came to.
    #[inline(never)]
    fn say(&self, line: &mut Line, finding: Finding, first: Option<Cause>, reason: &[u8]) {
        // Where both addresses refuse, the first one stands for them.
        let both = first.is_some_and(Cause::is_refusal) && finding.is_err_and(Cause::is_refusal);
        self.place(line, first.is_some() && !both);
        if !self.target.path.is_empty() {
            line.text(b" ");
            line.escaped(self.target.path, MAX_PATH);
        }
        line.text(b": ");
        match finding {
            Ok(0) => line.text(b"connected"),
            Ok(status) => {
                line.number(status.into());
                let reason = reason.trim_ascii_end();
                if !reason.is_empty() {
                    line.text(b" ");
                    line.escaped(reason, MAX_REASON);
                }
            }
            Err(cause) => cause.say(line, self.limit),
        }
        if both {
            line.text(b", by ");
            self.place(line, true);
            line.text(b" too");
        }
    }

    /// Where: an address as it was written, or a socket's path.
    fn place(&self, line: &mut Line, is_second: bool) {
        let target = &self.target;
        if target.is_unix {
            return line.escaped(target.host, MAX_PATH);
        }
        match target.is_localhost {
            true if is_second => line.text(b"[::1]"),
            true => line.text(b"127.0.0.1"),
            false => line.host(target.host),
        }
        line.byte(b':');
        line.number(target.port.into());
    }
}

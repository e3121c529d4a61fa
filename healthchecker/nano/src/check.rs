//! One check: the addresses in turn, the request, the answer, and what is said of it.

use core::mem;

use healthchecker_core::address;
use healthchecker_core::head::Fault;
use healthchecker_core::status::StatusSet;
use healthchecker_core::target::{Host, Place, Protocol, Target};
use rustix::io::Errno;

use crate::answer::Answer;
use crate::cause::{Cause, Phase};
use crate::connection::{self, Peer};
use crate::deadline::Deadline;
use crate::line::Line;

/// Bytes of a path, a reason and a body that a line has room for, escaped.
const MAX_PATH: usize = 512;
const MAX_REASON: usize = 256;
const MAX_BODY: usize = 2048;

/// What is checked, and what counts as healthy.
#[derive(Debug)]
pub(crate) struct Check<'a> {
    pub(crate) target: Target<'a>,
    pub(crate) healthy: StatusSet<'a>,
    /// Milliseconds for all of it.
    pub(crate) limit: u32,
    /// Whether a healthy target has a line as well.
    pub(crate) verbose: bool,
}

/// One address, and what became of it: a final status, or 0 where a connection was all.
#[derive(Clone, Copy)]
struct Attempt<'a> {
    peer: Peer<'a>,
    result: Result<u16, Cause>,
}

impl Check<'_> {
    /// Makes the check and says what it found. Whether the target is healthy.
    pub(crate) fn make(&self, request: &[u8], line: &mut Line) -> bool {
        let mut answer = Answer::default();
        let deadline = Deadline::after(self.limit);
        let mut attempt = |peer| Attempt {
            peer,
            result: match &deadline {
                Ok(deadline) => self.ask(peer, request, deadline, &mut answer),
                Err(error) => Err(Cause::System(Phase::Connecting, *error)),
            },
        };
        let (first, second) = peers(&self.target.place);
        let mut last = attempt(first);
        let mut before = None;
        if let (Err(cause), Some(second)) = (last.result, second)
            && cause.is_absence()
        {
            let next = attempt(second);
            // The second address is silent where it only lacks IPv6.
            if !next.result.is_err_and(Cause::is_inability) {
                before = Some((last.peer, cause));
                last = next;
            }
        }
        let is_healthy = match last.result {
            Ok(status) => status == 0 || self.healthy.contains(status),
            Err(_) => false,
        };
        if !is_healthy || self.verbose {
            let elapsed = deadline.as_ref().map_or(0, Deadline::elapsed);
            line.text(if is_healthy {
                b"healthy: "
            } else {
                b"unhealthy: "
            });
            self.say(line, last, before, &answer);
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

    fn ask(
        &self,
        peer: Peer<'_>,
        request: &[u8],
        deadline: &Deadline,
        answer: &mut Answer,
    ) -> Result<u16, Cause> {
        if !peer.is_here() {
            return Err(Cause::NotHere);
        }
        let socket = connection::open(peer, request, deadline)?;
        let result = if self.target.protocol == Protocol::Tcp {
            Ok(0)
        } else {
            answer.read(&socket, deadline, self.healthy)
        };
        if matches!(result, Ok(0) | Err(Cause::Fault(Fault::NotHttp)))
            && connection::is_own_echo(&socket, peer)
        {
            return Err(Cause::System(Phase::Connecting, Errno::CONNREFUSED));
        }
        mem::forget(socket);
        result
    }

    fn say(
        &self,
        line: &mut Line,
        last: Attempt<'_>,
        before: Option<(Peer<'_>, Cause)>,
        answer: &Answer,
    ) {
        let refused = matches!(last.result, Err(cause) if cause.is_refusal());
        // Where both addresses refuse, the first one stands for them.
        let both = before.filter(|(_, cause)| refused && cause.is_refusal());
        self.place(line, both.map_or(last.peer, |(peer, _)| peer));
        if !self.target.path.is_empty() {
            line.text(b" ");
            line.escaped(self.target.path, MAX_PATH);
        }
        line.text(b": ");
        match last.result {
            Ok(0) => line.text(b"connected"),
            Ok(status) => {
                line.number(status.into());
                let reason = answer.reason.trim_ascii_end();
                if !reason.is_empty() {
                    line.text(b" ");
                    line.escaped(reason, MAX_REASON);
                }
            }
            Err(cause) => cause.say(line, self.limit),
        }
        if both.is_some() {
            line.text(b", by ");
            self.place(line, last.peer);
            line.text(b" too");
        } else if let (Some((peer, cause)), Err(Cause::System(Phase::Connecting, _))) =
            (before, last.result)
        {
            line.text(b" (");
            self.place(line, peer);
            line.text(b" ");
            cause.say(line, self.limit);
            line.text(b")");
        }
    }

    /// Where the peer is: its address as it was written, or a socket's path.
    fn place(&self, line: &mut Line, peer: Peer<'_>) {
        match self.target.place {
            Place::Network { host, text, port } => {
                match (host, peer) {
                    (Host::Localhost, Peer::V6(..)) => line.text(b"[::1]"),
                    (Host::Localhost, _) => line.text(b"127.0.0.1"),
                    _ => line.host(text),
                }
                line.text(b":");
                line.number(port.into());
            }
            Place::Unix(path) => line.escaped(path, MAX_PATH),
            _ => {}
        }
    }
}

/// The addresses to try, in order.
fn peers<'a>(place: &Place<'a>) -> (Peer<'a>, Option<Peer<'a>>) {
    match *place {
        Place::Unix(path) => (Peer::Unix(path), None),
        Place::Network { host, port, .. } => match host {
            Host::V4(address) => (Peer::V4(address, port), None),
            Host::V6(address) => match address::mapped(&address) {
                Some(address) => (Peer::V4(address, port), None),
                None => (Peer::V6(address, port), None),
            },
            // No other name gets here: the options refuse it.
            _ => (
                Peer::V4([127, 0, 0, 1], port),
                Some(Peer::V6(
                    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
                    port,
                )),
            ),
        },
        _ => (Peer::Unix(b""), None),
    }
}

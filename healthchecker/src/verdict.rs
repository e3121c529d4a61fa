//! What a check found, and how it is said in one line.
//!
//! Touches `message`.

use std::fmt;
use std::time::Duration;

use crate::message;

/// What the probe was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Finding the addresses of a name (feature `remote`).
    Resolving,
    /// Waiting for the connection to be accepted.
    Connecting,
    /// The TLS handshake.
    Handshaking,
    /// Sending the request.
    Sending,
    /// Waiting for the response's final head, or for the gRPC answer.
    Waiting,
    /// Reading the body for `contains` or `json`.
    Reading,
}

impl Phase {
    fn text(self) -> &'static str {
        match self {
            Self::Resolving => "resolving the name",
            Self::Connecting => "connecting",
            Self::Handshaking => "shaking hands over TLS",
            Self::Sending => "sending the request",
            Self::Waiting => "waiting for the response",
            Self::Reading => "reading the body",
        }
    }
}

/// Why a target is unhealthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The final status code is not among the accepted ones.
    Status(u16),
    /// Nothing listens: the connection was refused, or the unix socket does not exist.
    Refused,
    /// The address cannot be reached from here.
    Unreachable,
    /// The deadline passed.
    TimedOut(Phase),
    /// The connection was reset by the other side.
    Reset(Phase),
    /// The connection was closed by the other side before the answer was complete.
    Closed(Phase),
    /// What came back is not an HTTP/1.0 or HTTP/1.1 response.
    NotHttp,
    /// The response's heads exceed 64 KiB.
    HeadTooLarge,
    /// 101 Switching Protocols.
    SwitchingProtocols,
    /// The body fails the test of `contains` or `json`.
    Body,
    /// The gRPC answer is not SERVING, or the call failed.
    Grpc,
    /// The TLS handshake failed, or its certificates could not be read.
    Tls,
    /// The host is neither loopback nor an address of this machine, so nothing was sent.
    NotAllowed,
    /// The name has no address (feature `remote`).
    Unresolved,
    /// The system refused what the check needs.
    System,
}

/// What a check found. Its [`Display`](fmt::Display) is the line that the command prints: escaped,
/// and shorter than 4096 bytes with its line end.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub(crate) cause: Option<Cause>,
    /// Status and reason, or the cause in words.
    pub(crate) what: String,
    /// Where: an address or a socket's path, escaped.
    pub(crate) place: String,
    /// The path or the service asked, escaped.
    pub(crate) path: String,
    pub(crate) elapsed: Duration,
    /// An excerpt of the body.
    pub(crate) body: Vec<u8>,
    /// What came of the kick, escaped; empty where there was none.
    #[cfg(feature = "remote")]
    pub(crate) kick: String,
}

impl Verdict {
    /// Whether the target is healthy.
    pub fn is_healthy(&self) -> bool {
        self.cause.is_none()
    }

    /// Why the target is unhealthy; `None` when it is healthy.
    pub fn cause(&self) -> Option<Cause> {
        self.cause
    }

    /// How long the check took.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = String::from(if self.is_healthy() {
            "healthy: "
        } else {
            "unhealthy: "
        });
        line.push_str(&self.place);
        if !self.path.is_empty() {
            line.push(' ');
            line.push_str(&self.path);
        }
        line.push_str(": ");
        line.push_str(&self.what);
        line.push_str(" (");
        line.push_str(&message::elapsed(self.elapsed));
        line.push(')');
        if !self.body.is_empty() {
            line.push_str(": ");
            message::push_escaped(&mut line, &self.body, 2 * message::MAX_BODY);
        }
        #[cfg(feature = "remote")]
        if !self.kick.is_empty() {
            line.push_str(", ");
            line.push_str(&self.kick);
        }
        let line = message::finish(line);
        f.write_str(line.trim_end_matches('\n'))
    }
}

/// A cause with its words, on the way to a [`Verdict`].
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    pub(crate) what: String,
    pub(crate) body: Vec<u8>,
}

impl Failure {
    pub(crate) fn new(cause: Cause, what: impl Into<String>) -> Self {
        Self {
            cause,
            what: what.into(),
            body: Vec::new(),
        }
    }

    /// What an I/O error means in a phase of the check.
    pub(crate) fn io(error: &std::io::Error, phase: Phase, limit: Duration) -> Self {
        use std::io::ErrorKind;
        let during = phase.text();
        match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Self::new(
                Cause::TimedOut(phase),
                format!("timed out after {} while {during}", message::limit(limit)),
            ),
            ErrorKind::ConnectionRefused => Self::new(Cause::Refused, "connection refused"),
            ErrorKind::NotFound if phase == Phase::Connecting => {
                Self::new(Cause::Refused, "no such socket")
            }
            ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
                Self::new(Cause::Reset(phase), format!("reset while {during}"))
            }
            ErrorKind::UnexpectedEof => {
                Self::new(Cause::Closed(phase), format!("closed while {during}"))
            }
            ErrorKind::NetworkUnreachable
            | ErrorKind::HostUnreachable
            | ErrorKind::AddrNotAvailable => {
                Self::new(Cause::Unreachable, format!("unreachable: {error}"))
            }
            _ => Self::new(Cause::System, format!("{error} while {during}")),
        }
    }
}

#[cfg(test)]
mod tests;

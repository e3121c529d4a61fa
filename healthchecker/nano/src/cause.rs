//! Why a target is unhealthy, in words.

use healthchecker_core::head::Fault;
use rustix::io::Errno;

use crate::line::Line;

/// What the probe was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Connecting,
    Sending,
    Waiting,
}

impl Phase {
    fn text(self) -> &'static [u8] {
        match self {
            Self::Connecting => b"connecting",
            Self::Sending => b"sending the request",
            Self::Waiting => b"waiting for the response",
        }
    }
}

/// Why a check ended before a final head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The system said so.
    System(Phase, Errno),
    /// The other side closed the connection before its head was complete, or begun.
    Closed(bool),
    /// The peer is not on this machine, so nothing was sent.
    NotHere,
    /// What it said is not a head.
    Fault(Fault),
}

impl Cause {
    /// Whether another address of the same host may still answer.
    pub(crate) fn is_absence(self) -> bool {
        matches!(
            self,
            Self::System(Phase::Connecting, error)
                if error == Errno::CONNREFUSED || is_unreachable(error)
        )
    }

    pub(crate) fn is_refusal(self) -> bool {
        self == Self::System(Phase::Connecting, Errno::CONNREFUSED)
    }

    /// Whether an address was never tried, for example for want of IPv6.
    pub(crate) fn is_inability(self) -> bool {
        matches!(
            self,
            Self::System(Phase::Connecting, error) if !matches!(error, Errno::CONNREFUSED | Errno::TIMEDOUT)
        )
    }

    /// Says it; `limit` is the deadline's, in milliseconds.
    pub(crate) fn say(self, line: &mut Line, limit: u32) {
        let (phase, error) = match self {
            Self::System(phase, error) => (phase, error),
            Self::Closed(true) => {
                return line.text(b"closed early, before the end of the response's head");
            }
            Self::Closed(false) => return line.text(b"closed without a response"),
            Self::NotHere => {
                return line
                    .text(b"neither loopback nor an address of this machine; nothing was sent");
            }
            Self::Fault(fault) => return line.text(fault.text().as_bytes()),
        };
        match error {
            Errno::CONNREFUSED => return line.text(b"connection refused"),
            Errno::NOENT => return line.text(b"no such socket"),
            Errno::TIMEDOUT => {
                line.text(b"timed out after ");
                line.limit(limit);
            }
            Errno::CONNRESET | Errno::PIPE => line.text(b"reset"),
            _ => {
                line.text(match error {
                    error if is_unreachable(error) => b"unreachable",
                    Errno::ACCESS => b"permission denied",
                    Errno::MFILE | Errno::NFILE => b"too many open files",
                    _ => b"failed",
                });
                line.text(b" (os error ");
                line.number(error.raw_os_error() as u32);
                line.text(b")");
            }
        }
        line.text(b" while ");
        line.text(phase.text());
    }
}

/// Whether the system has no way to an address.
fn is_unreachable(error: Errno) -> bool {
    matches!(
        error,
        Errno::NETUNREACH | Errno::HOSTUNREACH | Errno::ADDRNOTAVAIL
    )
}

//! What a check found, or why it found nothing.
//!
//! Touches no other part of the program.

use healthchecker_core::head::Fault;
use rustix::io::Errno;

/// The final status, 0 where a connection was all that was wanted; or what ended the check before.
pub(crate) type Finding = Result<u16, Cause>;

/// What ended a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// What the system says, in the phase that the check was in.
    System(Errno),
    /// What is wrong with the answer.
    Answer(Fault),
    /// The connection ended before an answer began.
    Closed,
    /// The connection ended within the answer's head.
    ClosedEarly,
    /// The address is not one of this machine.
    NotHere,
}

impl From<Errno> for Cause {
    fn from(error: Errno) -> Self {
        Self::System(error)
    }
}

/// How far a check got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Connecting,
    Sending,
    Waiting,
}

impl Phase {
    /// What was being done.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Sending => "sending the request",
            Self::Waiting => "waiting for the response",
        }
    }
}

//! What a service manager can be told, in the words of sd_notify(3).

use std::fmt;
use std::time::Duration;

/// One line of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assignment<'a> {
    Ready,
    Stopping,
    Watchdog,
    /// Without line ends, which would begin another assignment.
    Status(&'a str),
    ExtendTimeout(Duration),
}

impl fmt::Display for Assignment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("READY=1"),
            Self::Stopping => f.write_str("STOPPING=1"),
            Self::Watchdog => f.write_str("WATCHDOG=1"),
            Self::Status(line) => write!(f, "STATUS={line}"),
            Self::ExtendTimeout(time) => write!(f, "EXTEND_TIMEOUT_USEC={}", time.as_micros()),
        }
    }
}

//! Why something is not healthy, as a class that is safe to show to strangers.

use std::fmt;

/// Why a component or an endpoint is not healthy.
///
/// The class is all that a stranger sees by default; the text of an error goes
/// to the log, or into the body under [`Details::Full`](crate::Details::Full).
///
/// ```
/// assert_eq!(health_middleware::Cause::TimedOut.to_string(), "timed out");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The check answered with an error, or a [`Reporter`](crate::Reporter) told one.
    Failed,
    /// The check answered [`Outcome::Degraded`](crate::Outcome::Degraded), or a
    /// [`Reporter`](crate::Reporter) told so.
    Degraded,
    /// The check did not answer within its timeout.
    TimedOut,
    /// The check panicked.
    Panicked,
    /// The last answer is too old to be believed.
    Stale,
    /// The check has not run yet, or the [`Reporter`](crate::Reporter) has told
    /// nothing yet.
    NotRunYet,
    /// No beat came within the heartbeat's time to live.
    HeartbeatMissed,
    /// The runtime wakes its timers too late.
    Stalled,
    /// The service is starting: a check has not run yet, or a
    /// [`StartupGuard`](crate::StartupGuard) is held.
    Starting,
    /// Work that start-up waits for has ended before it was done: a
    /// [`StartupGuard`](crate::StartupGuard) was dropped.
    StartupFailed,
    /// The service is shutting down.
    Draining,
    /// The service is in maintenance.
    Maintenance,
    /// Switched on purpose, by a fault or through testability.
    Forced,
}

impl Cause {
    /// The class in words, as bodies show it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Degraded => "degraded",
            Self::TimedOut => "timed out",
            Self::Panicked => "panicked",
            Self::Stale => "stale",
            Self::NotRunYet => "not run yet",
            Self::HeartbeatMissed => "heartbeat missed",
            Self::Stalled => "runtime stalled",
            Self::Starting => "starting",
            Self::StartupFailed => "start-up failed",
            Self::Draining => "draining",
            Self::Maintenance => "maintenance",
            Self::Forced => "forced",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

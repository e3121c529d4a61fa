//! The state machine of one component: pure, without clock or task.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::checks::{Thresholds, Word};
use crate::report::{Cause, Status};

/// What one run of a check, or one look at a passive one, came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    Healthy,
    Degraded(Arc<str>),
    Failed(Arc<str>),
    TimedOut,
    Panicked(Arc<str>),
    Stalled(Arc<str>),
}

impl From<Word> for Finding {
    fn from(word: Word) -> Self {
        match word {
            Word::Healthy => Self::Healthy,
            Word::Degraded(reason) => Self::Degraded(reason),
            Word::Unhealthy(error) => Self::Failed(error),
        }
    }
}

/// What is known of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) status: Status,
    pub(crate) cause: Option<Cause>,
    /// The text of the error or reason, not for strangers.
    pub(crate) text: Option<Arc<str>>,
    /// A first run has ended.
    pub(crate) ran: bool,
    /// When the knowledge is too old to be believed.
    pub(crate) expires: Option<Instant>,
    /// There was a success since the knowledge was last lost.
    proven: bool,
    failures: u32,
    successes: u32,
}

impl Standing {
    /// A check that has not run, or was not told of.
    pub(crate) fn unknown() -> Self {
        Self {
            status: Status::Unhealthy,
            cause: Some(Cause::NotRunYet),
            text: None,
            ran: false,
            expires: None,
            proven: false,
            failures: 0,
            successes: 0,
        }
    }

    /// A passive check, good until it expires, if ever.
    pub(crate) fn alive(expires: Option<Instant>) -> Self {
        Self {
            status: Status::Healthy,
            cause: None,
            text: None,
            ran: true,
            expires,
            proven: true,
            failures: 0,
            successes: 0,
        }
    }

    /// A passive check that nobody has spoken for in time.
    pub(crate) fn missed() -> Self {
        Self {
            cause: Some(Cause::HeartbeatMissed),
            ran: true,
            ..Self::unknown()
        }
    }

    /// The next standing, after a finding at `now` that is good for `life`, or
    /// for ever.
    pub(crate) fn step(
        &self,
        now: Instant,
        finding: Finding,
        thresholds: Thresholds,
        life: Option<Duration>,
    ) -> Self {
        let mut next = self.clone();
        next.ran = true;
        next.expires = life.map(|life| now + life);
        let (status, cause, text) = match finding {
            Finding::Healthy => (Status::Healthy, None, None),
            Finding::Degraded(text) => (Status::Degraded, Some(Cause::Degraded), Some(text)),
            Finding::Failed(text) => (Status::Unhealthy, Some(Cause::Failed), Some(text)),
            Finding::Panicked(text) => (Status::Unhealthy, Some(Cause::Panicked), Some(text)),
            Finding::Stalled(text) => (Status::Unhealthy, Some(Cause::Stalled), Some(text)),
            Finding::TimedOut => (Status::Unhealthy, Some(Cause::TimedOut), None),
        };
        let turns = if status.is_unhealthy() {
            next.successes = 0;
            next.failures = next.failures.saturating_add(1);
            !next.proven || next.status.is_unhealthy() || next.failures >= thresholds.failures
        } else {
            next.failures = 0;
            next.successes = next.successes.saturating_add(1);
            !next.proven || !next.status.is_unhealthy() || next.successes >= thresholds.successes
        };
        next.proven |= !status.is_unhealthy();
        if turns {
            next.status = status;
            next.cause = cause;
            next.text = text;
        }
        next
    }

    /// The standing once its life is over, if it is at `now`.
    pub(crate) fn expire(&self, now: Instant) -> Option<Self> {
        if self.expires.is_none_or(|expires| now < expires) {
            return None;
        }
        Some(Self {
            cause: Some(Cause::Stale),
            ran: self.ran,
            ..Self::unknown()
        })
    }
}

#[cfg(test)]
mod tests;

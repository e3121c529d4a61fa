//! Whether a start-up goes on, and for how long that is good.

use std::time::Duration;

use tokio::time::Instant;

use crate::report::{Cause, Held, Report};

/// How long one step of a start-up may take, counted from the last sign of
/// movement: the value of `EXTEND_TIMEOUT_USEC=`.
pub(crate) const EXTENSION: Duration = Duration::from_secs(30);

/// An extension is good for three of these.
const SPACING: Duration = Duration::from_secs(10);

/// What of a start-up has been seen.
#[derive(Debug, Default)]
pub(crate) struct Movement {
    /// Guards that were held, components that were not told of and progress that was
    /// made at the last extension.
    marks: Option<(usize, usize, u64)>,
    extended: Option<Instant>,
}

impl Movement {
    /// Whether to ask for more time now.
    ///
    /// Checks that have not run yet move by themselves: each is started within
    /// its initial delay and ended by its timeout. A guard is somebody's work,
    /// which may hang: it moves when another is done, or says so. So is a reporter's
    /// first word: it may never be said. What has failed never moves again.
    pub(crate) fn asks(&mut self, report: &Report, progress: u64, now: Instant) -> bool {
        let spaced = |at: Instant| now.saturating_duration_since(at) >= SPACING;
        let failed = |held: &Held| held.cause == Cause::StartupFailed;
        if report.held.iter().any(failed) {
            return false;
        }
        if report.live().is_unhealthy() || !self.extended.is_none_or(spaced) {
            return false;
        }
        let unfinished = || report.components().filter(|component| !component.ran);
        let untold = unfinished().filter(|component| !component.runs).count();
        let marks = Some((report.held.len(), untold, progress));
        let moves = unfinished().any(|component| component.runs) || self.marks != marks;
        if moves {
            self.marks = marks;
            self.extended = Some(now);
        }
        moves
    }
}

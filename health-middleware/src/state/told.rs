//! What the log has been told of one component, and what it is not told again.

use std::time::Duration;

use tokio::time::Instant;

use crate::report::{Cause, Status};

/// How long a kind is not told again, so that a component that alternates does
/// not fill the log.
const QUIET: Duration = Duration::from_secs(60);

/// What tells one state of a component from another.
pub(super) type Kind = (Status, Option<Cause>);

/// An event that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Telling {
    /// The status of the last event.
    pub(super) from: Status,
    /// How many changes since then were not told.
    pub(super) left_out: u32,
}

/// What has been told of one component.
#[derive(Debug)]
pub(super) struct Told {
    last: Kind,
    /// When each kind was told last; there are no more than causes.
    times: Vec<(Kind, Instant)>,
    left_out: u32,
    /// When the present kind, which was left out, is told after all.
    due: Option<Instant>,
}

impl Told {
    /// Nothing yet, of a component of this kind.
    pub(super) fn nothing(kind: Kind) -> Self {
        Self {
            last: kind,
            times: Vec::new(),
            left_out: 0,
            due: None,
        }
    }

    /// When something that was left out is to be told, if it lasts until then.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// The component has become this; what is to be told of it now.
    pub(super) fn turn(&mut self, kind: Kind, now: Instant) -> Option<Telling> {
        self.due = None;
        let told = self.times.iter().find(|(told, _)| *told == kind);
        match told.map(|(_, at)| *at + QUIET) {
            Some(again) if now < again => {
                self.left_out = self.left_out.saturating_add(1);
                // Where the last event says the same, the log is right as it is.
                self.due = Some(again).filter(|_| self.last != kind);
                None
            }
            _ => Some(self.tell(kind, now)),
        }
    }

    /// The component still is this; what is to be told of it after all.
    pub(super) fn last(&mut self, kind: Kind, now: Instant) -> Option<Telling> {
        if self.due.is_none_or(|due| now < due) {
            return None;
        }
        // The change that is told now was counted among those left out.
        self.left_out = self.left_out.saturating_sub(1);
        Some(self.tell(kind, now))
    }

    fn tell(&mut self, kind: Kind, now: Instant) -> Telling {
        self.times.retain(|(told, _)| *told != kind);
        self.times.push((kind, now));
        self.due = None;
        Telling {
            from: std::mem::replace(&mut self.last, kind).0,
            left_out: std::mem::take(&mut self.left_out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const WELL: Kind = (Status::Healthy, None);
    const FAILED: Kind = (Status::Unhealthy, Some(Cause::Failed));
    const SLOW: Kind = (Status::Unhealthy, Some(Cause::TimedOut));

    fn telling(from: Kind, left_out: u32) -> Option<Telling> {
        let from = from.0;
        Some(Telling { from, left_out })
    }

    #[test]
    fn each_kind_is_told_at_once_and_then_once_a_minute() {
        let start = Instant::now();
        let mut told = Told::nothing((Status::Unhealthy, Some(Cause::NotRunYet)));
        assert_eq!(told.turn(FAILED, start), telling(FAILED, 0));
        assert_eq!(told.turn(SLOW, start + SECOND), telling(FAILED, 0));
        assert_eq!(told.turn(FAILED, start + SECOND * 2), None);
        assert_eq!(told.turn(SLOW, start + SECOND * 3), None);
        assert_eq!(told.turn(WELL, start + SECOND * 4), telling(SLOW, 2));
        let almost = start + QUIET - Duration::from_nanos(1);
        assert_eq!(told.turn(FAILED, almost), None);
        assert_eq!(told.turn(WELL, almost), None);
        assert_eq!(told.turn(FAILED, start + QUIET), telling(WELL, 2));
    }

    #[test]
    fn what_lasts_is_told_after_all_and_once() {
        let start = Instant::now();
        let mut told = Told::nothing(WELL);
        told.turn(FAILED, start);
        told.turn(WELL, start + SECOND);
        assert_eq!(told.due(), None);
        assert_eq!(told.turn(FAILED, start + SECOND * 2), None);
        assert_eq!(told.due(), Some(start + QUIET));
        assert_eq!(told.last(FAILED, start + SECOND * 59), None);
        assert_eq!(told.last(FAILED, start + QUIET), telling(WELL, 0));
        assert_eq!(told.due(), None);
        assert_eq!(told.last(FAILED, start + QUIET * 9), None);
    }

    #[test]
    fn what_does_not_last_is_not_told_and_what_the_log_says_already_neither() {
        let start = Instant::now();
        let mut told = Told::nothing(WELL);
        told.turn(FAILED, start);
        told.turn(SLOW, start + SECOND);
        told.turn(FAILED, start + SECOND * 2);
        assert!(told.due().is_some());
        assert_eq!(told.turn(SLOW, start + SECOND * 3), None);
        assert_eq!(told.due(), None, "as in the last event");
        assert_eq!(told.last(SLOW, start + QUIET * 2), None);
    }
}

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::watches::{Event, Millis, Now};

/// So many events wait for a store that was lost: nothing is done while it is, so that these are what
/// was under way.
const MOST_UNTOLD: usize = 100_000;

/// How the store was last heard of, and how late the timers were. Moments are by the server's own clock.
#[derive(Debug, Default)]
pub(super) struct Vigil {
    /// The newest time that was committed.
    kept: AtomicU64,
    /// Since when the store is lost, and one more; 0: it is not.
    lost: AtomicU64,
    /// Monitors whose ids nobody has heard, since the answer was a refusal.
    unheard: Mutex<Vec<u128>>,
    /// What has happened in batches that were refused. The table and the lost store have it, so nobody else
    /// will ever tell it.
    untold: Mutex<Vec<Event>>,
    lag: Mutex<Lags>,
}

/// How late the timers were, in this minute and in the one before.
#[derive(Debug, Default)]
struct Lags {
    last: Millis,
    minute: Millis,
    most: Millis,
    before: Millis,
}

/// How late the timers were, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lag {
    /// When they last had something to do.
    pub(crate) last: Millis,
    /// At most, in the last minute or two.
    pub(crate) most: Millis,
}

impl Vigil {
    pub(super) fn new(now: Now) -> Self {
        Self {
            kept: AtomicU64::new(now.mono),
            ..Self::default()
        }
    }

    /// A batch of that time, which makes these monitors, is on disk, or is refused.
    pub(super) fn committed(&self, now: Now, is_kept: bool, monitors: Vec<u128>) {
        if !is_kept {
            self.unheard().extend(monitors);
        }
        if is_kept {
            self.kept.fetch_max(now.mono, Ordering::SeqCst);
        } else {
            let since = self.kept.load(Ordering::SeqCst).min(now.mono) + 1;
            // The first refusal says since when.
            let _ = self
                .lost
                .compare_exchange(0, since, Ordering::SeqCst, Ordering::SeqCst);
        }
    }

    /// Since when the store is lost: the last time that is known to be on disk.
    pub(super) fn lost_since(&self) -> Option<Millis> {
        self.lost.load(Ordering::SeqCst).checked_sub(1)
    }

    /// It is back. The monitors that nobody knows: the store has them by now.
    pub(super) fn found(&self) -> Vec<u128> {
        self.lost.store(0, Ordering::SeqCst);
        std::mem::take(&mut *self.unheard())
    }

    /// What is to be told of a batch that is on disk, or is refused: with the next that is on disk, all
    /// before it is, too.
    pub(super) fn to_tell(&self, is_kept: bool, mut events: Vec<Event>) -> Vec<Event> {
        // No code that could panic runs under it.
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_kept {
            let room = MOST_UNTOLD.saturating_sub(untold.len());
            untold.extend(events.into_iter().take(room));
            return Vec::new();
        }
        if untold.is_empty() {
            return events;
        }
        let mut all = std::mem::take(&mut *untold);
        all.append(&mut events);
        all
    }

    fn unheard(&self) -> MutexGuard<'_, Vec<u128>> {
        // No code that could panic runs under it.
        self.unheard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn late_by(&self, lag: Millis, now: Now) {
        let mut lags = self.lags();
        lags.turn(now);
        lags.last = lag;
        lags.most = lags.most.max(lag);
    }

    pub(super) fn lag(&self, now: Now) -> Lag {
        let mut lags = self.lags();
        lags.turn(now);
        Lag {
            last: lags.last,
            most: lags.most.max(lags.before),
        }
    }

    /// No code that could panic runs under it.
    fn lags(&self) -> MutexGuard<'_, Lags> {
        self.lag.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lags {
    fn turn(&mut self, now: Now) {
        let minute = now.mono / 60_000;
        if minute != self.minute {
            let is_next = minute == self.minute + 1;
            self.before = if is_next { self.most } else { 0 };
            self.most = 0;
            self.minute = minute;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_a_minute_is_shown_for_one_more_and_whoever_asks() {
        let at = |seconds: u64| Now {
            mono: seconds * 1_000,
            wall: 0,
        };
        let vigil = Vigil::new(at(0));
        vigil.late_by(7, at(61));
        vigil.late_by(3, at(62));
        for (seconds, most) in [(62, 7), (62, 7), (119, 7), (179, 7), (180, 0)] {
            assert_eq!(vigil.lag(at(seconds)), Lag { last: 3, most }, "{seconds}");
        }
        vigil.late_by(9, at(181));
        assert_eq!(vigil.lag(at(301)).most, 0);
    }
}

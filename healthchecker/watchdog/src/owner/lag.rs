//! How late the timers were.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::watches::{Millis, Now};

/// How late they were, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lag {
    /// When they last had something to do.
    pub(crate) last: Millis,
    /// At most, in the last minute or two.
    pub(crate) most: Millis,
}

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct Lags(Mutex<Minutes>);

/// This minute, and the one before.
#[derive(Debug, Default)]
struct Minutes {
    last: Millis,
    minute: Millis,
    most: Millis,
    before: Millis,
}

impl Lags {
    pub(super) fn late_by(&self, lag: Millis, now: Now) {
        let mut minutes = self.minutes(now);
        minutes.last = lag;
        minutes.most = minutes.most.max(lag);
    }

    pub(super) fn lag(&self, now: Now) -> Lag {
        let minutes = self.minutes(now);
        Lag {
            last: minutes.last,
            most: minutes.most.max(minutes.before),
        }
    }

    fn minutes(&self, now: Now) -> MutexGuard<'_, Minutes> {
        // No code that could panic runs under it.
        let mut minutes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.mono / 60_000;
        if minute != minutes.minute {
            let is_next = minute == minutes.minute + 1;
            minutes.before = if is_next { minutes.most } else { 0 };
            minutes.most = 0;
            minutes.minute = minute;
        }
        minutes
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
        let lags = Lags::default();
        lags.late_by(7, at(61));
        lags.late_by(3, at(62));
        for (seconds, most) in [(62, 7), (62, 7), (119, 7), (179, 7), (180, 0)] {
            assert_eq!(lags.lag(at(seconds)), Lag { last: 3, most }, "{seconds}");
        }
        lags.late_by(9, at(181));
        assert_eq!(lags.lag(at(301)).most, 0);
    }
}

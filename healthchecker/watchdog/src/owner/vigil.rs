use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::watches::{Millis, Now};

/// How the store was last heard of, and how late the timers were. Moments are by the server's own clock.
#[derive(Debug, Default)]
pub(super) struct Vigil {
    /// The newest time that was committed.
    kept: AtomicU64,
    /// Since when the store is lost, and one more; 0: it is not.
    lost: AtomicU64,
    /// Monitors whose ids nobody has heard, since the answer was a refusal.
    unheard: Mutex<Vec<u128>>,
    last_lag: AtomicU64,
    most_lag: AtomicU64,
}

/// How late the timers were, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lag {
    /// When they last had something to do.
    pub(crate) last: Millis,
    /// At most, since the start.
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

    fn unheard(&self) -> MutexGuard<'_, Vec<u128>> {
        // No code that could panic runs under it.
        self.unheard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn late_by(&self, lag: Millis) {
        self.last_lag.store(lag, Ordering::Relaxed);
        self.most_lag.fetch_max(lag, Ordering::Relaxed);
    }

    pub(super) fn lag(&self) -> Lag {
        Lag {
            last: self.last_lag.load(Ordering::Relaxed),
            most: self.most_lag.load(Ordering::Relaxed),
        }
    }
}

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::watches::{Absence, Event, Millis, Now};

/// Whoever finds no place for so long waits for a store that hangs. A flood that leaves again soon excuses
/// nobody: else it would hide every silence.
const HUNG: Duration = Duration::from_secs(1);

/// So many events wait for a store that was lost: nothing is done while it is, so that these are what
/// was under way.
const MOST_UNTOLD: usize = 100_000;

/// How the store was last heard of. Moments are by the server's own clock.
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
    /// Since when somebody found no place and went unserved, and one more; 0: nobody.
    unserved: AtomicU64,
    /// The last absence that is on disk, and how many watches it has moved.
    absence: Mutex<Option<(Absence, usize)>>,
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
            let since = self.kept().min(now.mono) + 1;
            // The first refusal says since when.
            let _ = self
                .lost
                .compare_exchange(0, since, Ordering::SeqCst, Ordering::SeqCst);
        }
    }

    /// The newest time that is on disk.
    pub(super) fn kept(&self) -> Millis {
        self.kept.load(Ordering::SeqCst)
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

    /// An absence is on disk.
    pub(super) fn was_absent(&self, absence: (Absence, usize)) {
        // No code that could panic runs under it.
        *self.absence.lock().unwrap_or_else(PoisonError::into_inner) = Some(absence);
    }

    /// The last absence.
    pub(super) fn absence(&self) -> Option<(Absence, usize)> {
        *self.absence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Since when somebody went unserved who has not been excused.
    pub(super) fn take_unserved(&self) -> Option<Millis> {
        self.unserved.swap(0, Ordering::SeqCst).checked_sub(1)
    }

    fn unheard(&self) -> MutexGuard<'_, Vec<u128>> {
        // No code that could panic runs under it.
        self.unheard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who waits for a place. Dropped before there is one, it went unserved: what it had to say was
/// not heard, as in an absence.
pub(super) struct Unserved<'a> {
    vigil: &'a Vigil,
    since: Millis,
    begun: Instant,
}

impl<'a> Unserved<'a> {
    pub(super) fn new(vigil: &'a Vigil, now: Now) -> Self {
        let since = vigil.kept().min(now.mono);
        Self {
            vigil,
            since,
            begun: Instant::now(),
        }
    }

    pub(super) fn end(self) {
        std::mem::forget(self);
    }
}

impl Drop for Unserved<'_> {
    fn drop(&mut self) {
        if self.begun.elapsed() < HUNG {
            return;
        }
        let (unserved, since) = (&self.vigil.unserved, self.since + 1);
        // The first one says since when.
        let _ = unserved.compare_exchange(0, since, Ordering::SeqCst, Ordering::SeqCst);
    }
}

//! The time of the last beat, without a lock.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{OnceLock, Weak};
use std::time::Duration;

use tokio::time::Instant;

use crate::checks::Settle;

/// What is known of a heart.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Life {
    /// It has beaten, and is to beat again before this.
    Until(Instant),
    Missed,
    /// It has ended as planned.
    Finished,
}

/// The time of the last beat, shared by both halves and who follows them.
pub(crate) struct Pulse {
    epoch: Instant,
    /// Nanoseconds after the epoch.
    last: AtomicU64,
    missed: AtomicBool,
    /// Nobody beats any more, as planned.
    finished: AtomicBool,
    follower: OnceLock<Weak<dyn Settle>>,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Self {
            epoch: Instant::now(),
            last: AtomicU64::new(0),
            missed: AtomicBool::new(false),
            finished: AtomicBool::new(false),
            follower: OnceLock::new(),
        }
    }

    pub(super) fn beat(&self, now: Instant) {
        self.mark(now);
        // Pairs with `alive_until`: either this sees the flag, or whoever raises
        // it, and looks at `last` again after that, sees the beat.
        if self.missed.load(Ordering::SeqCst)
            && let Some(follower) = self.follower.get().and_then(Weak::upgrade)
        {
            follower.settle(now);
        }
    }

    pub(super) fn finish(&self, now: Instant) {
        self.mark(now);
        self.finished.store(true, Ordering::SeqCst);
        if let Some(follower) = self.follower.get().and_then(Weak::upgrade) {
            follower.settle(now);
        }
    }

    fn mark(&self, now: Instant) {
        // The end is the last that is heard of it.
        if self.finished.load(Ordering::SeqCst) {
            return;
        }
        let since = now.saturating_duration_since(self.epoch).as_nanos();
        let since = u64::try_from(since).unwrap_or(u64::MAX);
        self.last.fetch_max(since, Ordering::SeqCst);
    }

    /// Begins the first life, and tells the follower of beats after a miss.
    pub(crate) fn attach(&self, follower: Weak<dyn Settle>, now: Instant) {
        self.mark(now);
        // The check is consumed by the builder, so there is one follower only.
        let _ = self.follower.set(follower);
    }

    pub(crate) fn last(&self) -> Instant {
        self.epoch + Duration::from_nanos(self.last.load(Ordering::SeqCst))
    }

    /// Whether it is alive at `now`, and until when.
    pub(crate) fn life(&self, time_to_live: Duration, now: Instant) -> Life {
        if self.finished.load(Ordering::SeqCst) {
            return Life::Finished;
        }
        self.alive_until(time_to_live, now)
            .map_or(Life::Missed, Life::Until)
    }

    /// Until when the last beat is good, if it still is at `now`.
    fn alive_until(&self, time_to_live: Duration, now: Instant) -> Option<Instant> {
        let alive = || Some(self.last() + time_to_live).filter(|expires| now < *expires);
        if alive().is_none() {
            self.missed.store(true, Ordering::SeqCst);
        }
        // Looked at again: see `beat`.
        let expires = alive()?;
        self.missed.store(false, Ordering::SeqCst);
        Some(expires)
    }
}

impl fmt::Debug for Pulse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pulse").finish_non_exhaustive()
    }
}

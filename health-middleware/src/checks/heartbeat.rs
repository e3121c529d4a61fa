//! Passive checks: alive while somebody says so often enough.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use tokio::time::Instant;

use super::component::sealed;
use super::{ComponentCheck, Definition, LivenessCheck, Settle, Source};

/// A heartbeat: the check for the builder, and the handle for who beats.
///
/// The component is unhealthy (`heartbeat missed`) once `time_to_live` has
/// passed without a beat. Its first life is counted from `build()`, so that a
/// boot does not end in a restart loop. Choose a time to live of three beats or
/// more; at least 1 ms, at most 7 days.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), health_middleware::BuildError> {
/// use std::time::Duration;
/// use health_middleware::{Health, heartbeat};
///
/// let (worker, beat) = heartbeat("worker", Duration::from_secs(30));
/// let health = Health::builder().liveness(worker).build()?;
/// tokio::spawn(async move {
///     loop {
///         // … one piece of work …
///         beat.beat();
/// #       tokio::task::yield_now().await;
///     }
/// });
/// # Ok(())
/// # }
/// ```
pub fn heartbeat(name: impl Into<String>, time_to_live: Duration) -> (HeartbeatCheck, Heartbeat) {
    let pulse = Arc::new(Pulse::new());
    let check = HeartbeatCheck {
        name: name.into(),
        time_to_live,
        pulse: Arc::clone(&pulse),
    };
    (check, Heartbeat { pulse })
}

/// The check's half of a [`heartbeat`], for
/// [`HealthBuilder::liveness`](crate::HealthBuilder::liveness) or
/// [`HealthBuilder::check`](crate::HealthBuilder::check).
#[derive(Debug)]
#[must_use = "a heartbeat counts only once it is given to the builder"]
pub struct HeartbeatCheck {
    name: String,
    time_to_live: Duration,
    pulse: Arc<Pulse>,
}

/// The worker's half of a [`heartbeat`].
///
/// Dropping it stops the beats. Clones beat the same heart: give each worker
/// that may die alone a heartbeat of its own.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    pulse: Arc<Pulse>,
}

impl Heartbeat {
    /// Says that the worker is alive. An atomic store; it takes a lock only
    /// where the heartbeat had been missed. It does not block on any check and
    /// may be called from any thread.
    pub fn beat(&self) {
        self.pulse.beat(Instant::now());
    }
}

impl sealed::Sealed for HeartbeatCheck {
    fn define(self) -> Definition {
        let source = Source::Heartbeat {
            pulse: self.pulse,
            time_to_live: self.time_to_live,
        };
        Definition::passive(self.name, source)
    }
}

impl ComponentCheck for HeartbeatCheck {}
impl LivenessCheck for HeartbeatCheck {}

/// The time of the last beat, shared by both halves and who follows them.
pub(crate) struct Pulse {
    epoch: Instant,
    /// Nanoseconds after the epoch.
    last: AtomicU64,
    missed: AtomicBool,
    follower: OnceLock<Weak<dyn Settle>>,
}

impl Pulse {
    fn new() -> Self {
        Self {
            epoch: Instant::now(),
            last: AtomicU64::new(0),
            missed: AtomicBool::new(false),
            follower: OnceLock::new(),
        }
    }

    fn beat(&self, now: Instant) {
        self.mark(now);
        // Pairs with `alive_until`: either this sees the flag, or whoever raises
        // it, and looks at `last` again after that, sees the beat.
        if self.missed.load(Ordering::SeqCst)
            && let Some(follower) = self.follower.get().and_then(Weak::upgrade)
        {
            follower.settle(now);
        }
    }

    fn mark(&self, now: Instant) {
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

    /// Until when the last beat is good, if it still is at `now`.
    pub(crate) fn alive_until(&self, time_to_live: Duration, now: Instant) -> Option<Instant> {
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

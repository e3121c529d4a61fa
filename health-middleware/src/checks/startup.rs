//! Work that must be done before the service counts as started.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::time::Instant;

use super::Settle;

/// Holds start-up open until it is [`done`](Self::done): migrations, a cache to
/// be warmed.
///
/// `/health/startup` and `/health/ready` answer 503 until then. Make it before
/// `build()` and hand it to
/// [`HealthBuilder::startup`](crate::HealthBuilder::startup).
///
/// A guard that is dropped without `done()` has failed: work that returned an
/// error or panicked took it along. The service is never ready then, and says
/// `start-up failed`, since it must not serve on half a migration; so keep the
/// guard for as long as the work is tried again, or let the process end.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # async fn migrate() -> std::io::Result<()> { Ok(()) }
/// use health_middleware::{Health, StartupGuard};
///
/// let migrations = StartupGuard::new("migrations");
/// let health = Health::builder().startup(&migrations).build()?;
/// assert!(health.report().startup().is_unhealthy());
/// migrate().await?;
/// migrations.done();
/// assert!(health.report().startup().is_healthy());
/// # Ok(())
/// # }
/// ```
#[must_use = "the service never gets ready if the guard is dropped before it is `done()`"]
pub struct StartupGuard {
    hold: Arc<Hold>,
}

impl StartupGuard {
    /// A guard. Its name is shown by `/health/startup` until it is done, and is
    /// subject to the same rules as a component's.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            hold: Arc::new(Hold {
                name: Arc::from(name.into()),
                progress: AtomicU64::new(0),
                state: Mutex::default(),
            }),
        }
    }

    /// Says that the work goes on: a step of a migration is done. Under
    /// `Health::systemd` this extends the time that systemd allows for the
    /// start by 30 s from now; elsewhere it has no effect. An atomic addition.
    ///
    /// ```
    /// use health_middleware::StartupGuard;
    ///
    /// let migrations = StartupGuard::new("migrations");
    /// for _step in 0..3 {
    ///     // … less than 30 s of work …
    ///     migrations.progress();
    /// }
    /// ```
    pub fn progress(&self) {
        self.hold.progress.fetch_add(1, Ordering::Relaxed);
    }

    /// Says that the work is done. Once every guard is, and every check has run,
    /// the service counts as started, and stays so.
    pub fn done(self) {
        self.hold.end(Work::Done);
    }

    pub(crate) fn hold(&self) -> Arc<Hold> {
        Arc::clone(&self.hold)
    }
}

impl Drop for StartupGuard {
    fn drop(&mut self) {
        // After `done` this changes nothing.
        self.hold.end(Work::Abandoned);
    }
}

impl fmt::Debug for StartupGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartupGuard")
            .field("name", &self.hold.name)
            .finish_non_exhaustive()
    }
}

/// What a guard shares with who waits for it.
#[derive(Debug)]
pub(crate) struct Hold {
    name: Arc<str>,
    progress: AtomicU64,
    state: Mutex<HoldState>,
}

/// How far the work of a guard is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Work {
    #[default]
    UnderWay,
    Done,
    Abandoned,
}

#[derive(Debug, Default)]
struct HoldState {
    work: Work,
    followers: Vec<Weak<dyn Settle>>,
}

impl Hold {
    fn lock(&self) -> MutexGuard<'_, HoldState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    #[cfg(feature = "systemd")]
    pub(crate) fn progress(&self) -> u64 {
        self.progress.load(Ordering::Relaxed)
    }

    /// Notes how the work has ended, the first time, and tells the followers.
    fn end(&self, work: Work) {
        let followers = {
            let mut state = self.lock();
            if state.work != Work::UnderWay {
                return;
            }
            state.work = work;
            std::mem::take(&mut state.followers)
        };
        for follower in followers.iter().filter_map(Weak::upgrade) {
            follower.settle(Instant::now());
        }
    }

    /// Tells this follower of the end, if that is still to come.
    pub(crate) fn attach(&self, follower: Weak<dyn Settle>) {
        self.lock().followers.push(follower);
    }

    pub(crate) fn work(&self) -> Work {
        self.lock().work
    }
}

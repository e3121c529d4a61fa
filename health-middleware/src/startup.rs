//! Work that must be done before the service counts as started.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::time::Instant;

use crate::engine::Shared;

/// Holds start-up open until it is dropped: migrations, a cache to be warmed.
///
/// `/health/startup` and `/health/ready` answer 503 while a guard is held. Make
/// it before `build()` and hand it to
/// [`HealthBuilder::startup`](crate::HealthBuilder::startup).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), health_middleware::BuildError> {
/// use health_middleware::{Health, StartupGuard};
///
/// let migrations = StartupGuard::new("migrations");
/// let health = Health::builder().startup(&migrations).build()?;
/// assert!(health.report().startup().is_unhealthy());
/// // … migrate …
/// drop(migrations);
/// assert!(health.report().startup().is_healthy());
/// # Ok(())
/// # }
/// ```
#[must_use = "start-up goes on as soon as the guard is dropped"]
pub struct StartupGuard {
    hold: Arc<Hold>,
}

impl StartupGuard {
    /// A guard. Its name is shown by `/health/startup` while it is held, and is
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

    pub(crate) fn hold(&self) -> Arc<Hold> {
        Arc::clone(&self.hold)
    }
}

impl Drop for StartupGuard {
    fn drop(&mut self) {
        let engines = {
            let mut state = self.hold.lock();
            state.released = true;
            std::mem::take(&mut state.engines)
        };
        for engine in engines.iter().filter_map(Weak::upgrade) {
            engine.settle(Instant::now());
        }
    }
}

impl fmt::Debug for StartupGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartupGuard")
            .field("name", &self.hold.name)
            .finish_non_exhaustive()
    }
}

/// What guard and engine share.
#[derive(Debug)]
pub(crate) struct Hold {
    name: Arc<str>,
    progress: AtomicU64,
    state: Mutex<HoldState>,
}

#[derive(Debug, Default)]
struct HoldState {
    released: bool,
    engines: Vec<Weak<Shared>>,
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

    /// Tells this engine of the release, if that is still to come.
    pub(crate) fn attach(&self, engine: Weak<Shared>) {
        self.lock().engines.push(engine);
    }

    pub(crate) fn is_released(&self) -> bool {
        self.lock().released
    }
}

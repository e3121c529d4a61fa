//! Following the changes of state, from one report to the next.

use std::fmt;
use std::future::pending;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::sleep_until;

use crate::engine::Shared;
use crate::race::{First, race};
use crate::report::Report;

/// Follows the changes of state; made by [`Health::subscribe`](crate::Health::subscribe).
///
/// It does not keep the checks running, and one that is not looked at costs
/// nothing: it skips to the latest report.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), health_middleware::BuildError> {
/// use health_middleware::Health;
///
/// let health = Health::builder().build()?;
/// let mut subscription = health.subscribe();
/// health.maintenance(true);
/// let report = subscription.changed().await.expect("the engine runs");
/// assert!(report.ready().is_unhealthy());
/// # Ok(())
/// # }
/// ```
pub struct Subscription {
    shared: Arc<Shared>,
    versions: watch::Receiver<Option<u64>>,
    seen: u64,
}

impl Subscription {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let versions = shared.watch();
        let seen = shared.current().version;
        Self {
            shared,
            versions,
            seen,
        }
    }

    /// The report now, as [`Health::report`](crate::Health::report) gives it.
    #[must_use]
    pub fn report(&self) -> Arc<Report> {
        Arc::clone(&self.shared.current().report)
    }

    /// Waits for a change of state since the last call, or since
    /// [`Health::subscribe`](crate::Health::subscribe): of a status, a cause,
    /// start-up, drain, maintenance. Fresh times alone are none. `None` once the
    /// last handle is gone and no change is left to tell.
    ///
    /// Sees a component go stale by itself, even if nothing runs any more.
    ///
    /// Cancel safe: no change is lost if the future is dropped.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with timers.
    pub async fn changed(&mut self) -> Option<Arc<Report>> {
        loop {
            let ended = self.versions.borrow_and_update().is_none();
            let (report, version, expires) = {
                let snapshot = self.shared.current();
                (
                    Arc::clone(&snapshot.report),
                    snapshot.version,
                    snapshot.expires,
                )
            };
            if version != self.seen {
                self.seen = version;
                return Some(report);
            }
            if ended {
                return None;
            }
            let expiry = async {
                match expires {
                    Some(expires) => sleep_until(expires).await,
                    None => pending().await,
                }
            };
            match race(self.versions.changed(), expiry).await {
                First::Left(_) | First::Right(()) => {}
            }
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}

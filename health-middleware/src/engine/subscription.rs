//! Following the changes of state, from one report to the next.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use super::Shared;
use crate::race::{race, until};
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
        let (report, version) = self.after(Some(self.seen)).await?;
        self.seen = version;
        Some(report)
    }

    /// Waits until something holds, and gives the report of which it does: at once
    /// if that is the present one. `None` once the last handle is gone and it does
    /// not hold of the last report.
    ///
    /// The condition is asked of the present report and again after each change of
    /// state, as [`changed`](Self::changed) tells of it; of changes that follow
    /// close upon one another, of the latest. Fresh times and texts alone are no
    /// change. It is called on the caller's task: do not block in it. A panic of it
    /// is the caller's own.
    ///
    /// Cancel safe: no change is lost if the future is dropped. The next call asks
    /// the report of then; [`changed`](Self::changed) tells of what changed since
    /// the last report that either has given.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), health_middleware::BuildError> {
    /// use health_middleware::{BoxError, Check, Health};
    ///
    /// let health = Health::builder()
    ///     .check(Check::from_fn("database", || async { Ok::<_, BoxError>(()) }))
    ///     .build()?;
    /// let mut subscription = health.subscribe();
    /// let ready = subscription.wait_for(|report| report.ready().is_healthy());
    /// assert!(ready.await.expect("the engine runs").startup().is_healthy());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with timers.
    pub async fn wait_for(
        &mut self,
        mut condition: impl FnMut(&Report) -> bool,
    ) -> Option<Arc<Report>> {
        let mut asked = None;
        loop {
            let (report, version) = self.after(asked).await?;
            if condition(&report) {
                self.seen = version;
                return Some(report);
            }
            asked = Some(version);
        }
    }

    /// Waits for a report of another version than this; without one, the present
    /// report will do.
    async fn after(&mut self, known: Option<u64>) -> Option<(Arc<Report>, u64)> {
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
            if known != Some(version) {
                return Some((report, version));
            }
            if ended {
                return None;
            }
            // Whoever waits keeps no old report.
            drop(report);
            race(self.versions.changed(), until(expires)).await;
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

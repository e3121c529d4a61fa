//! Components, by what they count for, and what start-up waits for besides them.

use super::HealthBuilder;
use crate::checks::{ComponentCheck, LivenessCheck, StartupGuard};
use crate::report::Scope;

impl HealthBuilder {
    /// Adds a component that decides `/health` and `/health/ready`: a
    /// [`Check`](crate::Check), or a passive one. What many replicas share belongs
    /// in [`readiness`](Self::readiness) instead.
    ///
    /// ```
    /// use health_middleware::{Check, Health};
    ///
    /// let own_file = || std::fs::metadata("/var/lib/accounts.redb").map(drop);
    /// let builder = Health::builder().check(Check::blocking("database", own_file));
    /// # drop(builder);
    /// ```
    pub fn check(self, check: impl ComponentCheck) -> Self {
        self.component(check, Scope::Service)
    }

    /// Adds a component that decides `/health/ready` alone, and not `/health`: a
    /// shared database that is down takes the replica out of rotation, and gets
    /// nobody killed who restarts on `/health`, as Docker Swarm does.
    ///
    /// Everything else is as with [`check`](Self::check): start-up waits for its
    /// first run, and it has its own `/health/components/{name}`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use health_middleware::{BoxError, Check, Fault, Health};
    ///
    /// let health = Health::builder()
    ///     .readiness(Check::from_fn("database", || async { Ok::<_, BoxError>(()) }))
    ///     .build()?;
    /// let outage = health.force("database", Fault::Down)?;
    /// assert!(health.report().ready().is_unhealthy());
    /// assert!(health.report().status().is_healthy());
    /// # drop(outage);
    /// # Ok(())
    /// # }
    /// ```
    pub fn readiness(self, check: impl ComponentCheck) -> Self {
        self.component(check, Scope::Readiness)
    }

    /// Adds a component that decides `/health/live` too: a
    /// [`HeartbeatCheck`](crate::HeartbeatCheck) or a
    /// [`RuntimeStall`](crate::RuntimeStall). The check of a dependency is not
    /// accepted: a restart does not mend what is broken elsewhere.
    ///
    /// ```compile_fail
    /// use health_middleware::{BoxError, Check, Health};
    ///
    /// let database = Check::from_fn("database", || async { Ok::<_, BoxError>(()) });
    /// let builder = Health::builder().liveness(database);
    /// ```
    pub fn liveness(self, check: impl LivenessCheck) -> Self {
        self.component(check, Scope::Liveness)
    }

    fn component(mut self, check: impl ComponentCheck, scope: Scope) -> Self {
        let mut component = check.define();
        component.slot.scope = scope;
        self.components.push(component);
        self
    }

    /// Holds start-up open until the guard is [`done`](StartupGuard::done). One
    /// that is dropped before never lets the service be ready.
    pub fn startup(mut self, guard: &StartupGuard) -> Self {
        self.holds.push(guard.hold());
        self
    }
}

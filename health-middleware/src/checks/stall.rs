//! Whether the runtime still gets round to waking its tasks.

use std::time::Duration;

use super::component::sealed;
use super::{ComponentCheck, Definition, LivenessCheck, Source};

/// The runtime-stall check: a task sleeps and measures how late it is woken.
///
/// Two late wakes in a row are unhealthy, so that a machine that was suspended
/// or throttled once does not cause a restart. A task that is not woken at all
/// makes the component stale, which is seen by whoever reads it from another
/// thread or runtime, such as [`Health::into_service`](crate::Health::into_service)
/// on a management port with a runtime of its own.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), health_middleware::BuildError> {
/// use health_middleware::{Health, RuntimeStall};
///
/// let health = Health::builder().liveness(RuntimeStall::new()).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "does nothing until it is given to `HealthBuilder::liveness`"]
pub struct RuntimeStall {
    name: String,
    tolerance: Duration,
}

impl RuntimeStall {
    /// The component `runtime`, with a tolerance of 1 s.
    pub fn new() -> Self {
        Self {
            name: "runtime".to_owned(),
            tolerance: Duration::from_secs(1),
        }
    }

    /// How late a wake may be. Default 1 s; at least 50 ms, at most 7 days: less
    /// would restart services that do nothing, on machines that do little.
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// The component's name. Default `runtime`.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }
}

impl Default for RuntimeStall {
    fn default() -> Self {
        Self::new()
    }
}

impl sealed::Sealed for RuntimeStall {
    fn define(self) -> Definition {
        let source = Source::Stall {
            tolerance: self.tolerance,
        };
        Definition::passive(self.name, source)
    }
}

impl ComponentCheck for RuntimeStall {}
impl LivenessCheck for RuntimeStall {}

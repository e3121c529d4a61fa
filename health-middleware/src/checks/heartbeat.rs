//! Passive checks: alive while somebody says so often enough.

mod pulse;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

pub(crate) use pulse::{Life, Pulse};

use super::component::sealed;
use super::{ComponentCheck, Definition, LivenessCheck, Source};

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
/// [`HealthBuilder::liveness`](crate::HealthBuilder::liveness),
/// [`HealthBuilder::check`](crate::HealthBuilder::check) or
/// [`HealthBuilder::readiness`](crate::HealthBuilder::readiness).
#[derive(Debug)]
#[must_use = "a heartbeat counts only once it is given to the builder"]
pub struct HeartbeatCheck {
    name: String,
    time_to_live: Duration,
    pulse: Arc<Pulse>,
}

impl HeartbeatCheck {
    /// The service can do without: a heartbeat that is missed only degrades it. Not
    /// for [`HealthBuilder::liveness`](crate::HealthBuilder::liveness): nobody is
    /// restarted for what can be done without.
    ///
    /// ```
    /// use std::time::Duration;
    /// use health_middleware::{Health, heartbeat};
    ///
    /// let (mailer, _beat) = heartbeat("mailer", Duration::from_secs(30));
    /// let builder = Health::builder().check(mailer.optional());
    /// # drop(builder);
    /// ```
    ///
    /// ```compile_fail
    /// # use std::time::Duration;
    /// # use health_middleware::{Health, heartbeat};
    /// let (mailer, _beat) = heartbeat("mailer", Duration::from_secs(30));
    /// let builder = Health::builder().liveness(mailer.optional());
    /// ```
    #[must_use = "a heartbeat counts only once it is given to the builder"]
    pub fn optional(self) -> impl ComponentCheck + fmt::Debug {
        Optional(self)
    }
}

/// The worker's half of a [`heartbeat`].
///
/// Dropping it stops the beats, since a worker that dies drops it too; one that
/// ends as planned says so by [`finish`](Self::finish). Clones beat the same heart:
/// give each worker that may die alone a heartbeat of its own.
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

    /// Says that the worker has ended as planned: a batch is through, a consumer was
    /// told to stop. The component is healthy from now on and never missed again,
    /// with the time of this call as its last beat; where it had been missed, it is
    /// healthy again before the call returns. That holds for all clones: their beats
    /// change nothing any more.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), health_middleware::BuildError> {
    /// use std::time::Duration;
    /// use health_middleware::{Health, heartbeat};
    ///
    /// let (import, beat) = heartbeat("import", Duration::from_secs(30));
    /// let health = Health::builder().check(import).build()?;
    /// tokio::spawn(async move {
    ///     for _record in 0..3 {
    ///         // … import one record …
    ///         beat.beat();
    ///     }
    ///     beat.finish();
    /// });
    /// # Ok(())
    /// # }
    /// ```
    pub fn finish(self) {
        self.pulse.finish(Instant::now());
    }
}

/// A heartbeat whose check the service can do without.
#[derive(Debug)]
struct Optional(HeartbeatCheck);

impl sealed::Sealed for Optional {
    fn define(self) -> Definition {
        let mut definition = self.0.define();
        definition.slot.optional = true;
        definition
    }
}

impl ComponentCheck for Optional {}

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

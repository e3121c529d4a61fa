//! Active checks: what runs in the background, and how often.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::component::sealed;
use super::runner::FromFn;
use super::{
    ComponentCheck, Definition, IntoOutcome, Outcome, Runner, Slot, Source, Thresholds, Timing,
};
use crate::error::BoxError;
use crate::report::Scope;

/// A check as a type of its own.
///
/// Implement it with an `async fn`:
///
/// ```
/// use health_middleware::{BoxError, Check, HealthCheck, Outcome};
///
/// struct Queue {
///     limit: usize,
/// }
///
/// impl HealthCheck for Queue {
///     async fn check(&self) -> Result<Outcome, BoxError> {
///         let waiting = 3;
///         if waiting > self.limit {
///             return Err(format!("{waiting} messages wait").into());
///         }
///         Ok(Outcome::Healthy)
///     }
/// }
///
/// let check = Check::new("queue", Queue { limit: 10 });
/// # drop(check);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a health check",
    note = "implement `HealthCheck` for it, or use `Check::from_fn` or `Check::with` for a closure"
)]
pub trait HealthCheck: Send + Sync + 'static {
    /// Looks once. It is dropped, and with it cancelled, at the check's timeout,
    /// so it may be cut off at any `.await`.
    ///
    /// # Errors
    ///
    /// Any error makes the component unhealthy.
    fn check(&self) -> impl Future<Output = Result<Outcome, BoxError>> + Send;
}

/// A named check that runs in the background, on a period of its own.
///
/// No probe waits for it: probes read what its last run found.
///
/// ```
/// use std::time::Duration;
/// use health_middleware::Check;
///
/// #[derive(Clone)]
/// struct Pool;
/// impl Pool {
///     async fn ping(&self) -> std::io::Result<()> {
///         Ok(())
///     }
/// }
///
/// let check = Check::with("database", Pool, |pool| async move { pool.ping().await })
///     .timeout(Duration::from_millis(500))
///     .every(Duration::from_secs(5))
///     .failures(3);
/// # drop(check);
/// ```
#[must_use = "a check does nothing until it is given to `HealthBuilder::check` or `HealthBuilder::readiness`"]
pub struct Check {
    pub(crate) name: String,
    pub(crate) runner: Runner,
    pub(crate) timing: Timing,
    pub(crate) thresholds: Thresholds,
    pub(crate) optional: bool,
    /// What is wrong with a ready-made check's target.
    pub(crate) invalid: Option<String>,
}

impl Check {
    /// A type that implements [`HealthCheck`].
    pub fn new(name: impl Into<String>, check: impl HealthCheck) -> Self {
        Self::with_runner(name, Runner::Async(Arc::new(check)))
    }

    /// A closure that makes a future.
    ///
    /// ```
    /// use health_middleware::{BoxError, Check};
    ///
    /// let check = Check::from_fn("clock", || async { Ok::<_, BoxError>(()) });
    /// # drop(check);
    /// ```
    pub fn from_fn<F, Fut>(name: impl Into<String>, check: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output: IntoOutcome> + Send + 'static,
    {
        Self::with_runner(name, Runner::Async(Arc::new(FromFn(check))))
    }

    /// A closure that makes a future out of a clone of `state`: a connection
    /// pool, a client, an `Arc` of anything.
    pub fn with<S, F, Fut>(name: impl Into<String>, state: S, check: F) -> Self
    where
        S: Clone + Send + Sync + 'static,
        F: Fn(S) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: IntoOutcome> + Send + 'static,
    {
        Self::from_fn(name, move || check(state.clone()))
    }

    /// A closure that blocks its thread. It runs on tokio's blocking pool.
    ///
    /// A thread cannot be cancelled: a run that passes its timeout is reported
    /// as timed out, again at every period, until it returns. The next one begins
    /// when it is due, or as soon as that one returns, and has all its time. A
    /// runtime that shuts down waits for it as well.
    ///
    /// ```
    /// use health_middleware::Check;
    ///
    /// let check = Check::blocking("config", || std::fs::read("/etc/hostname").map(drop));
    /// # drop(check);
    /// ```
    pub fn blocking<F, R>(name: impl Into<String>, check: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: IntoOutcome,
    {
        Self::with_runner(
            name,
            Runner::Blocking(Arc::new(move || check().into_outcome())),
        )
    }

    fn with_runner(name: impl Into<String>, runner: Runner) -> Self {
        Self {
            name: name.into(),
            runner,
            timing: Timing {
                timeout: Duration::from_secs(2),
                every: Duration::from_secs(5),
                initial_delay: Duration::ZERO,
            },
            thresholds: Thresholds {
                failures: 1,
                successes: 1,
            },
            optional: false,
            invalid: None,
        }
    }

    /// One that [`HealthBuilder::build`](crate::HealthBuilder::build) refuses.
    #[cfg(any(feature = "http", feature = "tcp"))]
    pub(super) fn refused(name: impl Into<String>, problem: String) -> Self {
        let mut check = Self::blocking(name, || Ok::<_, BoxError>(()));
        check.invalid = Some(problem);
        check
    }

    /// How long a run may take. Default 2 s; above 0, at most 7 days.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timing.timeout = timeout;
        self
    }

    /// The time from the beginning of one run to the beginning of the next, give
    /// or take a tenth. Default 5 s; at least 1 ms, at most 7 days. A run that
    /// takes longer is followed by the next at once, never overtaken by it.
    pub fn every(mut self, period: Duration) -> Self {
        self.timing.every = period;
        self
    }

    /// How many failures in a row turn the component unhealthy. Default 1.
    ///
    /// Until the first success every failure counts: what has never worked does
    /// not pass for working.
    pub fn failures(mut self, failures: u32) -> Self {
        self.thresholds.failures = failures;
        self
    }

    /// How many successes in a row end an unhealthy time. Default 1. The very
    /// first success counts by itself.
    pub fn successes(mut self, successes: u32) -> Self {
        self.thresholds.successes = successes;
        self
    }

    /// The service can do without: a failure only degrades it.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// How long after `build()` the first run begins. Default 0; at most 7 days.
    /// Until then the component has not run yet, which is not healthy.
    pub fn initial_delay(mut self, delay: Duration) -> Self {
        self.timing.initial_delay = delay;
        self
    }
}

impl sealed::Sealed for Check {
    fn define(self) -> Definition {
        Definition {
            slot: Slot {
                name: self.name.into(),
                optional: self.optional,
                scope: Scope::Service,
                source: Source::Active {
                    timing: self.timing,
                    thresholds: self.thresholds,
                    rerun: Notify::new(),
                },
            },
            runner: Some(self.runner),
            invalid: self.invalid,
        }
    }
}

impl ComponentCheck for Check {}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("name", &self.name)
            .field("timing", &self.timing)
            .field("thresholds", &self.thresholds)
            .field("optional", &self.optional)
            .finish_non_exhaustive()
    }
}

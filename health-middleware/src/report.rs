//! What is known at one moment: an immutable value that readers share.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::cause::Cause;
use crate::endpoint::Endpoint;
use crate::info::InfoValue;
use crate::snapshot::Answers;
use crate::status::Status;

/// The state of a service at one moment, as its probes are told.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), health_middleware::BuildError> {
/// use health_middleware::Health;
///
/// let health = Health::builder().build()?;
/// let report = health.report();
/// println!("{}", report.status());
/// for component in report.components() {
///     println!("{}: {}", component.name(), component.status());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Report {
    pub(crate) timestamp: SystemTime,
    /// In the order of their names.
    pub(crate) components: Box<[Arc<Component>]>,
    /// Indices into `components`, failing first, then by name.
    pub(crate) order: Box<[u32]>,
    pub(crate) verdicts: [Verdict; 4],
    /// Start-up guards that are not done.
    pub(crate) held: Box<[Held]>,
    pub(crate) info: Arc<[(Arc<str>, InfoValue)]>,
    pub(crate) draining: bool,
    pub(crate) maintenance: bool,
}

/// A start-up guard that is not done, and whether it ever will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) name: Arc<str>,
    pub(crate) cause: Cause,
}

/// What one endpoint says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) status: Status,
    /// What turned the endpoint beyond its components.
    pub(crate) cause: Option<Cause>,
}

impl Report {
    /// What `/health` says: the worst of all components.
    #[must_use]
    pub fn status(&self) -> Status {
        self.verdict(Endpoint::Health).status
    }

    /// What `/health/live` says.
    #[must_use]
    pub fn live(&self) -> Status {
        self.verdict(Endpoint::Live).status
    }

    /// What `/health/ready` says.
    #[must_use]
    pub fn ready(&self) -> Status {
        self.verdict(Endpoint::Ready).status
    }

    /// What `/health/startup` says.
    #[must_use]
    pub fn startup(&self) -> Status {
        self.verdict(Endpoint::Startup).status
    }

    /// Whether [`Health::drain`](crate::Health::drain) has been called.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining
    }

    /// Whether [`Health::maintenance`](crate::Health::maintenance) is on.
    #[must_use]
    pub fn is_in_maintenance(&self) -> bool {
        self.maintenance
    }

    /// When this was put together. At most about a second before it was read,
    /// while checks or heartbeats run that often.
    #[must_use]
    pub fn timestamp(&self) -> SystemTime {
        self.timestamp
    }

    /// All components, failing ones first, then by name.
    pub fn components(&self) -> impl Iterator<Item = &Component> {
        self.order
            .iter()
            .filter_map(|&index| self.components.get(index as usize))
            .map(Arc::as_ref)
    }

    /// The component of this name.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components
            .binary_search_by(|component| component.name().cmp(name))
            .ok()
            .and_then(|index| self.components.get(index))
            .map(Arc::as_ref)
    }

    pub(crate) fn verdict(&self, endpoint: Endpoint) -> Verdict {
        self.verdicts[endpoint.index()]
    }
}

/// One component of a [`Report`].
#[derive(Debug)]
pub struct Component {
    pub(crate) name: Arc<str>,
    pub(crate) status: Status,
    pub(crate) cause: Option<Cause>,
    /// The cause in words that any stranger may read.
    pub(crate) summary: Option<Cow<'static, str>>,
    pub(crate) text: Option<Arc<str>>,
    pub(crate) checked: Option<SystemTime>,
    pub(crate) duration: Option<Duration>,
    pub(crate) optional: bool,
    pub(crate) live: bool,
    pub(crate) ran: bool,
    pub(crate) answers: Answers,
}

impl Component {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How well it is. An optional component is degraded at worst.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Why it is not healthy.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.cause
    }

    /// The text of the error, of the panic, or of the reason for being degraded.
    /// It may carry what strangers should not read.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// When the last run ended, or the last beat came.
    #[must_use]
    pub fn timestamp(&self) -> Option<SystemTime> {
        self.checked
    }

    /// How long the last run took.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        self.duration
    }

    /// Whether the service can do without it.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.optional
    }

    /// Whether it decides liveness.
    #[must_use]
    pub fn is_liveness(&self) -> bool {
        self.live
    }
}

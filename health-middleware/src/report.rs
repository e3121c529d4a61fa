//! What is known at one moment, and what has changed: plain values that readers
//! share. May touch `answer`, in which a component keeps a place.

mod cause;
mod component;
mod endpoint;
mod event;
mod info;
mod scope;
mod status;
mod vocabulary;
mod wording;

use std::sync::Arc;
use std::time::SystemTime;

pub use cause::Cause;
pub use component::Component;
pub(crate) use endpoint::Endpoint;
pub(crate) use event::Event;
#[cfg(feature = "metrics")]
pub(crate) use event::Turned;
pub use info::InfoValue;
pub(crate) use scope::Scope;
pub use status::Status;
pub use vocabulary::Vocabulary;
pub(crate) use wording::Wording;

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
    /// By their indices.
    pub(crate) endpoints: [EndpointState; 4],
    /// Start-up guards that are not done.
    pub(crate) held: Box<[Held]>,
    pub(crate) info: Arc<[(Arc<str>, InfoValue)]>,
    pub(crate) wording: Wording,
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
pub(crate) struct EndpointState {
    pub(crate) status: Status,
    /// What turned the endpoint beyond its components.
    pub(crate) cause: Option<Cause>,
}

impl Report {
    /// What `/health` says: the worst of all components but for those that were
    /// given to [`HealthBuilder::readiness`](crate::HealthBuilder::readiness).
    #[must_use]
    pub fn status(&self) -> Status {
        self.endpoint(Endpoint::Health).status
    }

    /// What `/health/live` says.
    #[must_use]
    pub fn live(&self) -> Status {
        self.endpoint(Endpoint::Live).status
    }

    /// What `/health/ready` says.
    #[must_use]
    pub fn ready(&self) -> Status {
        self.endpoint(Endpoint::Ready).status
    }

    /// What `/health/startup` says.
    #[must_use]
    pub fn startup(&self) -> Status {
        self.endpoint(Endpoint::Startup).status
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

    /// All components, whatever endpoints they count for; failing ones first, then
    /// by name.
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

    pub(crate) fn endpoint(&self, endpoint: Endpoint) -> EndpointState {
        self.endpoints[endpoint.index()]
    }
}

//! What a service name stands for.

use crate::endpoint::Endpoint;
use crate::engine::Shared;
use crate::report::Report;
use crate::status::Status;

/// What a service name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Endpoint(Endpoint),
    /// By its index, in the order of the names.
    Component(usize),
}

/// The names that are not a component's.
const ENDPOINTS: [(&str, Endpoint); 4] = [
    ("", Endpoint::Ready),
    ("liveness", Endpoint::Live),
    ("readiness", Endpoint::Ready),
    ("startup", Endpoint::Startup),
];

impl Target {
    pub(super) fn find(shared: &Shared, service: &str) -> Option<Self> {
        ENDPOINTS
            .iter()
            .find(|(name, _)| *name == service)
            .map(|(_, endpoint)| Self::Endpoint(*endpoint))
            .or_else(|| shared.index_of(service).map(Self::Component))
    }

    /// Every name that can be asked for, once.
    pub(super) fn all(shared: &Shared) -> impl Iterator<Item = (&str, Self)> {
        let endpoints = ENDPOINTS
            .iter()
            .map(|(name, endpoint)| (*name, Self::Endpoint(*endpoint)));
        let components = shared
            .slots
            .iter()
            .enumerate()
            .map(|(index, slot)| (&*slot.name, Self::Component(index)))
            .filter(|(name, _)| ENDPOINTS.iter().all(|(taken, _)| taken != name));
        endpoints.chain(components)
    }

    /// The endpoint that is asked, unless it is a single component.
    pub(super) fn endpoint(self) -> Option<Endpoint> {
        match self {
            Self::Endpoint(endpoint) => Some(endpoint),
            Self::Component(_) => None,
        }
    }

    pub(super) fn status(self, report: &Report) -> Status {
        match self {
            Self::Endpoint(endpoint) => report.verdict(endpoint).status,
            Self::Component(index) => report.components[index].status,
        }
    }
}

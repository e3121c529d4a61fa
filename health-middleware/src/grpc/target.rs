//! What a service name stands for.

use crate::engine::Shared;
use crate::render::Details;
use crate::report::{Endpoint, Report, Status};

/// What a service name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Endpoint(Endpoint),
    /// By its index, in the order of the names.
    Component(usize),
}

/// The names that are not a component's: the builder refuses them.
const ENDPOINTS: [(&str, Endpoint); 4] = [
    ("", Endpoint::Ready),
    ("liveness", Endpoint::Live),
    ("readiness", Endpoint::Ready),
    ("startup", Endpoint::Startup),
];

impl Target {
    /// What a request may ask for that may see so much.
    pub(super) fn find(shared: &Shared, service: &str, details: Details) -> Option<Self> {
        ENDPOINTS
            .iter()
            .find(|(name, _)| *name == service)
            .map(|(_, endpoint)| Self::Endpoint(*endpoint))
            .or_else(|| {
                let index = shared.index_of(service)?;
                (details != Details::StatusOnly).then_some(Self::Component(index))
            })
    }

    /// Every name that such a request may ask for, once.
    pub(super) fn all(shared: &Shared, details: Details) -> impl Iterator<Item = (&str, Self)> {
        let endpoints = ENDPOINTS
            .iter()
            .map(|(name, endpoint)| (*name, Self::Endpoint(*endpoint)));
        let components = shared
            .names()
            .enumerate()
            .map(|(index, name)| (name, Self::Component(index)))
            .filter(move |_| details != Details::StatusOnly);
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
            Self::Endpoint(endpoint) => report.endpoint(endpoint).status,
            Self::Component(index) => report.components[index].status,
        }
    }
}

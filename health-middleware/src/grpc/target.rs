//! What a service name stands for.

use super::message::ServingStatus;
use crate::engine::Shared;
use crate::http::Endpoints;
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
    pub(super) fn find(endpoints: &Endpoints, service: &str, details: Details) -> Option<Self> {
        let shared = endpoints.shared();
        Self::named(shared, service)
            .or_else(|| {
                let mut aliases = endpoints.config.aliases.iter();
                let (_, stands_for) = aliases.find(|(alias, _)| alias == service)?;
                Self::named(shared, stands_for)
            })
            .filter(|target| target.is_shown(details))
    }

    /// Every name that such a request may ask for, once.
    pub(super) fn all(
        endpoints: &Endpoints,
        details: Details,
    ) -> impl Iterator<Item = (&str, Self)> {
        let shared = endpoints.shared();
        let components = shared
            .names()
            .enumerate()
            .map(|(index, name)| (name, Self::Component(index)));
        let aliases = endpoints
            .config
            .aliases
            .iter()
            .filter_map(|(alias, stands_for)| Some((&**alias, Self::named(shared, stands_for)?)));
        ENDPOINTS
            .iter()
            .map(|(name, endpoint)| (*name, Self::Endpoint(*endpoint)))
            .chain(components)
            .chain(aliases)
            .filter(move |(_, target)| target.is_shown(details))
    }

    /// What has this name by itself.
    fn named(shared: &Shared, name: &str) -> Option<Self> {
        ENDPOINTS
            .iter()
            .find(|(endpoint, _)| *endpoint == name)
            .map(|(_, endpoint)| Self::Endpoint(*endpoint))
            .or_else(|| shared.index_of(name).map(Self::Component))
    }

    /// Components have no names for who may see the status alone.
    fn is_shown(self, details: Details) -> bool {
        match self {
            Self::Endpoint(_) => true,
            Self::Component(_) => details != Details::StatusOnly,
        }
    }

    /// The endpoint that is asked, unless it is a single component.
    pub(super) fn endpoint(self) -> Option<Endpoint> {
        match self {
            Self::Endpoint(endpoint) => Some(endpoint),
            Self::Component(_) => None,
        }
    }

    /// What HTTP answers with 2xx serves.
    pub(super) fn serving(self, report: &Report) -> ServingStatus {
        let code = report.wording.status_code(self.status(report));
        if code.is_success() {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        }
    }

    pub(super) fn status(self, report: &Report) -> Status {
        match self {
            Self::Endpoint(endpoint) => report.endpoint(endpoint).status,
            Self::Component(index) => report.components[index].status,
        }
    }
}

//! What turns endpoints beyond their components, and what they say in the end.

use std::sync::Arc;

use crate::report::{Cause, Component, Endpoint, EndpointState, Status};

/// One of what turns endpoints whatever the components say.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Switch {
    Draining,
    Maintenance,
    /// Testability: `/health` and `/health/ready`.
    #[cfg(feature = "testability")]
    Sick,
    #[cfg(feature = "testability")]
    SickLive,
    #[cfg(feature = "testability")]
    SickReady,
}

impl Switch {
    /// What the log calls it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Draining => "draining",
            Self::Maintenance => "maintenance",
            #[cfg(feature = "testability")]
            Self::Sick => "forced",
            #[cfg(feature = "testability")]
            Self::SickLive => "forced live",
            #[cfg(feature = "testability")]
            Self::SickReady => "forced ready",
        }
    }
}

/// Which switches are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Switches {
    pub(super) draining: bool,
    pub(super) maintenance: bool,
    sick: bool,
    sick_live: bool,
    sick_ready: bool,
}

impl Switches {
    pub(super) fn set(&mut self, switch: Switch, on: bool) {
        match switch {
            Switch::Draining => self.draining = on,
            Switch::Maintenance => self.maintenance = on,
            #[cfg(feature = "testability")]
            Switch::Sick => self.sick = on,
            #[cfg(feature = "testability")]
            Switch::SickLive => self.sick_live = on,
            #[cfg(feature = "testability")]
            Switch::SickReady => self.sick_ready = on,
        }
    }

    /// What each endpoint says.
    pub(super) fn endpoints(
        self,
        components: &[Arc<Component>],
        starting: Option<Cause>,
    ) -> [EndpointState; 4] {
        Endpoint::ALL.map(|endpoint| {
            let deciding = components
                .iter()
                .filter(|component| component.scope.counts_for(endpoint));
            let status = Status::worst_of(deciding.map(|component| component.status));
            let cause = match endpoint {
                Endpoint::Health => self.health(),
                Endpoint::Live => self.live(),
                Endpoint::Ready => self.ready(starting),
                Endpoint::Startup => starting,
            };
            EndpointState {
                status: if cause.is_some() {
                    Status::Unhealthy
                } else {
                    status
                },
                cause,
            }
        })
    }

    fn health(self) -> Option<Cause> {
        self.sick.then_some(Cause::Forced)
    }

    fn live(self) -> Option<Cause> {
        self.sick_live.then_some(Cause::Forced)
    }

    fn ready(self, starting: Option<Cause>) -> Option<Cause> {
        if self.draining {
            Some(Cause::Draining)
        } else if self.maintenance {
            Some(Cause::Maintenance)
        } else if self.sick || self.sick_ready {
            Some(Cause::Forced)
        } else {
            starting
        }
    }
}

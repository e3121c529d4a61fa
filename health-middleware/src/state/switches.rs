//! What turns endpoints beyond their components, and what they say in the end.

use std::sync::Arc;

use crate::report::{Cause, Component, Endpoint, Status, Verdict};

/// What turns endpoints whatever the components say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Switches {
    pub(crate) draining: bool,
    pub(crate) maintenance: bool,
    /// Testability: `/health` and `/health/ready`.
    pub(crate) sick: bool,
    pub(crate) sick_live: bool,
    pub(crate) sick_ready: bool,
}

impl Switches {
    /// What each endpoint says.
    pub(super) fn verdicts(
        self,
        components: &[Arc<Component>],
        starting: Option<Cause>,
    ) -> [Verdict; 4] {
        let all = Status::worst_of(components.iter().map(|component| component.status));
        let live = Status::worst_of(
            components
                .iter()
                .filter(|component| component.live)
                .map(|component| component.status),
        );
        Endpoint::ALL.map(|endpoint| {
            let (status, cause) = match endpoint {
                Endpoint::Health => (all, self.health()),
                Endpoint::Live => (live, self.live()),
                Endpoint::Ready => (all, self.ready(starting)),
                Endpoint::Startup => (Status::Healthy, starting),
            };
            Verdict {
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

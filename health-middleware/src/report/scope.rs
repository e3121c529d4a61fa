//! For which endpoints a component counts.

use super::Endpoint;

/// Which question a component answers, by how the builder was given it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// `.check(…)`: is the service well, and should it be sent requests?
    Service,
    /// `.readiness(…)`: should it be sent requests? Nothing that a restart mends.
    Readiness,
    /// `.liveness(…)`: is it to be restarted?
    Liveness,
}

impl Scope {
    /// Whether a component of this scope decides an endpoint, and is shown by it.
    /// Start-up has no scope: it waits for the first runs of all.
    pub(crate) fn counts_for(self, endpoint: Endpoint) -> bool {
        match (endpoint, self) {
            (Endpoint::Ready, _) => true,
            (Endpoint::Health, Self::Service | Self::Liveness) => true,
            (Endpoint::Health, Self::Readiness) => false,
            (Endpoint::Live, Self::Liveness) => true,
            (Endpoint::Live, Self::Service | Self::Readiness) => false,
            (Endpoint::Startup, _) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_and_the_endpoints_that_it_decides() {
        for (scope, decided) in [
            (Scope::Service, &[Endpoint::Health, Endpoint::Ready][..]),
            (Scope::Readiness, &[Endpoint::Ready]),
            (
                Scope::Liveness,
                &[Endpoint::Health, Endpoint::Live, Endpoint::Ready],
            ),
        ] {
            for endpoint in Endpoint::ALL {
                let decides = decided.contains(&endpoint);
                assert_eq!(
                    scope.counts_for(endpoint),
                    decides,
                    "{scope:?} and {endpoint:?}"
                );
            }
        }
    }
}

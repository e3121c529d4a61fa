//! Healthy, degraded, unhealthy, and which is worse.

use std::fmt;

/// How well a component, or the service as an endpoint sees it, is.
///
/// Statuses have no `Ord`: use [`Status::worst`], which says what it compares.
///
/// ```
/// use health_middleware::Status;
///
/// assert_eq!(Status::Healthy.worst(Status::Degraded), Status::Degraded);
/// assert_eq!(Status::Unhealthy.to_string(), "unhealthy");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// Works.
    Healthy,
    /// Works less well, or without something that it can do without.
    Degraded,
    /// Does not work, or is not known to.
    Unhealthy,
}

impl Status {
    /// The worse of two statuses: unhealthy before degraded before healthy.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unhealthy, _) | (_, Self::Unhealthy) => Self::Unhealthy,
            (Self::Degraded, _) | (_, Self::Degraded) => Self::Degraded,
            (Self::Healthy, Self::Healthy) => Self::Healthy,
        }
    }

    /// The worst of many statuses; healthy if there are none.
    #[must_use]
    pub fn worst_of(statuses: impl IntoIterator<Item = Self>) -> Self {
        statuses.into_iter().fold(Self::Healthy, Self::worst)
    }

    /// The status as one lower-case word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
        }
    }

    /// Whether this is [`Status::Healthy`].
    #[must_use]
    pub fn is_healthy(self) -> bool {
        matches!(self, Self::Healthy)
    }

    /// Whether this is [`Status::Unhealthy`].
    #[must_use]
    pub fn is_unhealthy(self) -> bool {
        matches!(self, Self::Unhealthy)
    }

    /// What a component that the service can do without counts as.
    pub(crate) fn at_most_degraded(self) -> Self {
        match self {
            Self::Unhealthy => Self::Degraded,
            better => better,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Status::{Degraded, Healthy, Unhealthy};
    use super::*;

    #[test]
    fn worst_of_every_pair() {
        for (one, other, worst) in [
            (Healthy, Healthy, Healthy),
            (Healthy, Degraded, Degraded),
            (Healthy, Unhealthy, Unhealthy),
            (Degraded, Healthy, Degraded),
            (Degraded, Degraded, Degraded),
            (Degraded, Unhealthy, Unhealthy),
            (Unhealthy, Healthy, Unhealthy),
            (Unhealthy, Degraded, Unhealthy),
            (Unhealthy, Unhealthy, Unhealthy),
        ] {
            assert_eq!(one.worst(other), worst, "{one} and {other}");
        }
    }

    #[test]
    fn nothing_is_healthy_and_one_bad_one_is_enough() {
        assert_eq!(Status::worst_of([]), Healthy);
        assert_eq!(
            Status::worst_of([Healthy, Unhealthy, Degraded, Healthy]),
            Unhealthy
        );
    }

    #[test]
    fn an_optional_component_never_counts_as_unhealthy() {
        assert_eq!(Unhealthy.at_most_degraded(), Degraded);
        assert_eq!(Degraded.at_most_degraded(), Degraded);
        assert_eq!(Healthy.at_most_degraded(), Healthy);
    }
}

//! Which endpoints there are that report a state.

/// An endpoint that reports a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Endpoint {
    Health,
    Live,
    Ready,
    Startup,
}

impl Endpoint {
    pub(crate) const ALL: [Self; 4] = [Self::Health, Self::Live, Self::Ready, Self::Startup];

    pub(crate) fn index(self) -> usize {
        match self {
            Self::Health => 0,
            Self::Live => 1,
            Self::Ready => 2,
            Self::Startup => 3,
        }
    }
    /// The endpoint as one word, as metrics label it.
    #[cfg(feature = "metrics")]
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Live => "live",
            Self::Ready => "ready",
            Self::Startup => "startup",
        }
    }
}

//! What the builder has settled for good.

use crate::details::Policy;
use crate::render::Wording;
use crate::route::Routes;
#[cfg(feature = "testability")]
use crate::testability::Testability;

/// What the builder has settled for good.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) routes: Routes,
    pub(crate) details: Policy,
    pub(crate) wording: Wording,
    #[cfg(feature = "testability")]
    pub(crate) testability: Option<Testability>,
}

//! What the builder has settled for good.

use super::Routes;
use crate::render::{Policy, Wording};
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

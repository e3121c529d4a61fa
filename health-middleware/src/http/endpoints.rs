//! The endpoints of one service: what they read, and how they answer.

use std::sync::Arc;

use super::Routes;
use crate::engine::{Engine, Shared};
use crate::render::{Policy, Wording};
#[cfg(feature = "testability")]
use crate::testability::Testability;

/// What the handles, layers and services of one service share: its checks run
/// for as long as this is there.
#[derive(Debug)]
pub(crate) struct Endpoints {
    engine: Engine,
    pub(crate) config: Config,
}

/// What the builder has settled for good.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) routes: Routes,
    pub(crate) details: Policy,
    pub(crate) wording: Wording,
    #[cfg(feature = "testability")]
    pub(crate) testability: Option<Testability>,
}

impl Endpoints {
    pub(crate) fn new(engine: Engine, config: Config) -> Self {
        Self { engine, config }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        self.engine.shared()
    }
}

//! The endpoints of one service: what they read, and how they answer.

use std::sync::Arc;

use super::surface::Exposure;
use crate::engine::{Engine, Shared};
#[cfg(feature = "testability")]
use crate::testability::{Testability, warn};

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
    /// Among the service's own paths, where its callers are.
    pub(crate) layer: Exposure,
    /// On a port that those do not reach.
    pub(crate) management: Exposure,
    /// Names that gRPC answers for, and what they stand for.
    #[cfg(feature = "grpc")]
    pub(crate) aliases: Vec<(String, String)>,
}

#[cfg(feature = "testability")]
impl Config {
    /// Says at start where requests can switch the service sick, once.
    pub(crate) fn warn(&self) {
        let (layer, management) = (&self.layer.testability, &self.management.testability);
        let surface = match (layer, management) {
            (None, None) => return,
            (None, Some(_)) => "management",
            (Some(_), _) => "layer and management",
        };
        let on = [layer, management].into_iter().flatten();
        warn(surface, on.into_iter().all(Testability::is_protected));
    }
}

impl Endpoints {
    pub(crate) fn new(engine: Engine, config: Config) -> Self {
        Self { engine, config }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        self.engine.shared()
    }
}

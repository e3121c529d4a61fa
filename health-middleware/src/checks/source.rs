//! What stays the same about a component: its name, and where findings come from.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::{Line, Pulse};
use crate::report::Scope;

/// What stays the same about a component.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) name: Arc<str>,
    pub(crate) optional: bool,
    pub(crate) scope: Scope,
    pub(crate) source: Source,
}

/// Where findings come from, and how long they are good for.
#[derive(Debug)]
pub(crate) enum Source {
    Active {
        timing: Timing,
        thresholds: Thresholds,
        /// Begins a run at once.
        rerun: Notify,
    },
    Heartbeat {
        pulse: Arc<Pulse>,
        time_to_live: Duration,
    },
    Reporter {
        line: Arc<Line>,
        time_to_live: Option<Duration>,
    },
    Stall {
        tolerance: Duration,
    },
}

impl Source {
    pub(crate) fn thresholds(&self) -> Thresholds {
        match self {
            Self::Active { thresholds, .. } => *thresholds,
            Self::Heartbeat { .. } | Self::Reporter { .. } => Thresholds {
                failures: 1,
                successes: 1,
            },
            // Two late wakes in a row, so that one suspension is forgiven.
            Self::Stall { .. } => Thresholds {
                failures: 2,
                successes: 1,
            },
        }
    }
}

/// When runs begin and end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timing {
    pub(crate) timeout: Duration,
    pub(crate) every: Duration,
    pub(crate) initial_delay: Duration,
}

/// How many findings in a row it takes to turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Thresholds {
    pub(crate) failures: u32,
    pub(crate) successes: u32,
}

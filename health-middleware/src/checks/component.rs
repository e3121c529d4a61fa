//! What the builder takes: active checks, heartbeats, the runtime-stall check.

use std::sync::Arc;
use std::time::Duration;

use super::{Pulse, Runner, Timing};
use crate::state::Thresholds;

/// What [`HealthBuilder::check`](crate::HealthBuilder::check) takes: a
/// [`Check`](crate::Check), a [`HeartbeatCheck`](crate::HeartbeatCheck) or a
/// [`RuntimeStall`](crate::RuntimeStall).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a check",
    note = "wrap it: `Check::new(\"name\", …)`, `Check::with(\"name\", state, |state| async move {{ … }})`"
)]
pub trait ComponentCheck: sealed::Sealed {}

/// What [`HealthBuilder::liveness`](crate::HealthBuilder::liveness) takes: a
/// [`HeartbeatCheck`](crate::HeartbeatCheck) or a
/// [`RuntimeStall`](crate::RuntimeStall), and never the check of a dependency,
/// since a restart does not mend what is broken elsewhere.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not decide liveness: a restart would not mend a dependency",
    note = "only heartbeats and the runtime-stall check do; give it to `.check(…)`"
)]
pub trait LivenessCheck: ComponentCheck {}

pub(crate) mod sealed {
    pub trait Sealed {
        #[doc(hidden)]
        fn define(self) -> super::Definition;
    }
}

/// A component as the builder has collected it.
#[derive(Debug)]
pub struct Definition {
    pub(crate) name: String,
    pub(crate) optional: bool,
    pub(crate) invalid: Option<String>,
    pub(crate) kind: Kind,
}

/// Where a component's findings come from.
pub(crate) enum Kind {
    Active {
        runner: Runner,
        timing: Timing,
        thresholds: Thresholds,
    },
    Heartbeat {
        pulse: Arc<Pulse>,
        time_to_live: Duration,
    },
    Stall {
        tolerance: Duration,
    },
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Active { .. } => "Active",
            Self::Heartbeat { .. } => "Heartbeat",
            Self::Stall { .. } => "Stall",
        })
    }
}

//! What the builder takes, and what it is told of a component.

use super::{Runner, Slot, Source};
use crate::report::Scope;

/// What [`HealthBuilder::check`](crate::HealthBuilder::check) and
/// [`HealthBuilder::readiness`](crate::HealthBuilder::readiness) take: a
/// [`Check`](crate::Check), a [`HeartbeatCheck`](crate::HeartbeatCheck), a
/// [`ReporterCheck`](crate::ReporterCheck) or a [`RuntimeStall`](crate::RuntimeStall).
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
    note = "only heartbeats and the runtime-stall check do; give it to `.check(…)` or `.readiness(…)`"
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
    pub(crate) slot: Slot,
    /// What runs, where something does. Apart from the slot, so that it ends with
    /// its task: reports may be read for longer.
    pub(crate) runner: Option<Runner>,
    /// What is wrong with a ready-made check's target.
    pub(crate) invalid: Option<String>,
}

impl Definition {
    /// A component that makes no runs.
    pub(super) fn passive(name: String, source: Source) -> Self {
        Self {
            slot: Slot {
                name: name.into(),
                optional: false,
                scope: Scope::Service,
                source,
            },
            runner: None,
            invalid: None,
        }
    }
}

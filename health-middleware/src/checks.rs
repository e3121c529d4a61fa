//! Where findings come from: checks that run, heartbeats, reporters, start-up guards.
//!
//! May touch `report` for what a component counts for, and at the root `error`,
//! `text`, and `http_call` and `look_up` for ready-made checks.

mod check;
mod component;
#[cfg(feature = "disk")]
mod disk;
mod heartbeat;
#[cfg(feature = "http")]
mod http;
mod outcome;
mod reporter;
mod runner;
mod settle;
mod source;
mod stall;
mod startup;
#[cfg(feature = "tcp")]
mod tcp;

pub use check::{Check, HealthCheck};
pub(crate) use component::Definition;
pub use component::{ComponentCheck, LivenessCheck};
#[cfg(feature = "disk")]
pub use disk::Free;
pub use heartbeat::{Heartbeat, HeartbeatCheck, heartbeat};
pub(crate) use heartbeat::{Life, Pulse};
pub use outcome::{IntoOutcome, Outcome};
pub(crate) use reporter::{Line, Word};
pub use reporter::{Reporter, ReporterCheck, reporter};
pub(crate) use runner::{BlockingFn, Runner};
pub(crate) use settle::Settle;
pub(crate) use source::{Slot, Source, Thresholds, Timing};
pub use stall::RuntimeStall;
pub use startup::StartupGuard;
pub(crate) use startup::{Hold, Work};

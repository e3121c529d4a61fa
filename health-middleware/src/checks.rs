//! Where findings come from: checks that run, heartbeats, start-up guards.

mod check;
mod component;
#[cfg(feature = "disk")]
mod disk;
mod heartbeat;
#[cfg(feature = "http")]
mod http;
#[cfg(any(feature = "http", feature = "tcp"))]
mod look_up;
mod outcome;
mod stall;
mod startup;
#[cfg(feature = "tcp")]
mod tcp;

pub(crate) use check::{BlockingFn, Runner, Timing};
pub use check::{Check, HealthCheck};
pub use component::{ComponentCheck, LivenessCheck};
pub(crate) use component::{Definition, Kind};
#[cfg(feature = "disk")]
pub use disk::Free;
pub(crate) use heartbeat::Pulse;
pub use heartbeat::{Heartbeat, HeartbeatCheck, heartbeat};
pub use outcome::{BoxError, IntoOutcome, Outcome};
pub use stall::RuntimeStall;
pub use startup::StartupGuard;
pub(crate) use startup::{Hold, Work};

//! Health endpoints for tower services (axum, tonic, hyper), answered from one
//! immutable snapshot.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use axum::{Router, routing::get};
//! use health_middleware::{BoxError, Check, Health};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let health = Health::builder()
//!         .check(Check::from_fn("database", || async {
//!             // … ask the database …
//!             Ok::<_, BoxError>(())
//!         }))
//!         .build()?;
//!     let app = Router::new()
//!         .route("/", get(|| async { "hello" }))
//!         .layer(health.layer());
//!     let listener = tokio::net::TcpListener::bind("0.0.0.0:6767").await?;
//!     let drained = health.drain_on_shutdown(Duration::from_secs(5));
//!     axum::serve(listener, app).with_graceful_shutdown(drained).await?;
//!     Ok(())
//! }
//! ```
//!
//! | path | says |
//! |---|---|
//! | `/health` | all components but those for readiness alone |
//! | `/health/live` | restart me if this fails: heartbeats and the runtime-stall check, never a dependency |
//! | `/health/ready` | send me requests: all components, start-up, drain, maintenance |
//! | `/health/startup` | 503 until every check has run once, every [`Reporter`] has spoken and every [`StartupGuard`] is done |
//! | `/health/components/{name}` | one component |
//!
//! 200 when healthy or degraded, 503 when unhealthy, never 500. GET and HEAD; the
//! query is ignored. JSON, or by `Accept` `application/health+json`, one word of
//! `text/plain` or, with the feature `html`, a page of `text/html`:
//!
//! ```json
//! {"status":"degraded","timestamp":"2026-11-20T09:00:00.123Z","components":{
//!   "cache":{"status":"degraded","message":"timed out after 500 ms","timestamp":"2026-11-20T09:00:00.120Z","duration_ms":500.4},
//!   "database":{"status":"healthy","timestamp":"2026-11-20T08:59:59.871Z","duration_ms":1.8}}}
//! ```
//!
//! - Checks run in background tasks, each on its own period, and a probe only reads
//!   what they found: a flood of probes never becomes a flood on the database, and
//!   no probe waits for a check. See [`Check`].
//! - What was found long ago is not believed: a result expires, and its component is
//!   `stale`, whoever asks, even if nothing in the process runs any more.
//! - A check that hangs is cancelled, one that panics is contained, and both are said.
//! - A component is asked, heard or told: a [`Check`] runs, a [`Heartbeat`] beats, and
//!   a [`Reporter`] says what the program knows by itself.
//! - The layer keeps the inner service's response, body and error types, boxes
//!   nothing, and answers while the service is saturated. See [`HealthService`].
//!
//! The guide says what belongs in which endpoint, and where the layer goes: see
//! [`guide`]; checks for sqlx, redis and a circuit breaker are in [`recipes`], and
//! what a probe costs beside other crates in [`benchmarks`].
//!
//! | feature | `signal` is on by default |
//! |---|---|
//! | `signal` | `Health::drain_on_shutdown`: what SIGTERM and SIGINT ask for |
//! | `tracing` | one event for each change of a status or its cause: see [`telemetry`] |
//! | `metrics` | statuses, durations, transitions and probes through the `metrics` facade: see [`telemetry`] |
//! | `html` | a page for people at every endpoint, for browsers |
//! | `grpc` | grpc.health.v1 for tonic: `GrpcHealthService` |
//! | `systemd` | readiness, status and watchdog of a `Type=notify` unit |
//! | `announce` | kicks a ping URL and registers with Consul, etcd or the watchdog: [`Health::announce`](Health#method.announce) |
//! | `tcp`, `http`, `disk` | the ready-made checks `Check::tcp`, `Check::http`, `Check::disk` |
//! | `testability` | requests that switch the service sick on purpose, for test environments |

#![cfg_attr(docsrs, feature(doc_cfg))]

// What several rooms use and none owns.
mod answer;
mod contain;
mod duration;
mod error;
#[cfg(any(feature = "announce", feature = "http", feature = "systemd"))]
mod http_call;
#[cfg(any(feature = "announce", feature = "http", feature = "tcp"))]
mod look_up;
mod race;
mod text;

// What is known, and who finds it out.
mod checks;
mod engine;
mod observe;
mod report;
mod state;

// How it is told to whoever asks.
mod http;
mod render;
#[cfg(feature = "testability")]
mod testability;

// What a program holds, and what it has joined.
#[cfg(feature = "announce")]
mod announce;
mod builder;
#[cfg(feature = "grpc")]
mod grpc;
mod health;
#[cfg(feature = "signal")]
mod shutdown;
#[cfg(feature = "systemd")]
mod systemd;

#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;

pub use self::http::{
    EndpointService, FromBytes, HealthBody, HealthLayer, HealthService, MakeBody, MakeWith, Paths,
    ResponseBody, ResponseFuture, Surface,
};
#[cfg(feature = "announce")]
pub use announce::{AnnounceError, AnnounceErrorKind, Announced, Announcer, Instance};
pub use builder::HealthBuilder;
#[cfg(feature = "disk")]
pub use checks::Free;
pub use checks::{
    Check, ComponentCheck, HealthCheck, Heartbeat, HeartbeatCheck, IntoOutcome, LivenessCheck,
    Outcome, Reporter, ReporterCheck, RuntimeStall, StartupGuard, heartbeat, reporter,
};
pub use engine::{FaultGuard, Subscription};
pub use error::{BoxError, BuildError, BuildErrorKind, ForceError, ForceErrorKind};
#[cfg(feature = "grpc")]
pub use grpc::GrpcHealthService;
pub use health::Health;
pub use render::Details;
pub use report::{Cause, Component, InfoValue, Report, Status, Vocabulary};
#[cfg(feature = "signal")]
pub use shutdown::shutdown_signal;
pub use state::Fault;
#[cfg(feature = "systemd")]
pub use systemd::{Systemd, SystemdError, SystemdErrorKind};
#[cfg(feature = "testability")]
pub use testability::Testability;

#[cfg(any(doc, doctest))]
#[doc = include_str!("../docs/guide.md")]
///
/// [`Health`]: crate::Health
/// [`Health::into_service`]: crate::Health::into_service
/// [`HealthBuilder::details_by`]: crate::HealthBuilder::details_by
/// [`Details::Full`]: crate::Details::Full
pub mod guide {}

#[cfg(any(doc, doctest))]
#[doc = include_str!("../docs/orchestrators.md")]
///
/// [guide]: crate::guide
/// [`Health::into_service`]: crate::Health::into_service
#[cfg_attr(feature = "systemd", doc = "[page on systemd]: crate::Systemd")]
#[cfg_attr(feature = "announce", doc = "[page on announcing]: crate::Announced")]
pub mod orchestrators {}

#[cfg(any(doc, doctest))]
#[doc = include_str!("../docs/recipes.md")]
pub mod recipes {}

#[cfg(any(doc, doctest))]
#[doc = include_str!("../docs/telemetry.md")]
pub mod telemetry {}

#[cfg(any(doc, doctest))]
#[doc = include_str!("../docs/benchmarks.md")]
pub mod benchmarks {}

/// The quick start of the README, compiled.
#[cfg(all(doctest, feature = "signal", feature = "tcp"))]
#[doc = include_str!("../README.md")]
mod readme {}

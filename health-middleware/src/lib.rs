//! A tower layer that answers health endpoints from one immutable snapshot.
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
//!     let drained = health.drain_on(tokio::signal::ctrl_c(), Duration::from_secs(5));
//!     axum::serve(listener, app).with_graceful_shutdown(drained).await?;
//!     Ok(())
//! }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod builder;
mod cause;
mod check;
mod checks;
mod component;
mod config;
mod details;
mod endpoint;
mod engine;
mod error;
mod fault;
mod form;
mod future;
#[cfg(feature = "grpc")]
mod grpc;
mod health;
mod heartbeat;
#[cfg(any(feature = "http", feature = "systemd"))]
mod http_get;
mod info;
mod json;
mod layer;
#[cfg(feature = "metrics")]
mod metrics;
mod negotiate;
mod observe;
mod outcome;
mod paths;
mod race;
mod render;
mod report;
mod respond;
mod rfc3339;
mod route;
mod service;
mod snapshot;
mod stall;
mod standalone;
mod startup;
mod status;
mod subscription;
#[cfg(feature = "systemd")]
mod systemd;
#[cfg(feature = "testability")]
mod testability;
mod transition;
mod vocabulary;

pub use body::{FromBytes, HealthBody, MakeBody, MakeWith, ResponseBody};
pub use builder::HealthBuilder;
pub use cause::Cause;
pub use check::{Check, HealthCheck};
#[cfg(feature = "disk")]
pub use checks::disk::Free;
pub use component::{ComponentCheck, LivenessCheck};
pub use details::Details;
pub use error::{BuildError, BuildErrorKind, ForceError, ForceErrorKind};
pub use fault::{Fault, FaultGuard};
pub use future::ResponseFuture;
#[cfg(feature = "grpc")]
pub use grpc::GrpcHealthService;
pub use health::Health;
pub use heartbeat::{Heartbeat, HeartbeatCheck, heartbeat};
pub use info::InfoValue;
pub use layer::HealthLayer;
pub use outcome::{BoxError, IntoOutcome, Outcome};
pub use paths::Paths;
pub use report::{Component, Report};
pub use service::HealthService;
pub use stall::RuntimeStall;
pub use standalone::EndpointService;
pub use startup::StartupGuard;
pub use status::Status;
pub use subscription::Subscription;
#[cfg(feature = "systemd")]
pub use systemd::{Systemd, SystemdError, SystemdErrorKind};
#[cfg(feature = "testability")]
pub use testability::Testability;
pub use vocabulary::Vocabulary;

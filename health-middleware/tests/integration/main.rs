//! The layer in front of real services, and the engine behind it.

mod support;
mod wire;

mod axum_server;
mod blocking;
mod build;
mod checks;
mod drain;
mod endpoints;
mod engine;
mod errors;
mod expiry;
mod faults;
mod findings;
#[cfg(feature = "grpc")]
mod grpc;
#[cfg(feature = "grpc")]
mod grpc_server;
mod hyper_server;
mod layer;
mod liveness;
#[cfg(feature = "metrics")]
mod metrics;
mod negotiation;
#[cfg(feature = "html")]
mod page;
mod policy;
mod reporter;
mod scope;
mod startup;
mod subscription;
mod surfaces;
mod tasks;
#[cfg(feature = "testability")]
mod testability;
mod tonic_server;
#[cfg(feature = "tracing")]
mod tracing_events;

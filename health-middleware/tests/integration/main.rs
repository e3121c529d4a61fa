//! The layer in front of real services, and the engine behind it.

mod support;

mod engine;
mod expiry;
mod faults;
mod layer;
mod liveness;
mod startup;
mod subscription;
mod tasks;

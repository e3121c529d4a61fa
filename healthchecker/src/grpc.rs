//! `grpc.health.v1.Health/Check` over HTTP/2.
//!
//! Touches `message`, `net` and `verdict`.

mod answer;
mod call;
mod health;

pub(crate) use self::call::{Call, check};

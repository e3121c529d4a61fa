//! The protocols that clients speak, pure: bytes into requests, requests into commands, and what came of
//! them into answers. No sockets and no clock.
//!
//! Touches `tokens`, `watches`.

pub mod gwd;

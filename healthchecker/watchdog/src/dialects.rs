//! What clients say and hear, dialect by dialect, pure: bytes into requests, requests into commands, and
//! what came of them into answers. No sockets and no clock.
//!
//! Touches `outbox`, `span`, `store`, `tokens` and `watches`.
//!
//! A dialect takes a request as far as it can be understood without looking anything up, and answers what
//! cannot be. What the look-up of a name or a token found is given to it from outside.

mod answer;
pub mod api;
mod call;
pub mod gwd;
pub mod heartbeat;
mod moment;
pub mod ping;
pub mod registry;
mod times;
mod uuid;

pub use answer::Answer;
pub use call::Call;
pub use times::{Times, seconds_until};

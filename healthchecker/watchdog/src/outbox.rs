//! What is still to be told to whom, pure: which sinks a transition concerns, in which order they hear of
//! it, when again after a failure, and what becomes of several at once.
//!
//! Touches `watches`.

mod message;
mod verdict;

pub use message::{Message, News, Type};
pub use verdict::Verdict;

//! What is still to be told to whom, pure: which sinks a transition concerns, in which order they hear of
//! it, when again after a failure, and what becomes of several at once.
//!
//! Touches `watches`.

mod delivery;
mod gather;
mod letters;
mod message;
mod mute;
mod pace;
mod plan;
mod queue;
mod resume;
mod route;
mod scope;
mod shown;
mod verdict;

pub use delivery::{Delivery, Gone, Standing, monitor_of, monitor_sink};
pub use message::{Message, News, Type};
pub use pace::Limits;
pub use plan::{AT_ONCE, Changes, Job, Look, MONITORS, Outbox, Step};
pub use scope::Sink;
pub use shown::{Fare, Notice, Tally, shown};
pub use verdict::Verdict;

#[cfg(test)]
mod tests;

//! What `watchdog run` decides: a pure function of its state, the time and an event to the next state
//! and what is to be done. No clock, no process, no socket.
//!
//! The table of states and events stands in the documentation of `run`; a test draws it from this code.
//!
//! Touches `words`.

mod budget;
mod ending;
mod event;
mod machine;
mod plan;
mod rounds;
mod step;

pub use event::{Effect, End, Event, Told};
pub use machine::{Machine, Phase};
pub use plan::{Budget, Checks, Notify, Plan, Restarts};

#[cfg(test)]
mod tests;

//! What is restarted when it is silent: when that is due, how it is run, and who may have written it.
//!
//! Touches `config`, `watches` and `words`.

mod audit;
mod budget;
mod check;
mod driver;
mod entry;
mod hands;
mod plan;
mod runner;
mod walk;

pub use check::{Unsafe, check};
pub use driver::{PATIENCE_AT_STOP, Restarts};
pub use hands::{Hands, Notice};
pub use plan::{AT_ONCE, IN_A_ROW, Plan, Step};
pub use runner::{End, Order, Outcome, run};

#[cfg(test)]
mod tests;

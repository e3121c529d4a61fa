//! The command line's words into typed values, once.
//!
//! Touches `engine`, `notify`, `tell` and `words`.

mod arguments;
mod run;

pub(crate) use run::RunOptions;

#[cfg(test)]
mod tests;

//! The command line: its words into a probe, or into one line that refuses them.
//!
//! Touches `line`, `probe` and `target`.

mod command_line;
mod names;
mod refusal;
mod value;

pub(crate) use self::command_line::{CommandLine, Source};
pub(crate) use self::refusal::{Problem, Stop};

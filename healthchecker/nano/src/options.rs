//! The command line: its words into a probe, or into one line that refuses them.
//!
//! Touches `line` and `probe`.

mod command_line;
mod names;
mod problem;
mod refusal;
mod value;

pub(crate) use self::command_line::{CommandLine, Source};
pub(crate) use self::problem::{Problem, Stop};

//! The client's command line: one table of verbs and options, against which words are held, and of which
//! the help and the shells' completions are made.
//!
//! Touches `words`.

mod completions;
mod help;
mod line;
mod table;

pub(crate) use completions::{Offer, completions};
pub(crate) use help::{help, overview};
pub(crate) use line::{Line, shown};
pub(crate) use table::{VERBS, Verb};

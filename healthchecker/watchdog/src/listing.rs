//! Watches as a table, pure: from the lines of any Global Watch Dog or from this server's JSON.
//!
//! Touches `words`.
//!
//! | column | what it is |
//! |---|---|
//! | STATE | the word of the wire: `KGOOD`, `TMOUT`, `FAULT`; held and late watches are `KGOOD` there |
//! | NAME | |
//! | EXPIRES | when it must be kicked again, as the server writes it; of a fault, when it came |
//! | CUMD | for how long it was down in all, as Go writes durations, cut to seconds |
//! | REASON | `K`, or `FAULT:` and a text |

mod json;
mod lines;
mod table;

pub(crate) use json::Pages;
pub(crate) use lines::rows;
pub(crate) use table::{Look, table};

/// A watch as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    state: String,
    name: String,
    expires: String,
    /// Milliseconds.
    down: u64,
    reason: String,
}

const GOOD: &str = "KGOOD";

impl Row {
    pub(crate) fn is_down(&self) -> bool {
        self.state != GOOD
    }
}

#[cfg(test)]
mod tests;

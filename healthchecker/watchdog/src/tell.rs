//! What has happened, told on stderr in lines or in JSON, by a thread of its own: nobody who does not
//! read them can hold up a watchdog.
//!
//! Touches `engine`, `threads` and `words`.

mod line;
#[cfg(feature = "run")]
mod told;
mod writer;

pub(crate) use line::{Format, Line};
pub(crate) use writer::Teller;

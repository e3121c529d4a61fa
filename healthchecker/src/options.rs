//! Words into typed values, once: the command line's, the variable's and the builder's, up to the probe
//! that they ask for. Nothing behind this room reads a word again.
//!
//! Touches `headers`, `http`, `kick`, `message`, `net`, `probe` and `target`.

mod arguments;
mod builder;
mod command_line;
mod error;
mod headers;
#[cfg(feature = "remote")]
mod kick;
mod short_options;
#[cfg(feature = "tls")]
mod tls;
mod url;

pub(crate) use self::arguments::is_sole;
pub use self::builder::{Builder, DEFAULT_TIMEOUT};
pub(crate) use self::command_line::CommandLine;
pub use self::error::OptionsError;

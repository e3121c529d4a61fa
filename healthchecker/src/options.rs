//! Words into typed values, once: what to check, what counts as healthy, and the probe for both.

mod arguments;
mod builder;
mod short_options;
mod url;

pub(crate) use self::arguments::{Arguments, Misuse, is_sole};
pub use self::builder::{Builder, DEFAULT_TIMEOUT, Method, OptionsError};
pub(crate) use self::short_options::url;

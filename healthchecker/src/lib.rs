#![doc = include_str!("../docs/library.md")]

pub mod command;
mod file;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "grpc")]
mod grpc;
mod headers;
mod http;
#[cfg(feature = "remote")]
mod kick;
mod message;
mod net;
mod options;
mod output;
mod probe;
mod target;
mod verdict;

pub use crate::http::Method;
#[cfg(feature = "remote")]
pub use kick::{Kick, KickError, Ping};
pub use options::{Builder, DEFAULT_TIMEOUT, OptionsError};
pub use probe::Probe;
pub use verdict::{Cause, Phase, Verdict};

#[doc = include_str!("../docs/usage.md")]
pub mod usage {}

#[doc = include_str!("../docs/migration.md")]
pub mod migration {}

#![doc = include_str!("../docs/library.md")]

mod address;
mod arguments;
mod body;
mod channel;
pub mod command;
mod connect;
mod deadline;
#[cfg(feature = "grpc")]
mod duplex;
mod file;
mod framing;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "grpc")]
mod grpc;
mod headers;
mod http;
#[cfg(feature = "json")]
mod json;
mod message;
mod options;
mod output;
mod probe;
mod short_options;
mod stream;
#[cfg(feature = "tls")]
mod tls;
mod transport;
mod url;
mod verdict;
mod wait;

pub use options::{Builder, DEFAULT_TIMEOUT, Method, OptionsError};
pub use probe::Probe;
pub use verdict::{Cause, Phase, Verdict};

#[doc = include_str!("../docs/usage.md")]
pub mod usage {}

#[doc = include_str!("../docs/migration.md")]
pub mod migration {}

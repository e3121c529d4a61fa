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
mod framing;
#[cfg(feature = "grpc")]
mod grpc;
mod http;
#[cfg(feature = "json")]
mod json;
mod message;
mod options;
mod output;
mod probe;
mod stream;
#[cfg(feature = "tls")]
mod tls;
mod transport;
mod verdict;
mod wait;

pub use options::{Builder, DEFAULT_TIMEOUT, Method, OptionsError};
pub use probe::Probe;
pub use verdict::{Cause, Phase, Verdict};

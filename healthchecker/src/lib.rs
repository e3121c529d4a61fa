#![doc = include_str!("../docs/library.md")]

mod address;
mod arguments;
mod body;
mod channel;
pub mod command;
mod connect;
mod deadline;
mod framing;
mod http;
mod message;
mod options;
mod output;
mod probe;
mod stream;
mod transport;
mod verdict;
mod wait;

pub use options::{Builder, DEFAULT_TIMEOUT, Method, OptionsError};
pub use probe::Probe;
pub use verdict::{Cause, Phase, Verdict};

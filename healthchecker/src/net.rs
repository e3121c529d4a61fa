//! Bytes to and from a target, and nothing later than the deadline: addresses, connections, TLS.
//!
//! Touches `file`, `message`, `target` and `verdict`.

mod address;
mod channel;
mod connect;
mod deadline;
#[cfg(feature = "grpc")]
mod duplex;
mod stream;
#[cfg(feature = "tls")]
mod tls;

pub(crate) use self::channel::Channel;
pub(crate) use self::connect::{Attempt, connect};
pub(crate) use self::deadline::Deadline;
#[cfg(feature = "grpc")]
pub(crate) use self::duplex::Duplex;
#[cfg(all(feature = "grpc", any(test, fuzzing)))]
pub(crate) use self::stream::Socket;
pub(crate) use self::stream::Stream;
#[cfg(feature = "tls")]
pub(crate) use self::tls::{Identity, TlsOptions, Trust, handshake};

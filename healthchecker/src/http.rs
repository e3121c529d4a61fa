//! One request over HTTP/1.1, judged by its answer's head and by what its body holds.
//!
//! Touches `message`, `net` and `verdict`.

mod agent;
mod body;
mod exchange;
mod framing;
mod head;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "remote")]
mod notice;
mod transport;

pub(crate) use self::body::BodyTest;
pub use self::exchange::Method;
pub(crate) use self::exchange::{Exchange, check};
#[cfg(feature = "json")]
pub(crate) use self::json::{ACCEPTED as ACCEPTED_JSON, JsonTest};
#[cfg(feature = "remote")]
pub(crate) use self::notice::{Notice, deliver};

//! Where connections come in: addresses bound, TLS, HTTP/1.1, and limits for whoever sends or reads too
//! slowly, too much or too often. What is answered is a service's business.
//!
//! Touches `config`.

mod accept;
mod bind;
mod connection;
mod limits;
mod notice;
mod pulse;
mod seats;
mod serve;
mod tls;

use std::net::SocketAddr;

pub use bind::{BindError, Bound, check};
pub use limits::Limits;
pub use notice::Notice;

/// Whom a connection leads to, and by which listener it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Peer {
    /// Which of the configuration's listeners, from 0.
    pub listener: usize,
    /// The other side's address, as this side sees it.
    pub address: SocketAddr,
    /// Whether what it says is encrypted.
    pub is_tls: bool,
}

#[cfg(test)]
mod tests;

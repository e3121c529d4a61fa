//! The decisions of a health probe, without its sockets.
//!
//! What is to be checked ([`target`], [`words`], [`duration`], [`header`]) and which answers count as
//! healthy ([`head`], [`status`]): everything here is pure, takes and gives byte slices, and needs
//! neither the standard library nor a heap, so that `healthchecker` and `healthchecker-nano` come to
//! the same verdict from the same bytes.
//!
//! ```
//! use healthchecker_core::head::{HeadScanner, Scan};
//! use healthchecker_core::target::{Host, Place, Protocol, Target};
//!
//! let target = Target::parse(b"http://localhost:6767/health")?;
//! assert_eq!(target.protocol, Protocol::Http);
//! assert_eq!(target.path, b"/health");
//! assert!(matches!(target.place, Place::Network { host: Host::Localhost, port: 6767, .. }));
//!
//! let mut scanner = HeadScanner::new();
//! assert_eq!(scanner.scan(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 20"), Scan::More);
//! assert_eq!(scanner.scan(b"0 OK\r\n\r\nbody"), Scan::Head { status: 200, body: 8 });
//! # Ok::<(), healthchecker_core::target::TargetError>(())
//! ```

#![no_std]

#[cfg(test)]
extern crate std;

pub mod address;
mod ascii;
pub mod cursor;
pub mod decimal;
pub mod duration;
pub mod head;
pub mod header;
pub mod status;
pub mod target;
pub mod words;

//! The kernel's side: addresses, sockets and the one deadline.
//!
//! Touches `cause` and `target`.

mod address;
mod connection;
mod deadline;
mod file;

pub(crate) use self::address::Address;
pub(crate) use self::connection::{is_here, open, socket};
pub(crate) use self::deadline::{Deadline, poll_for};

//! systemd's side of sd_notify(3): the socket that a service tells its state to, what it says
//! there, who may speak, and the way up to whoever started the watchdog itself.
//!
//! Touches `process` and `threads`.
//!
//! Where it says "as systemd does", it is what `notify-recv.c`, `manager.c` and `service.c` of
//! systemd 257 do; each difference is named where it is made.

mod access;
mod control;
mod message;
mod socket;
mod upward;

pub use access::Access;
pub use message::{Message, Refusal, State, Watchdog};
pub use socket::{Datagram, Place, Socket};
pub use upward::Upward;

//! `watchdog kick` and its kin, and `wd`, from outside: the real binary, and servers that answer as a
//! script says.

#![allow(missing_docs)]

mod completions;
mod errors;
mod failover;
mod program;
mod requests;
mod server;
mod shown;
#[cfg(feature = "serve")]
mod tls;
mod token;

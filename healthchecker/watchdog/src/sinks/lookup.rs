//! Names of hosts, looked up by the system.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use crate::threads;

/// Who knows the addresses of hosts.
pub(super) trait Lookup: fmt::Debug + Send + Sync + 'static {
    /// The addresses of a host, which may be an address itself. `None`: there was no answer in time.
    fn look(&self, host: &str, port: u16, within: Duration) -> Option<io::Result<Vec<SocketAddr>>>;
}

/// The system.
#[derive(Debug)]
pub(super) struct System;

impl Lookup for System {
    fn look(&self, host: &str, port: u16, within: Duration) -> Option<io::Result<Vec<SocketAddr>>> {
        let host = host.to_owned();
        let (to, found) = sync_channel(1);
        // getaddrinfo(3) cannot be told how long it may take: a thread of its own ends when it does.
        let thread = thread::Builder::new().name("lookup".to_owned());
        let started = threads::start(thread, move || {
            let found = (&*host, port).to_socket_addrs().map(Iterator::collect);
            let _ = to.send(found);
        });
        match started {
            Ok(()) => found.recv_timeout(within).ok(),
            Err(error) => Some(Err(error)),
        }
    }
}

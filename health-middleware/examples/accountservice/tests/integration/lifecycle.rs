//! How it ends.

use std::io::Write;
use std::net::TcpStream;

use rustix::process::Signal;

use crate::service::{Room, Service};

#[test]
fn both_signals_end_it_with_exit_0() {
    for signal in [Signal::TERM, Signal::INT] {
        let room = Room::new();
        let mut service = Service::start_healthy(&room.path("db"), &[]);
        service.signal(signal);
        assert_eq!(service.wait().code(), Some(0), "{signal:?}");
    }
}

#[test]
fn a_drain_is_not_ready_but_serves() {
    let room = Room::new();
    let mut service = Service::start_healthy(&room.path("db"), &["--drain=30s"]);
    service.signal(Signal::TERM);
    service.wait_for("/health/ready", 503);
    assert_eq!(service.get("/health/live").status, 200);
    assert_eq!(service.get("/health").status, 200);
    assert_eq!(service.get("/accounts/10000").status, 200);
    assert!(!service.has_ended());
}

#[test]
fn a_drain_ends_in_exit_0() {
    let room = Room::new();
    let mut service = Service::start_healthy(&room.path("db"), &["--drain=300ms"]);
    service.signal(Signal::TERM);
    assert_eq!(service.wait().code(), Some(0));
    assert!(service.try_get("/health").is_err());
}

#[test]
fn a_client_that_never_finishes_cannot_hold_it() {
    let room = Room::new();
    let mut service = Service::start_healthy(&room.path("db"), &[]);
    let mut client = TcpStream::connect(service.address).unwrap();
    client.write_all(b"GET /accounts/10000 HT").unwrap();
    // Answered after the unfinished request was taken up.
    assert_eq!(service.get("/health").status, 200);
    service.signal(Signal::TERM);
    assert_eq!(service.wait().code(), Some(0));
    drop(client);
}

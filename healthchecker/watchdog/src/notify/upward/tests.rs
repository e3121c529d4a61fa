use super::*;
use crate::notify::{Place, Socket, State};

fn upward(value: &OsStr) -> Option<Upward> {
    Upward::from_environment(Some(value))
}

#[test]
fn addresses() {
    assert!(Upward::from_environment(None).is_none());
    let long = format!("/{}", "x".repeat(200));
    for bad in [
        "",
        "@",
        "run/notify",
        "vsock:2:1234",
        "unix:/run/x",
        &long,
        "/a\0b",
    ] {
        assert!(upward(OsStr::new(bad)).is_none(), "{bad}");
    }
    assert!(upward(OsStr::from_bytes(b"/run/\xff")).is_some());
    assert!(upward(OsStr::from_bytes(b"@\xff")).is_some());
}

#[test]
fn tells() {
    let path = std::env::temp_dir().join(format!("watchdog-upward-{}", std::process::id()));
    for place in [Place::Abstract, Place::Path(path)] {
        let mut socket = Socket::open(&place).expect("a socket");
        let upward = upward(socket.name()).expect("an address");
        assert!(upward.tell("READY=1\nSTATUS=Watching"));
        let datagram = socket.receive().expect("no error").expect("a datagram");
        let message = datagram.message().expect("a message");
        assert_eq!(message.state, Some(State::Ready));
        assert_eq!(message.status.as_deref(), Some("Watching"));
        drop(socket);
        // Nobody receives: nothing happens.
        assert!(upward.tell("READY=1"));
    }
}

#[test]
fn does_not_wait_for_a_full_queue() {
    let mut socket = Socket::open(&Place::Abstract).expect("a socket");
    let upward = upward(socket.name()).expect("an address");
    let sent = 10_000;
    let taken = (0..sent).filter(|_| upward.tell("WATCHDOG=1")).count();
    let mut queued = 0;
    while socket.receive().expect("no error").is_some() {
        queued += 1;
    }
    assert!((1..sent).contains(&queued), "{queued}");
    assert_eq!(queued, taken);
    assert!(upward.tell("WATCHDOG=1"));
    assert!(socket.receive().expect("no error").is_some());
}

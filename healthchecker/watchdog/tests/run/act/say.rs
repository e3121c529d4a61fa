//! What a service says at NOTIFY_SOCKET: sd_notify(3).

use std::ffi::OsString;
use std::fs::File;
use std::io::{IoSlice, Read};
use std::os::fd::{AsRawFd, RawFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use nix::sys::socket::{ControlMessage, MsgFlags, UnixAddr, sendmsg};

use super::note;

fn name() -> OsString {
    std::env::var_os("NOTIFY_SOCKET").expect("NOTIFY_SOCKET is set")
}

fn address() -> SocketAddr {
    match name().as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name),
        path => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(path)),
    }
    .expect("an address")
}

/// One message; what becomes of it is a line where it cannot be sent.
pub(super) fn say(text: &[u8]) {
    let socket = UnixDatagram::unbound().expect("a socket");
    if let Err(error) = socket.send_to_addr(text, &address()) {
        note(&format!("not said: {error}"));
    }
}

/// The same message again and again, as fast as they are taken.
pub(super) fn storm(text: &[u8]) {
    let (socket, address) = (UnixDatagram::unbound().expect("a socket"), address());
    note("storm");
    while socket.send_to_addr(text, &address).is_ok() {}
    note("storm over");
}

fn send(text: &[u8], descriptors: &[RawFd]) {
    let socket = UnixDatagram::unbound().expect("a socket");
    let name = name();
    let to = match name.as_bytes() {
        [b'@', name @ ..] => UnixAddr::new_abstract(name),
        path => UnixAddr::new(path),
    }
    .expect("an address");
    let with = [ControlMessage::ScmRights(descriptors)];
    sendmsg(
        socket.as_raw_fd(),
        &[IoSlice::new(text)],
        &with,
        MsgFlags::empty(),
        Some(&to),
    )
    .expect("sent");
}

/// As sd_notify_barrier(3) does: waits until the other end of a pipe is closed.
pub(super) fn barrier() {
    let (read, write) = nix::unistd::pipe().expect("a pipe");
    send(b"BARRIER=1", &[write.as_raw_fd()]);
    drop(write);
    let read = File::from(read).read(&mut [0]).expect("the end");
    note(&format!("barrier {read}"));
}

/// Messages with descriptors, so many.
pub(super) fn with_descriptors(count: usize) {
    let null = File::open("/dev/null").expect("/dev/null");
    let texts: [&[u8]; 3] = [b"WATCHDOG=1", b"BARRIER=1", b"FDSTORE=1"];
    for round in 0..count {
        let descriptors = vec![null.as_raw_fd(); [1, 2, 3, 200][round % 4]];
        send(texts[round % texts.len()], &descriptors);
    }
    note("sent along");
}

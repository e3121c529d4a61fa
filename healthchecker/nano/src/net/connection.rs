//! Sockets: opened, connected and written to without ever blocking, and closed by the process's end.

use rustix::event::{PollFlags, Timespec};
use rustix::fd::{AsFd, BorrowedFd};
use rustix::io::{Errno, Result};
use rustix::net::{
    AddressFamily, SendFlags, SocketFlags, SocketType, connect, getsockname, send, socket_with,
};

use super::address::{Address, Part};
use super::deadline::Deadline;
use super::file::{File, keep};
use crate::cause::Phase;
use crate::target::MAPPED;

/// How long to wait before a full backlog is tried again.
const PAUSE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 10_000_000,
};

pub(crate) fn socket(family: AddressFamily, kind: SocketType) -> Result<File> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    keep(socket_with(family, kind, flags, None)?)
}

/// Whether an address is this machine's: a unix socket, a loopback address, or one of an
/// interface's own.
///
/// A UDP socket that is connected to an own address has that very address as its own; nothing
/// is sent for that (udp(7)).
pub(crate) fn is_here(ip: u128, peer: &Address) -> bool {
    peer.family() == AddressFamily::UNIX
        || ip == 1
        || ip >> 24 == (MAPPED | 0x7f00_0000) >> 24
        || socket(peer.family(), SocketType::DGRAM).is_ok_and(|socket| {
            connect(socket.as_fd(), peer).is_ok() && is_end(socket.as_fd(), peer, Part::Host)
        })
}

/// Whether a socket's own end is an address, or a part of it.
fn is_end(socket: BorrowedFd<'_>, address: &Address, part: Part) -> bool {
    match getsockname(socket) {
        Ok(own) => address.has(part, &own),
        Err(_) => false,
    }
}

/// Connects and sends the request, if there is one. Whether all of it was taken: the other side may
/// have ended the connection before.
pub(crate) fn open(
    socket: BorrowedFd<'_>,
    peer: &Address,
    mut request: &[u8],
    deadline: &Deadline,
    phase: &mut Phase,
) -> Result<bool> {
    let mut is_taken = true;
    while let Err(error) = connect(socket, peer) {
        match error {
            Errno::INPROGRESS => break,
            // The backlog of a unix socket is full, and nothing can be polled for a place.
            Errno::AGAIN => deadline.pause(&PAUSE)?,
            _ => return Err(error),
        }
    }
    // Where nobody listens on a port of the ephemeral range, a socket may connect to itself.
    if is_end(socket, peer, Part::All) {
        return Err(Errno::CONNREFUSED);
    }
    loop {
        deadline.wait(socket, PollFlags::OUT)?;
        match send(socket, request, SendFlags::NOSIGNAL) {
            Ok(sent) => request = request.get(sent..).unwrap_or_default(),
            // A server may answer without having read the request: its answer is what counts.
            Err(Errno::PIPE | Errno::CONNRESET) => (is_taken, request) = (false, b""),
            Err(error) => return Err(error),
        }
        if request.is_empty() {
            break;
        }
        *phase = Phase::Sending;
    }
    Ok(is_taken)
}

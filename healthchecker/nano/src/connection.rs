//! Sockets: opened, connected and written to without ever blocking.

use core::ffi::CStr;
use core::mem;
use core::net::{Ipv4Addr, Ipv6Addr};

use healthchecker_core::address;
use healthchecker_core::target::MAX_SOCKET;
use rustix::event::PollFlags;
use rustix::fd::{AsRawFd, OwnedFd, RawFd};
use rustix::io::{Errno, Result};
use rustix::net::{
    AddressFamily, SendFlags, SocketAddrUnix, SocketAddrV4, SocketAddrV6, SocketFlags, SocketType,
    connect, getsockname, send, socket_with,
};

use crate::cause::{Cause, Phase};
use crate::deadline::Deadline;

/// How long to wait before a unix socket with a full backlog is tried again: unlike TCP it refuses
/// at once, and nothing can be polled for a place (unix(7), EAGAIN).
const BACKLOG_PAUSE: u32 = 10;

/// The number of stderr.
const LAST_STREAM: RawFd = 2;

/// Where to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer<'a> {
    V4([u8; 4], u16),
    V6([u8; 16], u16),
    Unix(&'a [u8]),
}

impl Peer<'_> {
    fn socket(self, kind: SocketType, flags: SocketFlags) -> Result<OwnedFd> {
        let family = match self {
            Self::V4(..) => AddressFamily::INET,
            Self::V6(..) => AddressFamily::INET6,
            Self::Unix(_) => AddressFamily::UNIX,
        };
        socket_with(family, kind, flags | SocketFlags::CLOEXEC, None)
    }

    fn connect(self, socket: &OwnedFd) -> Result<()> {
        match self {
            Self::V4(address, port) => {
                connect(socket, &SocketAddrV4::new(Ipv4Addr::from(address), port))
            }
            Self::V6(address, port) => {
                connect(socket, &SocketAddrV6::new(Ipv6Addr::from(address), port, 0, 0))
            }
            Self::Unix(path) => {
                let mut bytes = [0; MAX_SOCKET + 1];
                for (to, from) in bytes.iter_mut().zip(path) {
                    *to = *from;
                }
                let path = CStr::from_bytes_until_nul(&bytes).map_err(|_| Errno::NAMETOOLONG)?;
                connect(socket, &SocketAddrUnix::new(path)?)
            }
        }
    }

    /// Whether the peer is on this machine: a loopback address, or one of an interface's own.
    ///
    /// A UDP socket that is connected to an own address has that very address as its own; nothing
    /// is sent for that (udp(7)).
    pub(crate) fn is_here(self) -> bool {
        let is_loopback = match self {
            Self::V4(address, _) => address::is_loopback_v4(&address),
            Self::V6(address, _) => address::is_loopback_v6(&address),
            Self::Unix(_) => true,
        };
        is_loopback
            || self
                .socket(SocketType::DGRAM, SocketFlags::empty())
                .is_ok_and(|socket| self.connect(&socket).is_ok() && self.is_end_of(&socket, None))
    }

    /// Whether a socket's own end has the peer's address, and, where that is asked for, this port.
    ///
    /// A TCP socket is connected to itself, as happens where nobody listens on a port of the
    /// ephemeral range, when its own end is the peer.
    pub(crate) fn is_end_of(self, socket: &OwnedFd, port: Option<u16>) -> bool {
        let Ok(own) = getsockname(socket) else {
            return false;
        };
        let is_port = |own| port.is_none_or(|port| port == own);
        match self {
            Self::V4(address, _) => SocketAddrV4::try_from(own)
                .is_ok_and(|own| own.ip().octets() == address && is_port(own.port())),
            Self::V6(address, _) => SocketAddrV6::try_from(own)
                .is_ok_and(|own| own.ip().octets() == address && is_port(own.port())),
            Self::Unix(_) => false,
        }
    }
}

/// Connects and sends the request. An empty one only waits for the connection.
///
/// The request is offered at once: on loopback the connection stands by then, and the kernel says so
/// where it does not.
pub(crate) fn open(
    peer: Peer<'_>,
    mut request: &[u8],
    deadline: &Deadline,
) -> core::result::Result<OwnedFd, Cause> {
    let mut phase = Phase::Connecting;
    let opened = begin(peer, deadline).and_then(|socket| {
        if request.is_empty() {
            deadline.wait(&socket, PollFlags::OUT)?;
        }
        loop {
            match send(&socket, request, SendFlags::NOSIGNAL) {
                Ok(sent) => {
                    request = request.get(sent..).unwrap_or_default();
                    if request.is_empty() {
                        return Ok(socket);
                    }
                    phase = Phase::Sending;
                }
                Err(Errno::AGAIN) => deadline.wait(&socket, PollFlags::OUT)?,
                // A server may answer without having read the request: its answer is what counts.
                Err(Errno::PIPE | Errno::CONNRESET) => return Ok(socket),
                Err(error) => return Err(error),
            }
        }
    });
    opened.map_err(|error| Cause::System(phase, error))
}

/// Begins to connect; TCP goes on with it in the background.
fn begin(peer: Peer<'_>, deadline: &Deadline) -> Result<OwnedFd> {
    let socket = loop {
        let socket = peer.socket(SocketType::STREAM, SocketFlags::NONBLOCK)?;
        if socket.as_raw_fd() > LAST_STREAM {
            break socket;
        }
        // Its number is that of a standard stream which was closed: the message is not for the peer.
        mem::forget(socket);
    };
    loop {
        match peer.connect(&socket) {
            Ok(()) | Err(Errno::INPROGRESS) => return Ok(socket),
            Err(Errno::AGAIN) => deadline.pause(BACKLOG_PAUSE)?,
            Err(error) => return Err(error),
        }
    }
}

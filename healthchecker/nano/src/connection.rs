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
    SendFlags, SocketAddrAny, SocketAddrUnix, SocketAddrV4, SocketAddrV6, SocketFlags, SocketType,
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
    fn address(self) -> Result<SocketAddrAny> {
        Ok(match self {
            Self::V4(address, port) => SocketAddrV4::new(Ipv4Addr::from(address), port).into(),
            Self::V6(address, port) => {
                SocketAddrV6::new(Ipv6Addr::from(address), port, 0, 0).into()
            }
            Self::Unix(path) => {
                let mut bytes = [0; MAX_SOCKET + 1];
                for (to, from) in bytes.iter_mut().zip(path) {
                    *to = *from;
                }
                let path = CStr::from_bytes_until_nul(&bytes).map_err(|_| Errno::NAMETOOLONG)?;
                SocketAddrUnix::new(path)?.into()
            }
        })
    }

    /// Whether the peer is on this machine: a loopback address, or one of an interface's own.
    ///
    /// A UDP socket that is connected to an own address has that very address as its own; nothing
    /// is sent for that (udp(7)).
    pub(crate) fn is_here(self) -> bool {
        let is_own = |is_the_same: &dyn Fn(SocketAddrAny) -> bool| {
            let Ok(address) = self.address() else {
                return false;
            };
            let own = socket_with(
                address.address_family(),
                SocketType::DGRAM,
                SocketFlags::CLOEXEC,
                None,
            )
            .and_then(|socket| {
                connect(&socket, &address)?;
                getsockname(&socket)
            });
            own.is_ok_and(is_the_same)
        };
        match self {
            Self::V4(address, _) => {
                address::is_loopback_v4(&address)
                    || is_own(&|own| {
                        SocketAddrV4::try_from(own).is_ok_and(|own| own.ip().octets() == address)
                    })
            }
            Self::V6(address, _) => {
                address::is_loopback_v6(&address)
                    || is_own(&|own| {
                        SocketAddrV6::try_from(own).is_ok_and(|own| own.ip().octets() == address)
                    })
            }
            Self::Unix(_) => true,
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

/// Whether a socket is connected to itself, as happens where nobody listens on a port of the
/// ephemeral range.
pub(crate) fn is_own_echo(socket: &OwnedFd, peer: Peer<'_>) -> bool {
    peer.address()
        .is_ok_and(|address| getsockname(socket).is_ok_and(|own| own == address))
}

/// Begins to connect; TCP goes on with it in the background.
fn begin(peer: Peer<'_>, deadline: &Deadline) -> Result<OwnedFd> {
    let address = peer.address()?;
    let socket = loop {
        let socket = socket_with(
            address.address_family(),
            SocketType::STREAM,
            SocketFlags::NONBLOCK | SocketFlags::CLOEXEC,
            None,
        )?;
        if socket.as_raw_fd() > LAST_STREAM {
            break socket;
        }
        // Its number is that of a standard stream which was closed: the message is not for the peer.
        mem::forget(socket);
    };
    loop {
        match connect(&socket, &address) {
            Ok(()) | Err(Errno::INPROGRESS) => return Ok(socket),
            Err(Errno::AGAIN) => deadline.pause(BACKLOG_PAUSE)?,
            Err(error) => return Err(error),
        }
    }
}

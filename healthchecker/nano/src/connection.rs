//! Sockets: opened, connected and written to without ever blocking, and closed by the process's end.

use core::ffi::CStr;
use core::mem::ManuallyDrop;
use core::net::{Ipv4Addr, Ipv6Addr};

use healthchecker_core::target::MAX_SOCKET;
use rustix::event::PollFlags;
use rustix::fd::{AsRawFd, OwnedFd, RawFd};
use rustix::io::{Errno, Result};
use rustix::net::{
    AddressFamily, SendFlags, SocketAddrUnix, SocketAddrV4, SocketAddrV6, SocketFlags, SocketType,
    connect, getsockname, send, socket_with,
};

use crate::cause::Phase;
use crate::deadline::Deadline;

/// The number of stderr.
const LAST_STREAM: RawFd = 2;

/// A socket that only the process's end closes, which takes no system call.
pub(crate) type Socket = ManuallyDrop<OwnedFd>;

/// Where to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer<'a> {
    V4(Ipv4Addr, u16),
    V6(Ipv6Addr, u16),
    Unix(&'a [u8]),
}

impl Peer<'_> {
    #[inline(never)]
    fn socket(self, kind: SocketType) -> Result<Socket> {
        let family = match self {
            Self::V4(..) => AddressFamily::INET,
            Self::V6(..) => AddressFamily::INET6,
            Self::Unix(_) => AddressFamily::UNIX,
        };
        loop {
            let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
            let socket = ManuallyDrop::new(socket_with(family, kind, flags, None)?);
            // A standard stream that was closed left its number: the message is not for the peer.
            if socket.as_raw_fd() > LAST_STREAM {
                return Ok(socket);
            }
        }
    }

    #[inline(never)]
    fn connect(self, socket: &Socket) -> Result<()> {
        let socket = &**socket;
        match self {
            Self::V4(address, port) => connect(socket, &SocketAddrV4::new(address, port)),
            Self::V6(address, port) => connect(socket, &SocketAddrV6::new(address, port, 0, 0)),
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
        match self {
            Self::V4(address, _) if address.is_loopback() => return true,
            Self::V6(address, _) if address.is_loopback() => return true,
            Self::Unix(_) => return true,
            _ => {}
        }
        self.socket(SocketType::DGRAM)
            .is_ok_and(|socket| self.connect(&socket).is_ok() && self.is_end_of(&socket, false))
    }

    /// Whether a socket's own end has the peer's address, and also its port where that is asked.
    ///
    /// A TCP socket is connected to itself, as happens where nobody listens on a port of the
    /// ephemeral range, when its own end is the peer.
    #[inline(never)]
    pub(crate) fn is_end_of(self, socket: &Socket, and_port: bool) -> bool {
        let Ok(own) = getsockname(&**socket) else {
            return false;
        };
        let (is_address, own_port, port) = match self {
            Self::V4(address, port) => match SocketAddrV4::try_from(own) {
                Ok(own) => (*own.ip() == address, own.port(), port),
                Err(_) => return false,
            },
            Self::V6(address, port) => match SocketAddrV6::try_from(own) {
                Ok(own) => (*own.ip() == address, own.port(), port),
                Err(_) => return false,
            },
            Self::Unix(_) => return false,
        };
        is_address && (!and_port || own_port == port)
    }

    /// Connects and sends the request. An empty one only waits for the connection.
    ///
    /// The request is offered at once: on loopback the connection stands by then, and the kernel says
    /// so where it does not.
    #[inline(never)]
    pub(crate) fn open(
        self,
        mut request: &[u8],
        deadline: &Deadline,
        phase: &mut Phase,
    ) -> Result<Socket> {
        let socket = self.socket(SocketType::STREAM)?;
        loop {
            match self.connect(&socket) {
                Ok(()) | Err(Errno::INPROGRESS) => break,
                // The backlog of a unix socket is full, and nothing can be polled for a place.
                Err(Errno::AGAIN) => deadline.pause()?,
                Err(error) => return Err(error),
            }
        }
        if request.is_empty() {
            deadline.wait(&socket, PollFlags::OUT)?;
        }
        loop {
            match send(&*socket, request, SendFlags::NOSIGNAL) {
                Ok(sent) => {
                    request = request.get(sent..).unwrap_or_default();
                    if request.is_empty() {
                        return Ok(socket);
                    }
                    *phase = Phase::Sending;
                }
                Err(Errno::AGAIN) => deadline.wait(&socket, PollFlags::OUT)?,
                // A server may answer without having read the request: its answer is what counts.
                Err(Errno::PIPE | Errno::CONNRESET) => return Ok(socket),
                Err(error) => return Err(error),
            }
        }
    }
}

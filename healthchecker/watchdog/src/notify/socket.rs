//! The socket that a service is told of as `NOTIFY_SOCKET`.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::sync::atomic::Ordering::Relaxed;

use nix::errno::Errno;
use nix::sys::socket::sockopt::PassCred;
use nix::sys::socket::{MsgFlags, UnixAddr, bind, recvmsg, setsockopt};

use super::control::{Control, SPACE};
use super::message::{MAX_LEN, Message, Refusal};
use descriptors::{Closing, Descriptors, drop_apart};
use name::OnDisk;

mod descriptors;
mod name;

/// Descriptors that may be on their way out before no more are taken in. With the 253 that one
/// datagram can bring it is less than the 1024 that a process usually may have open.
const MOST_CLOSING: usize = 256;

/// Where a [`Socket`] is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A name of 128 random bits in the abstract namespace (unix(7)), a new one for each socket: it
    /// needs no file system. Any process of the same network namespace can find and reach it.
    Abstract,
    /// An absolute path of at most 107 bytes. A socket that nobody receives at any more is
    /// replaced. Any user may send there (mode 0666); the directory decides who reaches it.
    Path(PathBuf),
}

/// Systemd's end of the notify protocol: non-blocking, closed on exec, and with the sender's
/// credentials on each datagram, which the kernel vouches for.
///
/// The kernel queues `net.unix.max_dgram_qlen` + 1 datagrams (11 by default); then senders wait.
/// On drop a path is removed, if what is there is still this socket.
pub struct Socket {
    /// There until the drop.
    socket: Option<UnixDatagram>,
    name: OsString,
    bytes: Box<[u8; MAX_LEN]>,
    closing: Closing,
    /// Its drop reads the file's number, which cannot pass to another file while `socket` is open.
    on_disk: Option<OnDisk>,
}

/// One datagram. The descriptors that came with it are closed when it is dropped, by a thread of
/// their own; that is the answer to a [barrier](Message::barrier): drop it when what came before it
/// has been dealt with.
#[derive(Debug)]
pub struct Datagram<'a> {
    /// The process that sent it; `None` when that is outside of this process's PID namespace. A
    /// sender with CAP_SYS_ADMIN in this namespace can give any process's number instead of its
    /// own, for systemd as well.
    pub sender: Option<u32>,
    /// The user that sent it; 4,294,967,295 when the kernel did not say.
    pub user: u32,
    /// At most 4096.
    pub bytes: &'a [u8],
    /// Whether there were more bytes than that.
    pub truncated: bool,
    descriptors: Descriptors,
    more_descriptors: bool,
}

impl Socket {
    /// Makes the socket at `place`.
    ///
    /// # Errors
    ///
    /// The system's, and for a path: it is not absolute or too long, something other than a socket
    /// is there, or another process receives there.
    pub fn open(place: &Place) -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        // Before the name exists, so that there is no datagram without credentials.
        setsockopt(&socket, PassCred, &true)?;
        let (name, on_disk) = match place {
            Place::Abstract => (bind_abstract(&socket)?, None),
            Place::Path(path) => (path.clone().into(), Some(OnDisk::bind(&socket, path)?)),
        };
        Ok(Self {
            socket: Some(socket),
            name,
            bytes: Box::new([0; MAX_LEN]),
            closing: Closing::default(),
            on_disk,
        })
    }

    /// The value of `NOTIFY_SOCKET`: a path, or `@` and the abstract name.
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// The next datagram, or `None` when there is none. Never waits.
    ///
    /// An empty datagram is one, too. When this process may open no more descriptors, those of the
    /// datagram are closed unseen and its bytes are as good as ever.
    ///
    /// # Errors
    ///
    /// [`ResourceBusy`](io::ErrorKind::ResourceBusy) while more than 256 descriptors that were sent
    /// here are still being closed. That is a matter of microseconds, or somebody sent such as do
    /// not close; datagrams wait meanwhile, so ask again a little later and not at once. The kernel
    /// can also be out of memory.
    pub fn receive(&mut self) -> io::Result<Option<Datagram<'_>>> {
        if self.closing.load(Relaxed) > MOST_CLOSING {
            let why = "descriptors that came with messages do not close";
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, why));
        }
        let from = self.as_fd().as_raw_fd();
        let mut control = [0; SPACE];
        let (len, flags) = loop {
            let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_CMSG_CLOEXEC;
            let mut bytes = [IoSliceMut::new(&mut self.bytes[..])];
            match recvmsg::<()>(from, &mut bytes, Some(&mut control), flags) {
                Ok(received) => break (received.bytes, received.flags),
                Err(Errno::EAGAIN) => return Ok(None),
                Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        };
        let Control {
            sender,
            descriptors,
        } = Control::read(&control);
        Ok(Some(Datagram {
            sender: sender.and_then(|(pid, _)| u32::try_from(pid).ok().filter(|pid| *pid != 0)),
            user: sender.map_or(u32::MAX, |(_, user)| user),
            bytes: &self.bytes[..len],
            truncated: flags.contains(MsgFlags::MSG_TRUNC),
            descriptors: Descriptors::new(descriptors, &self.closing),
            more_descriptors: flags.contains(MsgFlags::MSG_CTRUNC),
        }))
    }
}

impl Datagram<'_> {
    /// What the datagram says. Descriptors beside any message but a barrier mean nothing here:
    /// there is no store for them.
    ///
    /// # Errors
    ///
    /// As [`Message::parse`], and for a barrier that does not come with exactly one descriptor.
    pub fn message(&self) -> Result<Message, Refusal> {
        if self.truncated {
            return Err(Refusal::TooLong);
        }
        let message = Message::parse(self.bytes)?;
        if message.barrier && (self.descriptors.count() != 1 || self.more_descriptors) {
            return Err(Refusal::BarrierDescriptors);
        }
        Ok(message)
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        let socket = self.socket.as_ref();
        socket.expect("a socket until the drop").as_fd()
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Some(on_disk) = &self.on_disk {
            on_disk.remove();
        }
        // With it go the datagrams that were not received, and the descriptors in them.
        drop_apart(self.socket.take());
    }
}

fn bind_abstract(socket: &UnixDatagram) -> io::Result<OsString> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let name = format!("@watchdog-{:032x}", u128::from_ne_bytes(random));
    let address = UnixAddr::new_abstract(&OsStr::new(&name).as_bytes()[1..])?;
    bind(socket.as_raw_fd(), &address)?;
    Ok(name.into())
}

#[cfg(test)]
mod tests;

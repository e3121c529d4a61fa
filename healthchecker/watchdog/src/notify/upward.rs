//! The way up: the watchdog's own state, to whoever gave it a `NOTIFY_SOCKET`.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// The socket of systemd, Podman or another that started this process and wants to know its state.
#[derive(Debug)]
pub struct Upward {
    socket: UnixDatagram,
    address: SocketAddr,
}

impl Upward {
    /// From the value of `NOTIFY_SOCKET`: an absolute path, or `@` and an abstract name. `None` for
    /// no value and for any other, such as `vsock:`.
    pub fn from_environment(value: Option<&OsStr>) -> Option<Self> {
        let value = value?;
        let address = match value.as_bytes() {
            [b'@', name @ ..] if !name.is_empty() => SocketAddr::from_abstract_name(name),
            [b'/', ..] => SocketAddr::from_pathname(value),
            _ => return None,
        };
        let socket = UnixDatagram::unbound().ok()?;
        socket.set_nonblocking(true).ok()?;
        Some(Self {
            socket,
            address: address.ok()?,
        })
    }

    /// Sends `text`, lines such as `READY=1`, as one message. Never waits. Whether that is done with:
    /// `false` when the queue is full, and `true`, too, when nobody receives.
    pub fn tell(&self, text: &str) -> bool {
        let sent = self.socket.send_to_addr(text.as_bytes(), &self.address);
        !sent.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }
}

#[cfg(test)]
mod tests;

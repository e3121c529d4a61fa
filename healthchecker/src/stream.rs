//! A connected socket whose every wait is bounded by the check's deadline.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::deadline::Deadline;

#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

#[derive(Debug)]
pub(crate) struct Stream {
    socket: Socket,
    /// `None` when somebody else waits for the socket.
    deadline: Option<Deadline>,
}

impl Stream {
    pub(crate) fn new(socket: Socket, deadline: Deadline) -> Self {
        Self {
            socket,
            deadline: Some(deadline),
        }
    }

    pub(crate) fn set_deadline(&mut self, deadline: Deadline) {
        self.deadline = Some(deadline);
    }

    /// Lets the caller do the waiting, on a duplicate of the socket's descriptor.
    #[cfg(feature = "grpc")]
    pub(crate) fn stop_blocking(&mut self) -> io::Result<std::os::fd::OwnedFd> {
        self.deadline = None;
        match &self.socket {
            Socket::Tcp(socket) => {
                socket.set_nonblocking(true)?;
                Ok(socket.try_clone()?.into())
            }
            Socket::Unix(socket) => {
                socket.set_nonblocking(true)?;
                Ok(socket.try_clone()?.into())
            }
        }
    }
}

/// Repeats what a signal interrupted (a stop and continue is enough), and calls the kernel's
/// "would block" of a socket with a timeout by its name.
fn bounded(
    deadline: Option<Deadline>,
    mut operation: impl FnMut(Option<Duration>) -> io::Result<usize>,
) -> io::Result<usize> {
    loop {
        let left = deadline.map(Deadline::remaining).transpose()?;
        match operation(left) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && left.is_some() => {
                return Err(io::ErrorKind::TimedOut.into());
            }
            result => return result,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.socket {
            Socket::Tcp(socket) => bounded(self.deadline, |left| {
                left.map_or(Ok(()), |left| socket.set_read_timeout(Some(left)))?;
                socket.read(buffer)
            }),
            Socket::Unix(socket) => bounded(self.deadline, |left| {
                left.map_or(Ok(()), |left| socket.set_read_timeout(Some(left)))?;
                socket.read(buffer)
            }),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.socket {
            Socket::Tcp(socket) => bounded(self.deadline, |left| {
                left.map_or(Ok(()), |left| socket.set_write_timeout(Some(left)))?;
                socket.write(bytes)
            }),
            Socket::Unix(socket) => bounded(self.deadline, |left| {
                left.map_or(Ok(()), |left| socket.set_write_timeout(Some(left)))?;
                socket.write(bytes)
            }),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

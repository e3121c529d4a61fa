//! A connected socket whose every wait is bounded by the check's deadline.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;

use crate::deadline::Deadline;

#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

#[derive(Debug)]
pub(crate) struct Stream {
    socket: Socket,
    deadline: Deadline,
}

impl Stream {
    pub(crate) fn new(socket: Socket, deadline: Deadline) -> Self {
        Self { socket, deadline }
    }

    pub(crate) fn set_deadline(&mut self, deadline: Deadline) {
        self.deadline = deadline;
    }
}

/// Repeats what a signal interrupted (a stop and continue is enough), and calls the kernel's
/// "would block" of a socket with a timeout by its name.
fn bounded(mut operation: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match operation() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Err(io::ErrorKind::TimedOut.into());
            }
            result => return result,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let deadline = self.deadline;
        bounded(|| {
            let left = Some(deadline.remaining()?);
            match &mut self.socket {
                Socket::Tcp(socket) => {
                    socket.set_read_timeout(left)?;
                    socket.read(buffer)
                }
                Socket::Unix(socket) => {
                    socket.set_read_timeout(left)?;
                    socket.read(buffer)
                }
            }
        })
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let deadline = self.deadline;
        bounded(|| {
            let left = Some(deadline.remaining()?);
            match &mut self.socket {
                Socket::Tcp(socket) => {
                    socket.set_write_timeout(left)?;
                    socket.write(bytes)
                }
                Socket::Unix(socket) => {
                    socket.set_write_timeout(left)?;
                    socket.write(bytes)
                }
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! A connected socket that knows the check's deadline: it looks at it in every read and write, whether
//! or not the socket has data, so that no flood outlasts it.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::deadline::Deadline;

#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

#[derive(Debug)]
pub(crate) struct Stream {
    socket: Socket,
    deadline: Deadline,
    /// Whether a read or a write waits for the socket; somebody else does otherwise.
    waits: bool,
}

impl Stream {
    pub(crate) fn new(socket: Socket, deadline: Deadline) -> Self {
        Self {
            socket,
            deadline,
            waits: true,
        }
    }

    pub(crate) fn deadline(&self) -> Deadline {
        self.deadline
    }

    pub(crate) fn set_deadline(&mut self, deadline: Deadline) {
        self.deadline = deadline;
    }

    /// Sends each piece of what is written as it comes: several of them would wait for each other's
    /// acknowledgement, which a server may delay for 40 ms (tcp(7)).
    #[cfg(any(feature = "grpc", feature = "remote", feature = "tls"))]
    pub(crate) fn send_at_once(&self) {
        if let Socket::Tcp(socket) = &self.socket {
            // It works without, if slower.
            let _ = socket.set_nodelay(true);
        }
    }

    /// Lets the caller do the waiting, on a duplicate of the socket's descriptor.
    #[cfg(feature = "grpc")]
    pub(super) fn stop_blocking(&mut self) -> io::Result<std::os::fd::OwnedFd> {
        self.waits = false;
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

impl Stream {
    /// Makes a system call that waits no longer than until the deadline. Repeats what a signal
    /// interrupted (a stop and continue is enough), and calls the kernel's "would block" of a socket
    /// with a timeout by its name.
    fn bounded(
        &mut self,
        mut operation: impl FnMut(&mut Socket, Option<Duration>) -> io::Result<usize>,
    ) -> io::Result<usize> {
        loop {
            let left = self.deadline.remaining()?;
            match operation(&mut self.socket, self.waits.then_some(left)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && self.waits => {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                result => return result,
            }
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bounded(|socket, left| match socket {
            Socket::Tcp(socket) => {
                left.map_or(Ok(()), |left| socket.set_read_timeout(Some(left)))?;
                socket.read(buffer)
            }
            Socket::Unix(socket) => {
                left.map_or(Ok(()), |left| socket.set_read_timeout(Some(left)))?;
                socket.read(buffer)
            }
        })
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bounded(|socket, left| match socket {
            Socket::Tcp(socket) => {
                left.map_or(Ok(()), |left| socket.set_write_timeout(Some(left)))?;
                socket.write(bytes)
            }
            Socket::Unix(socket) => {
                left.map_or(Ok(()), |left| socket.set_write_timeout(Some(left)))?;
                socket.write(bytes)
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that always has more to read than is asked for, and room for what is written.
    fn flooded(limit: Duration) -> (Stream, UnixStream) {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(&[7; 64]).unwrap();
        let deadline = Deadline::after(limit);
        (Stream::new(Socket::Unix(ours), deadline), theirs)
    }

    #[test]
    fn nothing_counts_after_the_deadline() {
        for waits in [true, false] {
            let (mut stream, _theirs) = flooded(Duration::from_secs(60));
            stream.waits = waits;
            assert_eq!(stream.read(&mut [0; 1]).unwrap(), 1);
            assert_eq!(stream.write(&[0; 1]).unwrap(), 1);
            stream.set_deadline(Deadline::after(Duration::ZERO));
            for result in [stream.read(&mut [0; 1]), stream.write(&[0; 1])] {
                assert_eq!(result.unwrap_err().kind(), io::ErrorKind::TimedOut);
            }
        }
    }

    #[cfg(any(feature = "grpc", feature = "remote", feature = "tls"))]
    #[test]
    fn pieces_are_sent_at_once() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let deadline = Deadline::after(Duration::from_secs(60));
        let stream = Stream::new(Socket::Tcp(socket.try_clone().unwrap()), deadline);
        assert!(!socket.nodelay().unwrap());
        stream.send_at_once();
        assert!(socket.nodelay().unwrap());
    }

    #[test]
    fn who_does_not_wait_is_told_that_it_would_block() {
        let (mut stream, _theirs) = flooded(Duration::from_secs(60));
        let Socket::Unix(socket) = &stream.socket else {
            panic!("a unix socket");
        };
        socket.set_nonblocking(true).unwrap();
        stream.waits = false;
        assert_eq!(stream.read(&mut [0; 64]).unwrap(), 64);
        let nothing = stream.read(&mut [0; 1]).unwrap_err();
        assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
    }
}

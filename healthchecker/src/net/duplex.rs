//! A channel as HTTP/2 wants it: both ways at once, never blocking.

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::channel::Channel;

/// Bytes that an answer may take, all frames and headers together: a health check's is a few hundred.
/// What HTTP/2 keeps of them is bounded by it, whatever they are.
const MAX_ANSWER: usize = 64 * 1024;

#[derive(Debug)]
pub(crate) struct Duplex {
    channel: Channel,
    readiness: Readiness,
    /// How many more bytes may be read.
    room: usize,
}

/// Waits for the socket of a [`Duplex`] in its stead.
#[derive(Clone, Debug)]
pub(crate) struct Readiness {
    socket: Arc<OwnedFd>,
    wants_write: Arc<AtomicBool>,
}

impl Duplex {
    pub(crate) fn new(mut channel: Channel) -> io::Result<Self> {
        channel.stream_mut().send_at_once();
        let socket = Arc::new(channel.stream_mut().stop_blocking()?);
        Ok(Self {
            channel,
            readiness: Readiness {
                socket,
                wants_write: Arc::default(),
            },
            room: MAX_ANSWER,
        })
    }

    pub(crate) fn readiness(&self) -> Readiness {
        self.readiness.clone()
    }

    fn written<T>(&self, result: io::Result<T>) -> Poll<io::Result<T>> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.readiness.wants_write.store(true, Ordering::Release);
                Poll::Pending
            }
            result => Poll::Ready(result),
        }
    }
}

impl Readiness {
    /// Returns when the socket can go on.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when `left` has passed before.
    pub(crate) fn wait(&self, left: Duration) -> io::Result<()> {
        let mut flags = PollFlags::IN;
        if self.wants_write.swap(false, Ordering::AcqRel) {
            flags |= PollFlags::OUT;
        }
        let left = Timespec::try_from(left).map_err(|_| io::ErrorKind::InvalidInput)?;
        match poll(&mut [PollFd::new(&self.socket, flags)], Some(&left)) {
            Ok(0) => Err(io::ErrorKind::TimedOut.into()),
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

// Nobody is woken by the socket itself: whoever polls waits for readiness and then polls again.
impl AsyncRead for Duplex {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let most = self.room.min(buffer.remaining());
        if most == 0 {
            return Poll::Ready(Err(io::ErrorKind::FileTooLarge.into()));
        }
        match self.channel.read(buffer.initialize_unfilled_to(most)) {
            // HTTP/2 would call it a broken pipe, as if it had been written to.
            Ok(0) => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            Ok(amount) => {
                self.room -= amount;
                buffer.advance(amount);
                Poll::Ready(Ok(()))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl AsyncWrite for Duplex {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = self.channel.write(bytes);
        self.written(result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = self.channel.flush();
        self.written(result)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(context)
    }
}

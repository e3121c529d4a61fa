//! When a connection last moved, and until when it has to move again.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::Limits;

/// So long without taking a byte, and a peer is not waited for any more when it is time to stop.
const LEAVING: Duration = Duration::from_secs(1);

/// What one connection's stream, service and bodies tell, and its timer reads.
///
/// hyper's own time limit for heads would do neither: it counts an idle connection as a head that does not
/// come, and takes a box and an entry of the timer for each request.
#[derive(Debug)]
pub(super) struct Pulse(Mutex<State>);

#[derive(Clone, Copy, Debug)]
struct State {
    phase: Phase,
    since: Instant,
    // Since when bytes wait that the peer takes none of.
    stalled: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    // A head is on its way; at the start, too, where none of it has come.
    Head,
    // As Head, of a request with a body, whose bytes count.
    Body,
    // The service has the whole request, or is about to answer: its own time.
    Service,
    Idle,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Self(Mutex::new(State {
            phase: Phase::Head,
            since: Instant::now(),
            stalled: None,
        }))
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        // No change is left half done by a panic.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn enter(&self, phase: Phase) {
        let now = Instant::now();
        self.change(|state| {
            state.phase = phase;
            state.since = now;
        });
    }

    /// The first head may come: the handshake is over.
    pub(super) fn begin(&self) {
        self.enter(Phase::Head);
    }

    /// A head has come.
    pub(super) fn asked(&self, has_body: bool) {
        if has_body {
            self.enter(Phase::Body);
        } else {
            self.change(|state| state.phase = Phase::Service);
        }
    }

    /// The service answers.
    pub(super) fn answers(&self) {
        self.change(|state| state.phase = Phase::Service);
    }

    fn read(&self) {
        let now = Instant::now();
        self.change(|state| match state.phase {
            Phase::Idle => {
                state.phase = Phase::Head;
                state.since = now;
            }
            Phase::Body => state.since = now,
            Phase::Head | Phase::Service => {}
        });
    }

    fn wrote(&self) {
        self.change(|state| {
            // Otherwise nothing waited, and the clock need not be asked.
            if state.stalled.take().is_some() && state.phase == Phase::Idle {
                state.since = Instant::now();
            }
        });
    }

    fn stalls(&self) {
        self.change(|state| {
            state.stalled.get_or_insert_with(Instant::now);
        });
    }

    /// When the connection is to be closed unless it moves; `None`: it is the service's turn. Once it is time
    /// to stop, whoever takes nothing of an answer is not waited for.
    pub(super) fn due(&self, limits: &Limits, is_stopping: bool) -> Option<Instant> {
        let State {
            phase,
            since,
            stalled,
        } = self.change(|state| *state);
        let patience = if is_stopping {
            limits.stall.min(LEAVING)
        } else {
            limits.stall
        };
        let stalled = stalled.map(|since| since + patience);
        let limit = match phase {
            Phase::Head => limits.head,
            Phase::Body => limits.stall,
            Phase::Idle => limits.idle,
            Phase::Service => return stalled,
        };
        let due = since + limit;
        Some(stalled.map_or(due, |stalled| stalled.min(due)))
    }
}

/// A stream whose bytes are noticed as they come and go. It lies under TLS, which would hide from how much
/// of a record moves.
#[derive(Debug)]
pub(super) struct Felt<I> {
    pub(super) stream: I,
    pub(super) pulse: Arc<Pulse>,
}

impl<I> Felt<I> {
    fn written(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Pending => self.pulse.stalls(),
            Poll::Ready(_) => self.pulse.wrote(),
        }
        written
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Felt<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.pulse.read();
        }
        read
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Felt<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.written(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Whoever drops it has done with an answer's body: the connection is idle.
#[derive(Debug)]
pub(super) struct Answering(pub(super) Arc<Pulse>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.enter(Phase::Idle);
    }
}

pin_project! {
    /// A body that tells when hyper has done with it.
    #[derive(Debug)]
    pub(super) struct Answer<B> {
        #[pin]
        pub(super) body: B,
        pub(super) answering: Answering,
    }
}

impl<B: Body> Body for Answer<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

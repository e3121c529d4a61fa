//! The transport under ureq: it sees every byte first, and notes the final head, or why there is
//! none, for the verdict.
//!
//! ureq writes the request and decodes the body. It is given the final head alone, [reduced](Reduced),
//! so that what its own parser would refuse or take differently cannot matter, and a head of 64 KiB
//! needs no buffer.

use std::borrow::Cow;
use std::io::{ErrorKind, Read, Write};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use healthchecker_core::status::StatusSet;
use ureq::Error;
use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

use super::head::{Head, HeadReader, Reduced};
use crate::net::{Channel, Deadline};
use crate::verdict::{Failure, Phase};

const READ: usize = 2048;

/// How long a message waits for a body that only illustrates it.
const EXCERPT_WAIT: Duration = Duration::from_millis(250);

/// What the transport saw, for whoever started the request: written once, each.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The final head, or why there is none.
    pub(super) head: OnceLock<Result<Head, Failure>>,
    /// What broke the connection within the body.
    pub(super) broken: OnceLock<Failure>,
}

pub(super) struct ScanningTransport {
    channel: Channel,
    healthy: StatusSet<Cow<'static, [u8]>>,
    seen: Arc<Seen>,
    buffers: LazyBuffers,
    /// Until the final head is complete.
    head: Option<Box<HeadReader>>,
    /// What ureq has yet to be given: the reduced head and the body's first bytes.
    pending: Vec<u8>,
    /// Why the request could not be sent, should no answer explain it.
    unsent: Option<std::io::Error>,
}

impl ScanningTransport {
    /// A transport for one request, whose head takes at most so many bytes.
    pub(super) fn new(
        channel: Channel,
        healthy: &StatusSet<Cow<'static, [u8]>>,
        request: usize,
    ) -> Self {
        Self {
            channel,
            healthy: healthy.clone(),
            seen: Arc::default(),
            // Only the final head and the body pass here, so both may be small; a request head that
            // does not fit its buffer would be refused.
            buffers: LazyBuffers::new(READ, request),
            head: Some(Box::default()),
            pending: Vec::new(),
            unsent: None,
        }
    }

    pub(super) fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.seen)
    }

    fn deadline(&self) -> Deadline {
        self.channel.stream().deadline()
    }

    /// Notes why there is no head: the first reason counts.
    fn headless(&self, failure: Failure) -> Error {
        let _ = self.seen.head.set(Err(failure));
        Error::ConnectionFailed
    }

    /// Reads until the final head is complete.
    fn read_head(&mut self, head: &mut HeadReader) -> Result<(), Error> {
        let mut chunk = [0; READ];
        loop {
            let failure = match self.channel.read(&mut chunk) {
                Ok(0) => match &self.unsent {
                    Some(error) => self.deadline().failure(error, Phase::Sending),
                    None => head.closed(),
                },
                Ok(amount) => match head.take(chunk.get(..amount).unwrap_or_default()) {
                    Ok(None) => continue,
                    Ok(Some(reduced)) => {
                        self.begin_body(reduced);
                        return Ok(());
                    }
                    Err(failure) => failure,
                },
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => head.closed(),
                Err(error) => self.deadline().failure(&error, Phase::Waiting),
            };
            return Err(self.headless(failure));
        }
    }

    fn begin_body(&mut self, reduced: Reduced) {
        if !self.healthy.contains(reduced.head.status) {
            let soon = self.deadline().within(EXCERPT_WAIT);
            self.channel.stream_mut().set_deadline(soon);
        }
        let _ = self.seen.head.set(Ok(reduced.head));
        self.pending = reduced.bytes;
    }
}

impl Transport for ScanningTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        let bytes = self.buffers.output().get(..amount).unwrap_or_default();
        match self
            .channel
            .write_all(bytes)
            .and_then(|()| self.channel.flush())
        {
            Ok(()) => Ok(()),
            // A server may answer without having read the request: its answer is what counts.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
                ) =>
            {
                self.unsent = Some(error);
                Ok(())
            }
            Err(error) => Err(self.headless(self.deadline().failure(&error, Phase::Sending))),
        }
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        if let Some(mut head) = self.head.take() {
            self.read_head(&mut head)?;
        }
        let room = self.buffers.input_append_buf();
        let amount = if self.pending.is_empty() {
            match self.channel.read(room) {
                Ok(amount) => amount,
                Err(error) => {
                    let failure = self.deadline().failure(&error, Phase::Reading);
                    let _ = self.seen.broken.set(failure);
                    return Err(Error::Io(error));
                }
            }
        } else {
            let amount = room.len().min(self.pending.len());
            for (place, byte) in room.iter_mut().zip(self.pending.drain(..amount)) {
                *place = byte;
            }
            amount
        };
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        // One request a connection.
        false
    }
}

impl std::fmt::Debug for ScanningTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScanningTransport").finish_non_exhaustive()
    }
}

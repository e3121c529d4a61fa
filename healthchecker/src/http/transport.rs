//! The transport under ureq: it sees every byte first, and the verdict falls here.
//!
//! ureq writes the request and decodes the body. It is given the final head alone, reduced to its
//! status and the fields that frame the body, so that what its own parser would refuse or take
//! differently cannot matter, and a head of 64 KiB needs no buffer.

use std::io::{ErrorKind, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use healthchecker_core::head::{BEFORE_REASON, Fault, HeadScanner, Scan};
use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
};

use super::framing::Framing;
use crate::net::{Channel, Deadline};
use crate::verdict::Phase;

const READ: usize = 2048;
const MAX_REASON: usize = 128;
const MAX_SEEN: usize = 64;

/// What the transport saw, shared with whoever started the request.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The final head's status and reason phrase.
    pub(crate) head: Option<(u16, Vec<u8>)>,
    pub(crate) fault: Option<Fault>,
    pub(crate) error: Option<(Phase, std::io::Error)>,
    /// The answer's first bytes, for messages about what is not HTTP.
    pub(crate) start: Vec<u8>,
    /// A shorter deadline for what is read from now on.
    pub(crate) body_deadline: Option<Deadline>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Record(Arc<Mutex<Seen>>);

impl Record {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands the one connection to ureq.
#[derive(Debug)]
pub(crate) struct OneConnection(Mutex<Option<ScanningTransport>>);

impl OneConnection {
    pub(crate) fn new(channel: Channel, record: Record, request: usize) -> Self {
        Self(Mutex::new(Some(ScanningTransport {
            channel,
            record,
            // Only the final head and the body pass here, so both may be small; a request head that
            // does not fit its buffer would be refused.
            buffers: LazyBuffers::new(READ, request),
            scanner: HeadScanner::new(),
            scanned: 0,
            framing: Framing::default(),
            status_line: Vec::new(),
            pending: Vec::new(),
            unsent: None,
            in_body: false,
        })))
    }
}

impl Connector<()> for OneConnection {
    type Out = ScanningTransport;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).take())
    }
}

pub(crate) struct ScanningTransport {
    channel: Channel,
    record: Record,
    buffers: LazyBuffers,
    scanner: HeadScanner,
    /// How many bytes it has been given.
    scanned: usize,
    framing: Framing,
    /// The last head's, as far as it is shown.
    status_line: Vec<u8>,
    /// What ureq has yet to be given: the reduced head and the body's first bytes.
    pending: Vec<u8>,
    /// Why the request could not be sent, should no answer explain it.
    unsent: Option<std::io::Error>,
    in_body: bool,
}

impl ScanningTransport {
    fn failed(&self, phase: Phase, error: std::io::Error) -> Error {
        let kind = error.kind();
        self.record.lock().error.get_or_insert((phase, error));
        Error::Io(kind.into())
    }

    /// Reads until the final head is complete.
    fn read_head(&mut self) -> Result<(), Error> {
        let mut chunk = [0; READ];
        loop {
            let amount = match self.channel.read(&mut chunk) {
                Ok(0) => {
                    return Err(match self.unsent.take() {
                        Some(error) => self.failed(Phase::Sending, error),
                        None => self.failed(Phase::Waiting, ErrorKind::UnexpectedEof.into()),
                    });
                }
                Ok(amount) => amount,
                Err(error) => return Err(self.failed(Phase::Waiting, error)),
            };
            let bytes = chunk.get(..amount).unwrap_or_default();
            self.remember_start(bytes);
            let scan = self.scanner.scan(bytes);
            let (head, body) = match scan {
                Scan::Head { body, .. } => bytes.split_at(body),
                _ => (bytes, &b""[..]),
            };
            // What the last head has of these bytes, without interim ones before it.
            let begin = self.scanner.before();
            if begin > self.scanned {
                self.framing.clear();
                self.status_line.clear();
            }
            for &byte in head.iter().skip(begin.saturating_sub(self.scanned)) {
                self.framing.push(byte);
                let is_kept = self.status_line.len() < BEFORE_REASON + MAX_REASON;
                if is_kept && !self.status_line.ends_with(b"\n") {
                    self.status_line.push(byte);
                }
            }
            self.scanned += bytes.len();
            match scan {
                Scan::Head { status, .. } => {
                    self.finish_head(status, body);
                    return Ok(());
                }
                Scan::Fault(fault) => {
                    self.record.lock().fault = Some(fault);
                    return Err(Error::ConnectionFailed);
                }
                Scan::More => {}
            }
        }
    }

    fn remember_start(&self, bytes: &[u8]) {
        let start = &mut self.record.lock().start;
        let room = MAX_SEEN.saturating_sub(start.len());
        start.extend(bytes.iter().take(room));
    }

    fn finish_head(&mut self, status: u16, body: &[u8]) {
        let mut code = status;
        let mut line = *b"HTTP/1.1 000 \r\n";
        for digit in line[9..12].iter_mut().rev() {
            *digit += (code % 10) as u8;
            code /= 10;
        }
        for part in [&line[..], self.framing.lines(), b"\r\n", body] {
            self.pending.extend_from_slice(part);
        }
        self.in_body = true;
        let reason = self.status_line.get(BEFORE_REASON..).unwrap_or_default();
        self.record.lock().head = Some((status, reason.trim_ascii().to_vec()));
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
            Err(error) => Err(self.failed(Phase::Sending, error)),
        }
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        if !self.in_body {
            self.read_head()?;
        }
        let room = self.buffers.input_append_buf();
        let amount = if self.pending.is_empty() {
            let deadline = self.record.lock().body_deadline.take();
            if let Some(deadline) = deadline {
                self.channel.stream_mut().set_deadline(deadline);
            }
            match self.channel.read(room) {
                Ok(amount) => amount,
                Err(error) => return Err(self.failed(Phase::Reading, error)),
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

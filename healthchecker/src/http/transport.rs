//! The transport under ureq: it sees every byte first, and the verdict falls here.
//!
//! ureq writes the request and decodes the body. It is given the final head alone, reduced to its
//! status and the fields that frame the body, so that what its own parser would refuse or take
//! differently cannot matter, and a head of 64 KiB needs no buffer.

use std::io::{ErrorKind, Read, Write};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use healthchecker_core::head::{BEFORE_REASON, Fault, HeadScanner, Scan};
use healthchecker_core::status::StatusSet;
use ureq::Error;
use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

use super::framing::Framing;
use crate::net::{Channel, Deadline};
use crate::verdict::{Cause, Failure, Phase};

const READ: usize = 2048;
const MAX_REASON: usize = 128;
const MAX_SEEN: usize = 64;

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

#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    /// The reason phrase, as far as it is shown.
    pub(super) reason: Vec<u8>,
}

pub(super) struct ScanningTransport {
    channel: Channel,
    deadline: Deadline,
    healthy: StatusSet<Vec<u8>>,
    seen: Arc<Seen>,
    buffers: LazyBuffers,
    scanner: HeadScanner,
    /// How many bytes it has been given.
    scanned: usize,
    framing: Framing,
    /// The last head's, as far as it is shown.
    status_line: Vec<u8>,
    /// The answer's first bytes, for messages about what is not HTTP.
    start: Vec<u8>,
    /// What ureq has yet to be given: the reduced head and the body's first bytes.
    pending: Vec<u8>,
    /// Why the request could not be sent, should no answer explain it.
    unsent: Option<std::io::Error>,
    in_body: bool,
}

impl ScanningTransport {
    /// A transport for one request, whose head takes at most so many bytes.
    pub(super) fn new(
        channel: Channel,
        deadline: Deadline,
        healthy: &StatusSet<Vec<u8>>,
        request: usize,
    ) -> Self {
        Self {
            channel,
            deadline,
            healthy: healthy.clone(),
            seen: Arc::default(),
            // Only the final head and the body pass here, so both may be small; a request head that
            // does not fit its buffer would be refused.
            buffers: LazyBuffers::new(READ, request),
            scanner: HeadScanner::new(),
            scanned: 0,
            framing: Framing::default(),
            status_line: Vec::new(),
            start: Vec::new(),
            pending: Vec::new(),
            unsent: None,
            in_body: false,
        }
    }

    pub(super) fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.seen)
    }

    /// Notes why there is no head: the first reason counts.
    fn headless(&self, failure: Failure) -> Error {
        let _ = self.seen.head.set(Err(failure));
        Error::ConnectionFailed
    }

    /// What an end before that of the final head means.
    fn closed(&self) -> Failure {
        let what = if self.start.is_empty() {
            "closed without a response"
        } else {
            "closed early, before the end of the response's head"
        };
        Failure::new(Cause::Closed(Phase::Waiting), what)
    }

    /// Notes an end of the answer within its head, which the request may explain.
    fn ended(&self) -> Error {
        self.headless(match &self.unsent {
            Some(error) => self.deadline.failure(error, Phase::Sending),
            None => self.closed(),
        })
    }

    /// Notes a fault in the head.
    fn faulty(&self, fault: Fault) -> Error {
        let cause = match fault {
            Fault::TooLarge => Cause::HeadTooLarge,
            Fault::SwitchingProtocols => Cause::SwitchingProtocols,
            Fault::NotHttp => Cause::NotHttp,
        };
        let mut failure = Failure::new(cause, fault.text());
        if fault == Fault::NotHttp {
            failure.body.clone_from(&self.start);
        }
        self.headless(failure)
    }

    /// Reads until the final head is complete.
    fn read_head(&mut self) -> Result<(), Error> {
        let mut chunk = [0; READ];
        loop {
            let amount = match self.channel.read(&mut chunk) {
                Ok(0) => return Err(self.ended()),
                Ok(amount) => amount,
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                    return Err(self.headless(self.closed()));
                }
                Err(error) => {
                    return Err(self.headless(self.deadline.failure(&error, Phase::Waiting)));
                }
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
                    return Err(self.faulty(fault));
                }
                Scan::More => {}
            }
        }
    }

    fn remember_start(&mut self, bytes: &[u8]) {
        let room = MAX_SEEN.saturating_sub(self.start.len());
        self.start.extend(bytes.iter().take(room));
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
        let _ = self.seen.head.set(Ok(Head {
            status,
            reason: reason.trim_ascii().to_vec(),
        }));
        if !self.healthy.contains(status) {
            let stream = self.channel.stream_mut();
            stream.set_deadline(self.deadline.within(EXCERPT_WAIT));
        }
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
            Err(error) => Err(self.headless(self.deadline.failure(&error, Phase::Sending))),
        }
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        if !self.in_body {
            self.read_head()?;
        }
        let room = self.buffers.input_append_buf();
        let amount = if self.pending.is_empty() {
            match self.channel.read(room) {
                Ok(amount) => amount,
                Err(error) => {
                    let failure = self.deadline.failure(&error, Phase::Reading);
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

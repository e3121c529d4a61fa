//! The answer: its heads scanned as they come, and what a message shows of it.

use core::mem::MaybeUninit;

use healthchecker_core::cursor::Cursor;
use healthchecker_core::head::{BEFORE_REASON, Fault, HeadScanner, Scan};
use rustix::event::PollFlags;
use rustix::fd::BorrowedFd;
use rustix::io::{Errno, read};

use crate::cause::Finding;
use crate::check::Check;
use crate::deadline::{Deadline, FOREVER};
use crate::line::Line;
use crate::text;

/// Bytes taken at once.
const READ: usize = 2048;

/// Bytes shown of a body.
const MAX_BODY: usize = 1024;

/// Microseconds that a message waits for a body, which only illustrates it.
const BODY_WAIT: u32 = 250_000;

/// An answer as it comes.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    scanner: HeadScanner,
    start: Line,
    /// The body's start, or the start of what is not HTTP.
    body: Line,
}

impl Answer {
    /// Reads up to the end of the final head, and what a message needs of the body.
    pub(crate) fn read(
        &mut self,
        socket: BorrowedFd<'_>,
        deadline: &mut Deadline,
        check: &Check<'_>,
    ) -> Finding {
        let mut buffer = [MaybeUninit::uninit(); READ];
        let mut status = 0;
        loop {
            let received = deadline
                .wait(socket, PollFlags::IN, &FOREVER)
                .and_then(|()| read(socket, &mut buffer));
            let mut bytes = match received {
                Ok((bytes, _)) if !bytes.is_empty() => &*bytes,
                // Whatever came of a body is shown; that more did not is not the failure.
                _ if status != 0 => return Ok(status),
                // Ready with nothing to give after all (select(2), BUGS).
                Err(Errno::AGAIN) => continue,
                Err(error) => return Err(error.into()),
                Ok(_) if self.start.is_empty() => return Err(text::CLOSED.into()),
                Ok(_) => return Err(text::CLOSED_EARLY.into()),
            };
            if status == 0 {
                self.start.text(bytes);
                match self.scanner.scan(bytes) {
                    Scan::Head { status: code, body } => {
                        status = code;
                        if check.is_healthy(status) {
                            return Ok(status);
                        }
                        deadline.shorten(BODY_WAIT);
                        bytes = bytes.get(body..).unwrap_or_default();
                    }
                    Scan::Fault(Fault::TooLarge) => return Err(text::TOO_LARGE.into()),
                    Scan::Fault(Fault::SwitchingProtocols) => return Err(text::SWITCHING.into()),
                    Scan::Fault(_) => {
                        self.body.text(bytes);
                        return Err(text::NOT_HTTP.into());
                    }
                    _ => continue,
                }
            }
            self.body.text(bytes);
            if self.body.as_bytes().len() >= MAX_BODY {
                return Ok(status);
            }
        }
    }

    /// What a message shows of the body, or of what is not HTTP.
    pub(crate) fn body(&self) -> &[u8] {
        let body = self.body.as_bytes();
        body.get(..MAX_BODY).unwrap_or(body)
    }

    /// The final head's reason phrase, as far as it is among the first bytes.
    pub(crate) fn reason(&self) -> &[u8] {
        let start = self.scanner.before() + BEFORE_REASON;
        let mut line = Cursor::new(self.start.as_bytes().get(start..).unwrap_or_default());
        let reason = line.until(b'\n');
        reason.strip_suffix(b"\r").unwrap_or(reason)
    }
}

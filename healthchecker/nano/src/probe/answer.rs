//! The answer: its heads scanned as they come, and what a message shows of it.

use core::mem::MaybeUninit;

use arrayvec::ArrayVec;
use healthchecker_core::cursor::Cursor;
use healthchecker_core::head::{BEFORE_REASON, Fault, HeadScanner, Scan};
use rustix::event::PollFlags;
use rustix::fd::BorrowedFd;
use rustix::io::{Errno, read};

use super::Probe;
use crate::cause::{Cause, Finding};
use crate::net::Deadline;

/// Bytes taken at once.
const READ: usize = 2048;

/// Bytes shown of a body.
const MAX_BODY: usize = 1024;

/// Microseconds that a message waits for a body, which only illustrates it.
const BODY_WAIT: u32 = 250_000;

/// The first bytes of a part of the answer, as many as are shown.
type Excerpt = ArrayVec<u8, MAX_BODY>;

/// An answer as it comes.
#[derive(Debug, Default)]
pub(super) struct Answer {
    scanner: HeadScanner,
    /// How many bytes it has been given.
    scanned: usize,
    /// The start of the last head.
    head: Excerpt,
    /// The body's start, or the start of what is not HTTP.
    body: Excerpt,
}

impl Answer {
    /// Reads up to the end of the final head, and what a message needs of the body.
    pub(super) fn read(
        &mut self,
        socket: BorrowedFd<'_>,
        deadline: &mut Deadline,
        probe: &Probe<'_>,
    ) -> Finding {
        let mut buffer = [MaybeUninit::uninit(); READ];
        let mut status = 0;
        loop {
            let received = deadline
                .wait(socket, PollFlags::IN)
                .and_then(|()| read(socket, &mut buffer));
            let mut bytes = match received {
                Ok((bytes, _)) if !bytes.is_empty() => &*bytes,
                // Whatever came of a body is shown; that more did not is not the failure.
                _ if status != 0 => return Ok(status),
                // Ready with nothing to give after all (select(2), BUGS).
                Err(Errno::AGAIN) => continue,
                Err(error) => return Err(error.into()),
                Ok(_) if self.scanned == 0 => return Err(Cause::Closed),
                Ok(_) => return Err(Cause::ClosedEarly),
            };
            if status == 0 {
                let scan = self.scanner.scan(bytes);
                // Interim heads come before the one that is shown.
                let interim = self.scanner.before().saturating_sub(self.scanned);
                if interim > 0 {
                    self.head.clear();
                }
                append(&mut self.head, bytes.get(interim..).unwrap_or_default());
                self.scanned += bytes.len();
                match scan {
                    Scan::Head { status: code, body } => {
                        status = code;
                        if probe.is_healthy(status) {
                            return Ok(status);
                        }
                        deadline.shorten(BODY_WAIT);
                        bytes = bytes.get(body..).unwrap_or_default();
                    }
                    Scan::Fault(fault) => {
                        // All that came of it: what shows the fault may be the last byte.
                        if fault == Fault::NotHttp {
                            append(&mut self.body, &self.head);
                        }
                        return Err(Cause::Answer(fault));
                    }
                    Scan::More => continue,
                }
            }
            append(&mut self.body, bytes);
            if self.body.is_full() {
                return Ok(status);
            }
        }
    }

    /// What a message shows of the body, or of what is not HTTP.
    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The final head's reason phrase, as far as it is shown.
    pub(super) fn reason(&self) -> &[u8] {
        // A line may end before it: what follows is a header's.
        let line = Cursor::new(&self.head).until(b'\n');
        line.get(BEFORE_REASON..).unwrap_or_default().trim_ascii()
    }
}

/// Appends what fits.
// Inlined at its three calls it is 200 bytes more.
#[inline(never)]
fn append(excerpt: &mut Excerpt, bytes: &[u8]) {
    let room = excerpt.remaining_capacity();
    // Cannot fail: there is room.
    let _ = excerpt.try_extend_from_slice(bytes.get(..room).unwrap_or(bytes));
}

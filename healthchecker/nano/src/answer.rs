//! The answer: its heads scanned as they come, and of its body what a message shows.

use core::mem::MaybeUninit;

use arrayvec::ArrayVec;
use healthchecker_core::head::{Fault, HeadScanner, Step};
use healthchecker_core::status::StatusSet;
use rustix::event::PollFlags;
use rustix::fd::OwnedFd;
use rustix::io::{Errno, Result};
use rustix::net::{RecvFlags, recv};

use crate::cause::{Cause, Phase};
use crate::deadline::Deadline;

/// Bytes taken at once.
const READ: usize = 2048;

/// Bytes kept of a reason phrase.
const MAX_REASON: usize = 128;

/// Bytes kept of a body.
const MAX_BODY: usize = 1024;

/// Bytes kept of what is not HTTP.
const MAX_START: usize = 64;

/// Milliseconds that a message waits for a body, which only illustrates it.
const BODY_WAIT: u32 = 250;

/// What a message says of an answer.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// The final head's reason phrase.
    pub(crate) reason: ArrayVec<u8, MAX_REASON>,
    /// The body's start, where the status is not among the healthy ones.
    pub(crate) body: ArrayVec<u8, MAX_BODY>,
}

impl Answer {
    /// Reads up to the end of the final head, and what a message needs of the body.
    #[inline(never)]
    pub(crate) fn read(
        &mut self,
        socket: &OwnedFd,
        deadline: &Deadline,
        healthy: StatusSet<'_>,
    ) -> core::result::Result<u16, Cause> {
        let mut buffer = [MaybeUninit::uninit(); READ];
        let mut scanner = HeadScanner::new();
        let mut reason_of = None;
        loop {
            let bytes = match receive(socket, deadline, &mut buffer) {
                Ok(bytes) => bytes,
                Err(Errno::AGAIN) => continue,
                Err(error) => return Err(Cause::System(Phase::Waiting, error)),
            };
            if bytes.is_empty() {
                return Err(Cause::Closed(scanner.started()));
            }
            for (index, &byte) in bytes.iter().enumerate() {
                match scanner.push(byte) {
                    Step::More => {}
                    Step::Reason => {
                        if reason_of != scanner.status() {
                            reason_of = scanner.status();
                            self.reason.clear();
                        }
                        let _ = self.reason.try_push(byte);
                    }
                    Step::Head(status) => {
                        if reason_of != Some(status) {
                            self.reason.clear();
                        }
                        if !healthy.contains(status) {
                            self.keep(bytes.get(index + 1..).unwrap_or_default(), MAX_BODY);
                            self.read_body(socket, deadline, &mut buffer);
                        }
                        return Ok(status);
                    }
                    Step::Fault(fault) => {
                        if fault == Fault::NotHttp {
                            self.keep(bytes, MAX_START);
                        }
                        return Err(Cause::Fault(fault));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Keeps what comes of a body within a moment.
    fn read_body(
        &mut self,
        socket: &OwnedFd,
        deadline: &Deadline,
        buffer: &mut [MaybeUninit<u8>],
    ) {
        let Ok(deadline) = deadline.within(BODY_WAIT) else {
            return;
        };
        // Whatever comes is shown; that more does not is not the failure.
        while !self.body.is_full()
            && let Ok(bytes @ [_, ..]) = receive(socket, &deadline, buffer)
        {
            self.keep(bytes, MAX_BODY);
        }
    }

    fn keep(&mut self, bytes: &[u8], limit: usize) {
        for &byte in bytes.iter().take(limit) {
            let _ = self.body.try_push(byte);
        }
    }
}

/// Some bytes, or none at the connection's end. `AGAIN` where the socket was ready with nothing to
/// give after all (select(2), BUGS).
fn receive<'a>(
    socket: &OwnedFd,
    deadline: &Deadline,
    buffer: &'a mut [MaybeUninit<u8>],
) -> Result<&'a [u8]> {
    deadline.wait(socket, PollFlags::IN)?;
    let ((bytes, _), _) = recv(socket, buffer, RecvFlags::empty())?;
    Ok(bytes)
}

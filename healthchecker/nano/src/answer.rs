//! The answer: its heads scanned as they come, and of its body what a message shows.

use core::mem::MaybeUninit;

use arrayvec::ArrayVec;
use healthchecker_core::head::{HeadScanner, Step};
use healthchecker_core::status::StatusSet;
use rustix::event::PollFlags;
use rustix::fd::OwnedFd;
use rustix::io::{Errno, Result};
use rustix::net::{RecvFlags, recv};

use crate::cause::Phase;
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
        phase: &mut Phase,
        healthy: StatusSet<'_>,
    ) -> Result<u16> {
        *phase = Phase::Waiting;
        let mut buffer = [MaybeUninit::uninit(); READ];
        let mut scanner = HeadScanner::new();
        let mut reason_of = None;
        let mut final_status = 0;
        let mut moment = None;
        loop {
            let end = moment.as_ref().unwrap_or(deadline);
            let bytes = match receive(socket, end, &mut buffer) {
                Err(Errno::AGAIN) => continue,
                // Whatever came of a body is shown; that more did not is not the failure.
                Err(_) | Ok([]) if final_status != 0 => return Ok(final_status),
                bytes => bytes?,
            };
            if bytes.is_empty() {
                *phase = if scanner.started() { Phase::ClosedEarly } else { Phase::Closed };
                return Err(Errno::PIPE);
            }
            for &byte in bytes {
                if final_status != 0 {
                    if self.body.try_push(byte).is_err() {
                        return Ok(final_status);
                    }
                    continue;
                }
                match scanner.push(byte) {
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
                        if healthy.contains(status) {
                            return Ok(status);
                        }
                        final_status = status;
                        moment = deadline.within(BODY_WAIT).ok();
                    }
                    Step::Fault(fault) => {
                        *phase = fault.into();
                        for &byte in bytes.iter().take(MAX_START) {
                            let _ = self.body.try_push(byte);
                        }
                        return Err(Errno::PROTO);
                    }
                    _ => {}
                }
            }
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

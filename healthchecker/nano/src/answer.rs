//! The answer: its heads scanned as they come, and of its body what a message shows.

use core::mem::MaybeUninit;

use arrayvec::ArrayVec;
use healthchecker_core::head::{HeadScanner, Step};
use rustix::event::PollFlags;
use rustix::fd::OwnedFd;
use rustix::io::{Errno, Result};
use rustix::net::{RecvFlags, recv};

use crate::cause::Phase;
use crate::check::Check;
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

/// An answer as it comes.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    scanner: HeadScanner,
    /// The final status, where it is not among the healthy ones and the body is read for the message.
    status: u16,
    /// The final head's reason phrase.
    pub(crate) reason: ArrayVec<u8, MAX_REASON>,
    /// The body's start, or the start of what is not HTTP.
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
        check: &Check<'_>,
    ) -> Result<u16> {
        *phase = Phase::Waiting;
        let mut buffer = [MaybeUninit::uninit(); READ];
        let mut moment = None;
        loop {
            let end = moment.as_ref().unwrap_or(deadline);
            let mut bytes = match receive(socket, end, &mut buffer) {
                Err(Errno::AGAIN) => continue,
                // Whatever came of a body is shown; that more did not is not the failure.
                Err(_) | Ok([]) if self.status != 0 => return Ok(self.status),
                bytes => bytes?,
            };
            if bytes.is_empty() {
                *phase = if self.scanner.started() { Phase::ClosedEarly } else { Phase::Closed };
                return Err(Errno::PIPE);
            }
            while let Some((&byte, rest)) = bytes.split_first() {
                match self.take(byte) {
                    Step::Head(status) => {
                        if self.status == status || check.is_healthy(status) {
                            return Ok(status);
                        }
                        self.status = status;
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
                bytes = rest.get(self.scanner.pass(rest)..).unwrap_or_default();
            }
        }
    }

    /// Takes a byte; the final status again where a message needs no more.
    #[inline(never)]
    fn take(&mut self, byte: u8) -> Step {
        if self.status != 0 {
            return match self.body.try_push(byte) {
                Ok(()) => Step::More,
                Err(_) => Step::Head(self.status),
            };
        }
        let step = self.scanner.push(byte);
        if step == Step::Reason {
            let _ = self.reason.try_push(byte);
        } else if self.scanner.status().is_none() {
            // The reason phrase was that of an interim head.
            self.reason.clear();
        }
        step
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

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
// In this order, which puts what is used most within a short reach.
#[repr(C)]
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
                *phase = if self.scanner.started() {
                    Phase::ClosedEarly
                } else {
                    Phase::Closed
                };
                return Err(Errno::PIPE);
            }
            if self.status != 0 {
                self.keep(bytes);
                if self.body.is_full() {
                    return Ok(self.status);
                }
                continue;
            }
            loop {
                bytes = bytes.get(self.scanner.pass(bytes)..).unwrap_or_default();
                let Some((&byte, rest)) = bytes.split_first() else {
                    break;
                };
                match self.scanner.push(byte) {
                    Step::Reason => {
                        let _ = self.reason.try_push(byte);
                    }
                    Step::Head(status) => {
                        if check.is_healthy(status) {
                            return Ok(status);
                        }
                        self.status = status;
                        moment = deadline.within(BODY_WAIT).ok();
                        self.keep(rest);
                        break;
                    }
                    Step::Fault(fault) => {
                        *phase = fault.into();
                        self.keep(bytes.get(..MAX_START).unwrap_or(bytes));
                        return Err(Errno::PROTO);
                    }
                    // The reason phrase so far was that of an interim head.
                    _ if self.scanner.status().is_none() => self.reason.clear(),
                    _ => {}
                }
                bytes = rest;
            }
        }
    }

    /// Keeps a part of the body, or of what is not HTTP.
    #[inline(never)]
    fn keep(&mut self, bytes: &[u8]) {
        for &byte in bytes {
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

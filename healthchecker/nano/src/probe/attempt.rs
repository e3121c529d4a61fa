//! A check that is made: the addresses in turn, the request, the answer.

use rustix::fd::AsFd;
use rustix::io::{Errno, Result};
use rustix::net::SocketType;

use super::Probe;
use super::answer::Answer;
use crate::cause::{Cause, Finding, Phase};
use crate::net::{Address, Deadline, is_here, open, socket};

/// How far a check got, and what came of it.
#[derive(Debug)]
pub(super) struct Attempt<'c> {
    probe: &'c Probe<'c>,
    request: &'c [u8],
    pub(super) deadline: Result<Deadline>,
    pub(super) phase: Phase,
    /// Whether localhost's second address is the one that was asked.
    pub(super) is_second: bool,
    /// Whether neither of them was reached, for the same cause.
    pub(super) both: bool,
    pub(super) answer: Answer,
}

impl<'c> Attempt<'c> {
    /// An attempt whose time begins.
    pub(super) fn new(probe: &'c Probe<'c>, request: &'c [u8]) -> Self {
        Self {
            probe,
            request,
            deadline: Deadline::after(probe.limit),
            phase: Phase::Connecting,
            is_second: false,
            both: false,
            answer: Answer::default(),
        }
    }

    /// Asks the target: of localhost's addresses the second where the first is not reached.
    pub(super) fn ask(&mut self) -> Finding {
        let first = self.ask_one();
        if !self.probe.target.is_localhost || !self.is_absent(first) {
            return first;
        }
        self.is_second = true;
        let second = self.ask_one();
        if self.phase == Phase::Connecting
            && matches!(second, Err(Cause::System(error)) if error != Errno::TIMEDOUT)
        {
            // Where it only lacks IPv6, the first cause is the one to name.
            self.is_second = false;
            self.both = second == first;
            return first;
        }
        second
    }

    /// Whether an address was not reached, where another of the same host may still answer.
    fn is_absent(&self, finding: Finding) -> bool {
        self.phase == Phase::Connecting
            && matches!(
                finding,
                Err(Cause::System(
                    Errno::CONNREFUSED
                        | Errno::NETUNREACH
                        | Errno::HOSTUNREACH
                        | Errno::ADDRNOTAVAIL
                ))
            )
    }

    /// Asks one address.
    fn ask_one(&mut self) -> Finding {
        let probe = self.probe;
        let target = &probe.target;
        let deadline = self.deadline.as_mut().map_err(|error| *error)?;
        let mut peer = Address::new();
        peer.set(target, self.is_second);
        if !is_here(target.ip(self.is_second), &peer) {
            return Err(Cause::NotHere);
        }
        let socket = socket(peer.family(), SocketType::STREAM)?;
        let socket = socket.as_fd();
        let is_taken = open(socket, &peer, self.request, deadline, &mut self.phase)?;
        if target.is_tcp {
            return Ok(0);
        }
        self.phase = Phase::Waiting;
        let finding = self.answer.read(socket, deadline, probe);
        if !is_taken && matches!(finding, Err(Cause::Closed | Cause::ClosedEarly)) {
            // The system has said it once, when the request was sent.
            self.phase = Phase::Sending;
            return Err(Errno::CONNRESET.into());
        }
        finding
    }
}

//! Health checks, each in a thread of its own: nothing else ever waits for one.
//!
//! Touches `threads`.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use healthchecker::Probe;
use rustix::event::{EventfdFlags, eventfd};
use rustix::io::{read, write};

use crate::threads;

/// The threads, and what they have found.
#[derive(Debug)]
pub(crate) struct Checks {
    asked: Vec<SyncSender<u32>>,
    found: Receiver<(u32, Result<(), String>)>,
    wake: Arc<OwnedFd>,
    /// The round that is collected, how many of it are missing, and the first failure.
    round: u32,
    missing: usize,
    failure: Option<String>,
}

impl Checks {
    /// Starts a thread for each probe.
    pub(crate) fn start(probes: Vec<Probe>) -> io::Result<Self> {
        let wake = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        let (verdicts, found) = channel();
        let mut asked = Vec::new();
        for probe in probes {
            // Who is still busy with a check has the next one waiting, and no more.
            let (sender, rounds) = sync_channel(1);
            let (verdicts, wake) = (verdicts.clone(), Arc::clone(&wake));
            let thread = thread::Builder::new().name(String::from("check"));
            threads::start(thread, move || check(&probe, &rounds, &verdicts, &wake))?;
            asked.push(sender);
        }
        Ok(Self {
            asked,
            found,
            wake,
            round: 0,
            missing: 0,
            failure: None,
        })
    }

    /// Begins a round.
    pub(crate) fn begin(&mut self, round: u32) {
        self.round = round;
        self.missing = self.asked.len();
        self.failure = None;
        for sender in &self.asked {
            // Who is two behind will be missed: the round does not get complete.
            let _ = sender.try_send(round);
        }
    }

    /// The verdict of the round that is under way, once it is complete: the first failure, if any.
    pub(crate) fn verdict(&mut self) -> Option<(u32, Result<(), String>)> {
        let _ = read(&*self.wake, &mut [0; 8]);
        while let Ok((round, result)) = self.found.try_recv() {
            if round != self.round || self.missing == 0 {
                continue;
            }
            self.missing -= 1;
            if let Err(reason) = result {
                self.failure.get_or_insert(reason);
            }
            if self.missing == 0 {
                return Some((round, self.failure.take().map_or(Ok(()), Err)));
            }
        }
        None
    }
}

impl AsFd for Checks {
    /// Readable when there may be a verdict.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }
}

fn check(
    probe: &Probe,
    rounds: &Receiver<u32>,
    verdicts: &Sender<(u32, Result<(), String>)>,
    wake: &OwnedFd,
) {
    for round in rounds {
        let verdict = probe.check();
        let result = if verdict.is_healthy() {
            Ok(())
        } else {
            Err(verdict.to_string())
        };
        if verdicts.send((round, result)).is_err() {
            return;
        }
        // It cannot be full before 2⁶⁴ of them.
        let _ = write(wake, &1_u64.to_ne_bytes());
    }
}

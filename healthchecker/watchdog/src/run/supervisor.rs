//! What a running watchdog has, and its loop: wait, gather what has happened, have it decided, do it.

use std::ffi::OsString;
use std::fmt::Display;
use std::os::fd::{AsFd, OwnedFd};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use nix::unistd::Pid;
use rustix::event::{Timespec, epoll};
use rustix::io::Errno;

use super::refused::Refused;
use super::upward::Above;
use crate::checks::Checks;
use crate::engine::{Effect, Event, Machine};
use crate::notify::{Access, Place, Socket};
use crate::options::RunOptions;
use crate::output::Output;
use crate::pings::Pings;
use crate::process::{self, Signals, Terminal};
use crate::tell::Teller;

/// A wake-up that comes so much too late was no wake-up: this process was stopped, or the machine was.
const TOO_LATE: Duration = Duration::from_secs(1);

/// So many of them in a row are believed. Further ones are for want of CPU time, which a command that
/// hangs in a busy loop may have used up.
const MOST_LATE: u32 = 3;

/// One wait: epoll_wait(2) takes no more than 24 days.
const LONGEST: Duration = Duration::from_secs(20 * 24 * 3600);

/// How long unread messages of strangers put off a judgement: whoever sends without a pause takes most
/// of the kernel's short queue, and the command's own message comes through late.
const FLOOD: Duration = Duration::from_secs(1);

/// Lines that wait for a reader; what comes when there are so many is counted and dropped.
const WAITING: usize = 64;

/// All that a running watchdog holds.
#[derive(Debug)]
pub(super) struct Supervisor {
    pub(super) command: Vec<OsString>,
    pub(super) place: Option<(Place, Access)>,
    pub(super) stop: Signal,
    pub(super) is_job: bool,
    pub(super) machine: Machine,
    pub(super) main: Option<Pid>,
    /// The last one that was reaped: for lines, and never to be signalled.
    pub(super) ended: Option<Pid>,
    pub(super) socket: Option<Socket>,
    pub(super) refused: Refused,
    pub(super) status: Option<String>,
    pub(super) output: Option<Output>,
    pub(super) checks: Option<Checks>,
    pub(super) pings: Option<Pings>,
    pub(super) teller: Teller,
    pub(super) above: Option<Above>,
    pub(super) terminal: Option<Terminal>,
    pub(super) signals: Signals,
    pub(super) exit: Option<u8>,
    late: Late,
    start: Instant,
    poll: OwnedFd,
}

impl Supervisor {
    pub(super) fn new(options: RunOptions) -> Result<Self, String> {
        let signals = Signals::catch().map_err(cannot("catch signals"))?;
        process::adopt().map_err(cannot("adopt orphans"))?;
        let teller = Teller::start(options.log, WAITING).map_err(cannot("start a thread"))?;
        let checks = match options.probes.is_empty() {
            true => None,
            false => Some(Checks::start(options.probes).map_err(cannot("start a thread"))?),
        };
        let pings = match options.kicks.is_empty() {
            true => None,
            false => Some(
                Pings::start(options.kicks, options.kick_every, options.is_job)
                    .map_err(cannot("start a thread"))?,
            ),
        };
        let poll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(cannot("wait"))?;
        let (machine, _) = Machine::new(options.plan);
        let supervisor = Self {
            command: options.command,
            place: options.socket,
            stop: options.stop,
            is_job: options.is_job,
            machine,
            main: None,
            ended: None,
            socket: None,
            refused: Refused::default(),
            status: None,
            output: None,
            checks,
            pings,
            teller,
            above: Above::find(),
            terminal: Terminal::find(),
            signals,
            exit: None,
            late: Late::default(),
            start: Instant::now(),
            poll,
        };
        supervisor
            .listen(&supervisor.signals)
            .map_err(cannot("wait"))?;
        if let Some(checks) = &supervisor.checks {
            supervisor.listen(checks).map_err(cannot("wait"))?;
        }
        Ok(supervisor)
    }

    /// Wakes up when there is something to read. What is closed is listened to no more.
    pub(super) fn listen(&self, source: impl AsFd) -> Result<(), Errno> {
        let data = epoll::EventData::new_u64(0);
        epoll::add(&self.poll, source, data, epoll::EventFlags::IN)
    }

    /// The time as the machine has it.
    pub(super) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Watches the command until it has ended for good.
    pub(super) fn watch(mut self) -> ExitCode {
        self.perform(Effect::Start);
        loop {
            if let Some(code) = self.exit {
                return self.end(code);
            }
            let (is_late, result) = self.wait();
            let now = self.now();
            let signals = self.signals.take();
            let is_late = self.late.is_absence(is_late);
            // epoll_wait is interrupted by a handler, or by having been stopped or frozen: signal(7).
            let is_absent = signals.contains(&Signal::SIGCONT)
                || signals.is_empty() && result == Err(Errno::INTR)
                || is_late;
            for signal in signals {
                self.signalled(signal);
            }
            // After them: systemd sends SIGCONT along with SIGTERM.
            if is_absent {
                self.happen(Event::Absent);
            }
            let is_flooded = self.read_messages();
            self.collect_verdict();
            if let Some(above) = &mut self.above {
                above.speak(now);
            }
            self.judge(now, is_flooded);
        }
    }

    /// Has it judged what is due, unless a flood may still hide the message that it is about. `now` is the
    /// time of the wake-up: a stop since then shows at the next one, before anything is due.
    fn judge(&mut self, now: Duration, is_flooded: bool) {
        let Some(due) = self.machine.due().filter(|&due| now >= due) else {
            return;
        };
        if !(is_flooded && self.machine.misses_message(now) && now < due + FLOOD) {
            self.happen_at(now, Event::Due);
        }
    }

    /// Waits for what comes first: something to read, or what is due. Whether that was much too late.
    fn wait(&self) -> (bool, Result<usize, Errno>) {
        let start = self.now();
        let above = self.above.as_ref().and_then(Above::due);
        let due = [self.machine.due(), above].into_iter().flatten().min();
        let left = due.map(|due| due.saturating_sub(start).min(LONGEST));
        let left = left.map(|left| Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        });
        let mut event = [epoll::Event {
            flags: epoll::EventFlags::empty(),
            data: epoll::EventData::new_u64(0),
        }];
        let result = epoll::wait(&self.poll, &mut event[..], left.as_ref());
        let latest = due.map(|due| due.max(start) + TOO_LATE);
        (latest.is_some_and(|latest| self.now() > latest), result)
    }

    /// Has an event decided, and does what follows.
    pub(super) fn happen(&mut self, event: Event) {
        self.happen_at(self.now(), event);
    }

    fn happen_at(&mut self, now: Duration, event: Event) {
        for effect in self.machine.step(now, event) {
            self.perform(effect);
        }
    }
}

/// Wake-ups in a row that came too late.
#[derive(Debug, Default)]
struct Late(u32);

impl Late {
    /// Whether a wake-up shows that this process was stopped.
    fn is_absence(&mut self, is_late: bool) -> bool {
        self.0 = if is_late { self.0.saturating_add(1) } else { 0 };
        (1..=MOST_LATE).contains(&self.0)
    }
}

fn cannot<E: Display>(what: &str) -> impl FnOnce(E) -> String {
    move |error| format!("this process cannot {what}: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_again_and_again_is_no_absence() {
        let mut late = Late::default();
        let late = [true, true, true, true, true, false, true, true].map(|is| late.is_absence(is));
        assert_eq!(late, [true, true, true, false, false, false, true, true]);
    }
}

//! The one deadline: a timer of the kernel's, polled beside the socket.
//!
//! A timer needs no clock to be read: two system calls start it, and every wait ends when it fires,
//! however many waits there were. Reading the clock would first have to find and parse the vDSO,
//! which is more code and more instructions than all the rest of a check.

use core::mem::ManuallyDrop;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::OwnedFd;
use rustix::io::{Errno, Result};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_gettime, timerfd_settime,
};

/// How long to wait before a full backlog is tried again.
const PAUSE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 10_000_000,
};

/// A point in time that every wait of one check shares.
#[derive(Debug)]
pub(crate) struct Deadline {
    timer: ManuallyDrop<OwnedFd>,
    limit: u32,
}

impl Deadline {
    /// A deadline `limit` milliseconds from now. More than 0: a timer of 0 would never fire.
    #[inline(never)]
    pub(crate) fn after(limit: u32) -> Result<Self> {
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)?;
        let once = Itimerspec {
            it_interval: Timespec {
                tv_sec: 0,
                tv_nsec: 0,
            },
            it_value: Timespec {
                tv_sec: (limit / 1_000).into(),
                tv_nsec: (limit % 1_000 * 1_000_000).into(),
            },
        };
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &once)?;
        Ok(Self {
            timer: ManuallyDrop::new(timer),
            limit,
        })
    }

    /// The earlier of this deadline and one `limit` milliseconds from now.
    ///
    /// # Errors
    /// `TIMEDOUT` when nothing is left.
    pub(crate) fn within(&self, limit: u32) -> Result<Self> {
        match self.limit - self.elapsed() / 1_000 {
            0 => Err(Errno::TIMEDOUT),
            left => Self::after(limit.min(left)),
        }
    }

    /// Waits until `socket` is ready for what `flags` names, or broken.
    ///
    /// # Errors
    /// `TIMEDOUT` at the deadline, whatever else is ready.
    pub(crate) fn wait(&self, socket: &OwnedFd, flags: PollFlags) -> Result<()> {
        self.poll(socket, flags, None)
    }

    /// Waits a moment.
    ///
    /// # Errors
    /// `TIMEDOUT` at the deadline.
    pub(crate) fn pause(&self) -> Result<()> {
        self.poll(&self.timer, PollFlags::empty(), Some(&PAUSE))
    }

    #[inline(never)]
    fn poll(&self, file: &OwnedFd, flags: PollFlags, timeout: Option<&Timespec>) -> Result<()> {
        let mut ready = [
            PollFd::new(&*self.timer, PollFlags::IN),
            PollFd::new(file, flags),
        ];
        while let Err(error) = poll(&mut ready, timeout) {
            // A signal, such as the one that lets a stopped process go on.
            if error != Errno::INTR {
                return Err(error);
            }
        }
        let [timer, _] = &ready;
        if timer.revents().is_empty() {
            Ok(())
        } else {
            Err(Errno::TIMEDOUT)
        }
    }

    /// Microseconds since the start, at most the limit.
    pub(crate) fn elapsed(&self) -> u32 {
        let left = timerfd_gettime(&*self.timer).map_or(0, |timer| {
            timer.it_value.tv_sec as u32 * 1_000_000 + timer.it_value.tv_nsec as u32 / 1_000
        });
        (self.limit * 1_000).saturating_sub(left)
    }
}

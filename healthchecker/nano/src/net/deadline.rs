//! The one deadline: a timer of the kernel's, polled beside the socket.
//!
//! A timer needs no clock to be read: two system calls start it, and every wait ends when it fires,
//! however many waits there were. Reading the clock would first have to find and parse the vDSO,
//! which is more code and more instructions than all the rest of a check.
//!
//! A wait is never cut short by a signal: no handler is installed, and without one poll(2) is begun
//! again, also after the process was stopped (signal(7)).

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::BorrowedFd;
use rustix::io::{Errno, Result};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_gettime, timerfd_settime,
};

use super::file::{File, keep};

/// A point in time that every wait of one check shares.
#[derive(Debug)]
pub(crate) struct Deadline {
    timer: File,
    /// Microseconds from the start.
    limit: u32,
}

impl Deadline {
    /// A deadline `limit` microseconds from now. More than 0: a timer of 0 would never fire.
    pub(crate) fn after(limit: u32) -> Result<Self> {
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)?;
        let timer = keep(timer)?;
        set(&timer, limit)?;
        Ok(Self { timer, limit })
    }

    /// Brings the deadline forward to `limit` microseconds from now, if it is later than that.
    pub(crate) fn shorten(&mut self, limit: u32) {
        let sooner = self.elapsed() + limit;
        if sooner < self.limit && set(&self.timer, limit).is_ok() {
            self.limit = sooner;
        }
    }

    /// Waits until `socket` is ready for what `flags` names, or broken.
    ///
    /// # Errors
    /// `TIMEDOUT` at the deadline, whatever else is ready.
    pub(crate) fn wait(&self, socket: BorrowedFd<'_>, flags: PollFlags) -> Result<()> {
        let socket = PollFd::from_borrowed_fd(socket, flags);
        self.poll(
            &mut [PollFd::new(&*self.timer, PollFlags::IN), socket],
            None,
        )
    }

    /// Waits until a pause ends.
    ///
    /// # Errors
    /// `TIMEDOUT` at the deadline.
    pub(super) fn pause(&self, pause: &Timespec) -> Result<()> {
        self.poll(&mut [PollFd::new(&*self.timer, PollFlags::IN)], Some(pause))
    }

    /// Waits for the timer, which comes first, and for others.
    fn poll(&self, files: &mut [PollFd<'_>], patience: Option<&Timespec>) -> Result<()> {
        poll_for(files, patience)?;
        match files {
            [timer, ..] if !timer.revents().is_empty() => Err(Errno::TIMEDOUT),
            _ => Ok(()),
        }
    }

    /// Microseconds since the start, at most the limit.
    pub(crate) fn elapsed(&self) -> u32 {
        let left = timerfd_gettime(&*self.timer).map_or(0, |timer| {
            timer.it_value.tv_sec as u32 * 1_000_000 + timer.it_value.tv_nsec as u32 / 1_000
        });
        self.limit.saturating_sub(left)
    }
}

/// Waits until one of some files is ready, or until a patience ends: how many are.
pub(crate) fn poll_for(files: &mut [PollFd<'_>], patience: Option<&Timespec>) -> Result<usize> {
    poll(files, patience)
}

/// Lets a timer fire once, in `limit` microseconds.
fn set(timer: &File, limit: u32) -> Result<()> {
    let once = Itimerspec {
        it_interval: Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        },
        it_value: Timespec {
            tv_sec: (limit / 1_000_000).into(),
            tv_nsec: (limit % 1_000_000 * 1_000).into(),
        },
    };
    timerfd_settime(&**timer, TimerfdTimerFlags::empty(), &once).map(drop)
}

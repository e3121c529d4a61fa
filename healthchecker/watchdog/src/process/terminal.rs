//! The terminal, which belongs to one process group at a time: to the command's.

use std::io;
use std::os::fd::AsFd;

use nix::sys::signal::{SigSet, SigmaskHow, Signal, killpg, raise};
use nix::unistd::{Pid, getpgrp, tcgetpgrp, tcsetpgrp};

/// The terminal that this process has in the foreground, if it has one.
#[derive(Debug)]
pub(crate) struct Terminal(());

impl Terminal {
    pub(crate) fn find() -> Option<Self> {
        let foreground = tcgetpgrp(io::stdin().as_fd()).ok()?;
        (foreground == getpgrp()).then_some(Self(()))
    }

    /// Gives it to the command's process group, and wakes those of it that have asked too early.
    pub(crate) fn give_to(&self, group: Pid) {
        self.set(group);
        let _ = killpg(group, Signal::SIGCONT);
    }

    /// Stops this process, too, since the command has been stopped from the terminal, so that a shell
    /// has its prompt. Returns when this process is told to go on.
    pub(crate) fn stop_with(&self, group: Pid) {
        self.set(getpgrp());
        let _ = raise(Signal::SIGSTOP);
        // A shell may have it go on in the background.
        if Self::find().is_some() {
            self.give_to(group);
        } else {
            let _ = killpg(group, Signal::SIGCONT);
        }
    }

    /// Who is in the background may do this only while SIGTTOU is masked: tcsetpgrp(3).
    fn set(&self, group: Pid) {
        let mut mask = SigSet::empty();
        mask.add(Signal::SIGTTOU);
        let Ok(before) = mask.thread_swap_mask(SigmaskHow::SIG_BLOCK) else {
            return;
        };
        let _ = tcsetpgrp(io::stdin().as_fd(), group);
        let _ = before.thread_set_mask();
    }
}

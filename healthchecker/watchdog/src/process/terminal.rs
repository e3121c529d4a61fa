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
        (foreground() == Some(getpgrp())).then_some(Self(()))
    }

    /// Gives it to the command's process group, if it is this process's own to give, and wakes those
    /// of the group that have asked too early.
    pub(crate) fn give_to(&self, group: Pid) {
        if foreground() == Some(getpgrp()) {
            set_foreground(group);
            let _ = killpg(group, Signal::SIGCONT);
        }
    }

    /// Takes it back from a command that has ended, for whoever comes next: another start, a Ctrl-C
    /// before that, or the shell that started this process. A shell that has taken it itself keeps it.
    pub(crate) fn take_from(&self, group: Pid) {
        if foreground() == Some(group) {
            set_foreground(getpgrp());
        }
    }

    /// Stops this process, too, since the command has been stopped from the terminal, so that a shell
    /// has its prompt. Returns when this process is told to go on.
    pub(crate) fn stop_with(&self, group: Pid) {
        self.take_from(group);
        let _ = raise(Signal::SIGSTOP);
        // A shell may have it go on in the background.
        self.give_to(group);
        let _ = killpg(group, Signal::SIGCONT);
    }
}

fn foreground() -> Option<Pid> {
    tcgetpgrp(io::stdin().as_fd()).ok()
}

/// Who is in the background may do this only while SIGTTOU is masked: tcsetpgrp(3).
fn set_foreground(group: Pid) {
    let mut mask = SigSet::empty();
    mask.add(Signal::SIGTTOU);
    let Ok(before) = mask.thread_swap_mask(SigmaskHow::SIG_BLOCK) else {
        return;
    };
    let _ = tcsetpgrp(io::stdin().as_fd(), group);
    let _ = before.thread_set_mask();
}

//! Threads that no signal comes to.
//!
//! Touches no other part of the watchdog.

use std::io;
use std::thread::Builder;

use nix::sys::signal::{SigSet, SigmaskHow};

/// Starts a thread with all signals blocked: each comes to the thread that waits for signals. Else the
/// kernel could wake that one for a signal which another takes, and it would believe that this process
/// had been stopped meanwhile.
pub(crate) fn start(thread: Builder, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    // A thread has the mask of who starts it: pthread_sigmask(3).
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let started = thread.spawn(run);
    before.thread_set_mask()?;
    started.map(drop)
}

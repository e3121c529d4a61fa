//! The signals that this process gets: by handlers, which exec takes away again, and never by a mask,
//! which the command would inherit.

use std::fs;
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use nix::sys::signal::{SigSet, Signal};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;

use super::descendants::is_init;

/// All but those that cannot be caught, those by which the kernel tells a process of what it has done
/// itself, and SIGTTIN and SIGTTOU, which stop who has no terminal.
const CAUGHT: [Signal; 19] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGABRT,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGALRM,
    Signal::SIGTERM,
    Signal::SIGSTKFLT,
    Signal::SIGCHLD,
    Signal::SIGCONT,
    Signal::SIGTSTP,
    Signal::SIGURG,
    Signal::SIGXCPU,
    Signal::SIGVTALRM,
    Signal::SIGPROF,
    Signal::SIGWINCH,
    Signal::SIGIO,
    Signal::SIGPWR,
];

/// Signals that have come. Handlers stay until the process ends: to take them away one by one would cost
/// a tenth of a short run.
#[derive(Debug)]
pub(crate) struct Signals(ManuallyDrop<SignalDelivery<UnixStream, SignalOnly>>);

impl Signals {
    /// From now on signals are caught. Those that a shell had this process ignore (`nohup`, `&` in a
    /// script) stay ignored, by the command too. Above PID 1 there is no shell that could mean it.
    pub(crate) fn catch() -> io::Result<Self> {
        // One that is masked would never come.
        SigSet::empty().thread_set_mask()?;
        let ignored = if is_init() { 0 } else { ignored() };
        let caught = CAUGHT.into_iter().filter(|&signal| {
            let is_ignored = ignored >> (signal as u32 - 1) & 1 == 1;
            !(is_ignored && matches!(signal, Signal::SIGHUP | Signal::SIGINT | Signal::SIGQUIT))
        });
        let (read, write) = UnixStream::pair()?;
        let numbers = caught.map(|signal| signal as i32);
        let delivery = SignalDelivery::with_pipe(read, write, SignalOnly, numbers)?;
        Ok(Self(ManuallyDrop::new(delivery)))
    }

    /// What has come since the last time.
    pub(crate) fn take(&mut self) -> Vec<Signal> {
        let numbers = self.0.pending();
        numbers
            .filter_map(|number| Signal::try_from(number).ok())
            .collect()
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.get_read().as_fd()
    }
}

/// The signals that this process was told to ignore, a bit each: proc_pid_status(5).
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok())
        .unwrap_or(0)
}

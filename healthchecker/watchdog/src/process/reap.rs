//! What has ended, taken off the kernel's hands.

use nix::sys::signal::Signal;
use nix::unistd::Pid;
use rustix::io::Errno;
use rustix::process::{WaitOptions, WaitStatus, wait};

/// What was found out about the children of this process.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Reaped {
    /// The exit code of the command's own process, if it has ended, and that in words.
    pub(crate) main: Option<(u8, String)>,
    /// Whether the command's own process has been stopped, as by Ctrl-Z.
    pub(crate) is_stopped: bool,
    /// Whether no child is left.
    pub(crate) is_childless: bool,
}

/// Reaps every child that has ended.
pub(crate) fn reap(main: Option<Pid>) -> Reaped {
    let mut reaped = Reaped::default();
    loop {
        match wait(WaitOptions::NOHANG | WaitOptions::UNTRACED) {
            Ok(Some((pid, status))) if main == Some(Pid::from_raw(pid.as_raw_pid())) => {
                if status.stopped() {
                    reaped.is_stopped = true;
                } else {
                    reaped.main = Some(end(status));
                }
            }
            Ok(Some(_)) | Err(Errno::INTR) => {}
            Ok(None) => return reaped,
            // ECHILD: there is none.
            Err(_) => {
                reaped.is_childless = true;
                return reaped;
            }
        }
    }
}

fn end(status: WaitStatus) -> (u8, String) {
    if let Some(signal) = status.terminating_signal() {
        let name = Signal::try_from(signal).map_or_else(
            // Real-time signals end processes, too.
            |_| format!("signal {signal}"),
            |signal| signal.to_string(),
        );
        return ((128 + signal) as u8, format!("ended by {name}"));
    }
    let code = status.exit_status().unwrap_or_default();
    (code as u8, format!("exit code {code}"))
}

//! `watchdog run`: one command, started, watched and restarted.
//!
//! Touches `checks`, `engine`, `notify`, `options`, `output`, `pings`, `process`, `tell` and
//! `threads`.

mod effects;
mod events;
mod refused;
mod supervisor;
mod upward;

use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::options::RunOptions;
use crate::process;
use crate::threads;
use supervisor::Supervisor;

/// How long the last line is waited for.
const PATIENCE: Duration = Duration::from_millis(200);

/// Runs the command until it has ended for good.
pub(crate) fn run(options: RunOptions) -> ExitCode {
    panic::set_hook(Box::new(give_up));
    match Supervisor::new(options) {
        Ok(supervisor) => supervisor.watch(),
        Err(problem) => {
            let _ = writeln!(io::stderr(), "watchdog: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Ends the process for a panic as for a command that restarting does not help: nothing of the command
/// is left, for whoever starts the next watchdog. The line has a thread of its own, since stderr may be
/// full.
fn give_up(panic: &PanicHookInfo<'_>) {
    let line = format!("watchdog: internal error: {panic}").replace('\n', " ");
    let (done, is_done) = mpsc::channel();
    let told = threads::start(thread::Builder::new(), move || {
        let _ = writeln!(io::stderr(), "{line}");
        let _ = done.send(());
    });
    // At once where there is no thread.
    let _ = told.map(|()| is_done.recv_timeout(PATIENCE));
    process::kill_all(None);
    #[expect(clippy::disallowed_methods, reason = "nothing is left to be dropped")]
    std::process::exit(70);
}

#[cfg(test)]
mod tests;

//! `watchdog run`: one command, started, watched and restarted.
//!
//! Touches `checks`, `engine`, `notify`, `options`, `output`, `pings`, `process` and `tell`.

mod effects;
mod events;
mod supervisor;
mod upward;

use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;

use crate::options::RunOptions;
use supervisor::Supervisor;

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

/// Ends the process for a panic as for a command that restarting does not help.
fn give_up(panic: &PanicHookInfo<'_>) {
    let _ = writeln!(io::stderr(), "watchdog: internal error: {panic}");
    #[expect(clippy::disallowed_methods, reason = "nothing is left to be dropped")]
    std::process::exit(70);
}

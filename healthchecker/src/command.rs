//! The command line as a function, for a service that offers it as a subcommand of its own.

use std::env;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;
use std::time::Duration;

use crate::message;
use crate::options::{self, CommandLine};
use crate::output;
use crate::verdict::Verdict;

/// What `--help` prints.
pub const HELP: &str = include_str!("help.txt");

const VERSION: &str = concat!("healthchecker ", env!("CARGO_PKG_VERSION"), "\n");

/// Follows a command line: its words without the program's name.
///
/// Reads `HEALTHCHECKER_ARGS` from the environment, makes the check and prints at most one line.
/// Success is for a healthy target (and for `--help` and `--version`), failure for everything else,
/// misuse included.
///
/// # Panics
/// Never. While it runs, a panic anywhere in the process ends the process with exit code 1 and a line
/// on stderr: Docker knows 0 and 1 only, and a panic would be 101, or 134 where it aborts. The panic
/// hook that was there before is there again afterwards.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// fn main() -> ExitCode {
///     let mut words = std::env::args_os().skip(1);
///     if words.next().is_some_and(|word| word == "healthcheck") {
///         return healthchecker::command::run(words);
///     }
///     // … the service itself
///     ExitCode::SUCCESS
/// }
/// ```
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let before = panic::take_hook();
    panic::set_hook(Box::new(exit_1));
    let code = follow(words.into_iter().collect());
    panic::set_hook(before);
    code
}

fn follow(words: Vec<OsString>) -> ExitCode {
    for (flag, text) in [("--help", HELP), ("--version", VERSION)] {
        if options::is_sole(&words, flag) {
            return if output::print(text) {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            };
        }
    }
    let variable = env::var_os("HEALTHCHECKER_ARGS");
    match CommandLine::read(&words, variable.as_deref()) {
        Ok(command_line) => command_line.follow(),
        Err(misuse) => {
            let line = format!("healthchecker: {misuse}");
            output::complain(&message::finish(line));
            ExitCode::FAILURE
        }
    }
}

/// Ends the process for a panic.
fn exit_1(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic");
    let line = format!(
        "healthchecker: internal error: {} at {place}",
        message::escaped(text.as_bytes(), 500)
    );
    output::complain(&message::finish(line));
    #[expect(clippy::disallowed_methods, reason = "nothing is left to be dropped")]
    std::process::exit(1);
}

impl CommandLine {
    fn follow(self) -> ExitCode {
        let verdict = match self.wait {
            None => self.probe.check(),
            Some(limit) => self.wait(limit),
        };
        if !verdict.is_healthy() {
            output::complain(&message::finish(verdict.to_string()));
            return ExitCode::FAILURE;
        }
        if self.verbose {
            // A healthy target stays healthy when nobody can be told.
            output::print(&message::finish(verdict.to_string()));
        }
        ExitCode::SUCCESS
    }

    fn wait(&self, limit: Duration) -> Verdict {
        // Until somebody does not read it, who would hold up each check.
        let mut is_shown = std::io::stderr().is_terminal();
        let verdict = self.probe.wait(limit, self.interval, |checks, verdict| {
            if is_shown {
                let mut line = format!("\r\x1b[Kcheck {checks}: {verdict}");
                // One row of a terminal, so that the next line can replace it.
                while line.len() > 79 {
                    line.pop();
                }
                is_shown = output::complain(&line);
            }
        });
        if is_shown {
            output::complain("\r\x1b[K");
        }
        verdict
    }
}

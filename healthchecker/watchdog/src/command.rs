//! The command line as a function.
//!
//! Touches `options`, `run` and `words`.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

#[cfg(feature = "run")]
use crate::options::RunOptions;
#[cfg(feature = "run")]
use crate::run;
use crate::words;

/// What `--help` prints.
pub const HELP: &str = include_str!("help.txt");

const VERSION: &str = concat!("watchdog ", env!("CARGO_PKG_VERSION"), "\n");

/// Follows a command line: its words without the program's name.
///
/// Returns when the watched command has ended for good. The exit codes are in [`HELP`].
pub fn follow(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut words = words.into_iter();
    let Some(first) = words.next() else {
        return refuse(
            "there is no subcommand; it takes run, as in: watchdog run --notify -- /app",
        );
    };
    let rest: Vec<OsString> = words.collect();
    let sole = if first == "run" && rest.len() == 1 {
        &rest[0]
    } else {
        &first
    };
    let is_alone = rest.is_empty() || first == "run" && rest.len() == 1;
    for (flag, text) in [("--help", HELP), ("-h", HELP), ("--version", VERSION)] {
        if is_alone && sole == flag {
            return match io::stdout().write_all(text.as_bytes()) {
                Ok(()) => ExitCode::SUCCESS,
                Err(_) => ExitCode::FAILURE,
            };
        }
    }
    if first != "run" {
        let first = words::one_line(&first.to_string_lossy());
        return refuse(&format!(
            "\"{first}\": unknown subcommand; it takes run, and --help says more"
        ));
    }
    #[cfg(feature = "run")]
    match RunOptions::read(rest) {
        Ok(options) => run::run(options),
        Err(misuse) => refuse(&misuse.to_string()),
    }
    #[cfg(not(feature = "run"))]
    refuse("run: not in this build; it needs the cargo feature run")
}

fn refuse(problem: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "watchdog: {problem}");
    ExitCode::FAILURE
}

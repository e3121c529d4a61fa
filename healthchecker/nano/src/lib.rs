//! The probe of `healthchecker` in a few kilobytes: no standard library, no heap, no allocation.
//!
//! The same command line, verdicts and exit codes for `http`, `tcp` and unix sockets; what it lacks
//! it refuses by name. What is healthy is decided by [`healthchecker_core`], as in `healthchecker`;
//! here are the command line, the sockets and the words of the message, in fixed buffers.
//!
//! [`run`] is the whole program but its first and last instructions. It takes words and variables as
//! they come, leaves its one line in a buffer, and opens nothing but its sockets and a timer.
//!
//! Which of the two to take, and what each part costs, is in the package's README.

#![cfg_attr(not(test), no_std)]
#![deny(unsafe_code)]

mod cause;
mod line;
mod net;
mod options;
pub mod output;
mod probe;
mod target;

use healthchecker_core::words::Words;

pub use crate::line::Line;
use crate::options::{CommandLine, Problem, Source, Stop};

/// The environment variable that holds more words.
pub const VARIABLE: &[u8] = b"HEALTHCHECKER_ARGS";

const HELP: &str = include_str!("help.txt");
const VERSION: &str = concat!("healthchecker-nano ", env!("CARGO_PKG_VERSION"), "\n");

/// What a run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The target is healthy. A line, if there is one, is for stdout.
    Healthy,
    /// The target is unhealthy, or the command line cannot be followed. The line is for stderr.
    Unhealthy,
    /// Help or version, for stdout: what was asked for is to be printed.
    Told,
}

impl Ending {
    /// The exit code, 0 or 1, where the line was printed or not.
    pub fn code(self, is_printed: bool) -> i32 {
        // A verdict stands when nobody can be told; an answer does not.
        i32::from(match self {
            Self::Healthy => false,
            Self::Unhealthy => true,
            Self::Told => !is_printed,
        })
    }
}

/// Follows a command line.
///
/// `words` gives its words, one after another, without the program's name; `arguments` is the value
/// of `HEALTHCHECKER_ARGS`, which is taken apart in place; `variable` gives the value of another
/// environment variable, the one that `--port-env` names. The line that is to be printed, if any, is
/// left in `line`, which is to be empty. Takes at most the timeout of the check, and a quarter of a
/// second for the body of an unhealthy answer within it.
pub fn run<'a>(
    words: &mut dyn FnMut() -> Option<&'a [u8]>,
    arguments: &'a mut [u8],
    variable: &dyn Fn(&[u8]) -> Option<&'a [u8]>,
    line: &mut Line,
) -> Ending {
    let mut command_line = CommandLine::new();
    let mut request = Line::new();
    let read = read(&mut command_line, words, arguments, variable, &mut request);
    let ending = match read {
        Ok(()) if command_line.probe.make(request.as_bytes(), line) => Ending::Healthy,
        Ok(()) => Ending::Unhealthy,
        Err(Stop::Refused(problem)) => {
            command_line.refuse(problem, line);
            Ending::Unhealthy
        }
        Err(Stop::Help) => {
            line.say(HELP);
            return Ending::Told;
        }
        Err(Stop::Version) => {
            line.say(VERSION);
            return Ending::Told;
        }
    };
    if !line.is_empty() {
        line.say("\n");
    }
    ending
}

/// Reads the command line, then the variable's words, and writes the request.
fn read<'a>(
    command_line: &mut CommandLine<'a>,
    words: &mut dyn FnMut() -> Option<&'a [u8]>,
    arguments: &'a mut [u8],
    variable: &dyn Fn(&[u8]) -> Option<&'a [u8]>,
    request: &mut Line,
) -> Result<(), Stop> {
    command_line.take(words, variable)?;
    command_line.source = Source::Variable;
    let mut arguments = Words::new(arguments);
    let taken = command_line.take(&mut || arguments.next(), variable);
    if arguments.is_open() {
        return Err(Problem::OpenQuote.into());
    }
    taken?;
    command_line.source = Source::CommandLine;
    command_line.settle()?;
    if !command_line.probe.request(request) {
        return Err(Problem::TooMuch.into());
    }
    Ok(())
}

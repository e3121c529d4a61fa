//! The probe of `healthchecker` in a few kilobytes: no standard library, no heap, no allocation.
//!
//! The same command line, verdicts and exit codes for `http`, `tcp` and unix sockets; what it lacks
//! it refuses by name. What is healthy is decided by [`healthchecker_core`], as in `healthchecker`;
//! here are the command line, the sockets and the words of the message, in fixed buffers.
//!
//! [`run`] is the whole program but its first and last instructions. It takes words and variables as
//! they come, leaves its one line in a buffer, and opens nothing but its sockets and a timer.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

mod answer;
mod cause;
mod check;
mod chunks;
mod command;
mod connection;
mod deadline;
mod line;
mod options;
pub mod output;
mod refusal;
mod request;

use arrayvec::ArrayVec;
use healthchecker_core::words::Words;

use crate::command::Variable;
pub use crate::line::Line;
use crate::options::{HELP, Options, VERSION};
use crate::refusal::{Refused, refuse};

/// What a run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The target is healthy. A line, if there is one, is for stdout.
    Healthy,
    /// The target is unhealthy, or the command line cannot be followed. The line is for stderr.
    Unhealthy,
    /// Help or version, for stdout: what was asked for is to be printed.
    Told,
}

impl Outcome {
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

/// Follows a command line: its words without the program's name.
///
/// `variable` gives the value of an environment variable: of `HEALTHCHECKER_ARGS`, and of the one
/// that `--port-env` names. The line that is to be printed, if any, is left in `line`, which is to be
/// empty. Takes at most the timeout of the check, and a quarter of a second for the body of an
/// unhealthy answer within it.
pub fn run<'a, 'v>(
    mut words: impl Iterator<Item = &'a [u8]> + Clone,
    variable: &dyn Fn(&[u8]) -> Option<&'v [u8]>,
    line: &mut Line,
) -> Outcome {
    let mut others = words.clone();
    if let (Some(word), None) = (others.next(), others.next()) {
        match options::known(word) {
            Some(HELP) => {
                line.text(include_bytes!("help.txt"));
                return Outcome::Told;
            }
            Some(VERSION) => {
                line.text(
                    concat!("healthchecker-nano ", env!("CARGO_PKG_VERSION"), "\n").as_bytes(),
                );
                return Outcome::Told;
            }
            _ => {}
        }
    }
    let is_healthy = follow(&mut words, variable, line).unwrap_or(false);
    if !line.is_empty() {
        line.end();
    }
    if is_healthy {
        Outcome::Healthy
    } else {
        Outcome::Unhealthy
    }
}

fn follow<'a>(
    words: &mut dyn Iterator<Item = &'a [u8]>,
    variable: Variable<'_, '_>,
    line: &mut Line,
) -> Result<bool, Refused> {
    const PROGRAM: &[u8] = b"healthchecker-nano: ";
    const VARIABLE: &[u8] = b"HEALTHCHECKER_ARGS";
    let mut text = ArrayVec::<u8, 4096>::new();
    let mut options = Options::default();
    line.text(PROGRAM);
    if let Some(value) = variable(VARIABLE) {
        line.texts(&[VARIABLE, b": "]);
        if text.try_extend_from_slice(value).is_err() {
            return refuse(line, &[b"healthchecker-nano takes at most 4096 bytes"]);
        }
        let mut is_open = false;
        let mut words = Words::new(&mut text).map_while(|word| {
            is_open |= word.is_err();
            word.ok()
        });
        let taken = options.take(&mut words, line);
        if is_open {
            line.clear();
            return refuse(line, &[PROGRAM, VARIABLE, b": a quote is not closed"]);
        }
        taken?;
        line.clear();
        line.text(PROGRAM);
    }
    options.take(&mut words.map(|word| word), line)?;
    let mut request = Line::new();
    let check = command::read(&options, variable, &mut request, line)?;
    line.clear();
    Ok(check.make(request.as_bytes(), line))
}

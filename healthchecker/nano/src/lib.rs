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
#![forbid(unsafe_code)]

mod answer;
mod cause;
mod check;
mod command;
mod connection;
mod deadline;
mod line;
mod options;
pub mod output;
mod refusal;
mod request;
mod target;

use core::iter;

use arrayvec::ArrayVec;
use healthchecker_core::words::Words;

use crate::check::Check;
use crate::command::Variable;
pub use crate::line::Line;
use crate::options::{HELP, Options, VERSION};
use crate::refusal::Problem;

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
pub fn run<'a>(
    words: &mut (impl Iterator<Item = &'a [u8]> + Clone),
    variable: &dyn Fn(&[u8]) -> Option<&'a [u8]>,
    line: &mut Line,
) -> Outcome {
    let mut others = words.clone();
    if let (Some(word @ [.., b'h' | b'n' | b'p']), None) = (others.next(), others.next()) {
        let answer: &[u8] = match options::known(word) {
            Some(HELP) => include_bytes!("help.txt"),
            Some(VERSION) => {
                concat!("healthchecker-nano ", env!("CARGO_PKG_VERSION"), "\n").as_bytes()
            }
            _ => b"",
        };
        if !answer.is_empty() {
            line.text(answer);
            return Outcome::Told;
        }
    }
    let is_healthy = match variable(b"HEALTHCHECKER_ARGS") {
        None => follow(&mut [], words, variable, line),
        Some(value) => follow_both(value, words, variable, line),
    };
    if !line.is_empty() {
        line.end();
    }
    if is_healthy {
        Outcome::Healthy
    } else {
        Outcome::Unhealthy
    }
}

/// Follows the words in a variable's value, and those of the command line. Whether the target is
/// healthy.
#[inline(never)]
fn follow_both<'a>(
    value: &[u8],
    words: &mut dyn Iterator<Item = &'a [u8]>,
    variable: Variable<'_, 'a>,
    line: &mut Line,
) -> bool {
    let mut text = ArrayVec::<u8, 4096>::new();
    if text.try_extend_from_slice(value).is_err() {
        line.text(b"healthchecker-nano: HEALTHCHECKER_ARGS: at most 4096 bytes are taken");
        return false;
    }
    follow(&mut text, words, variable, line)
}

#[inline(never)]
fn follow<'a>(
    text: &mut [u8],
    words: &mut dyn Iterator<Item = &'a [u8]>,
    variable: Variable<'_, 'a>,
    line: &mut Line,
) -> bool {
    let mut options = Options::default();
    let mut check = Check::default();
    let mut source = &b"healthchecker-nano: "[..];
    let result = options
        .take(&mut iter::from_fn(|| words.next().map(Ok)))
        .and_then(|()| {
            source = b"healthchecker-nano: HEALTHCHECKER_ARGS: ";
            options.take(&mut Words::new(text))?;
            source = b"healthchecker-nano: ";
            command::read(&mut check, &mut options, variable)?;
            request::write(line, &check, &options);
            if line.overflowed() || options.headers.overflowed() {
                return Err(Problem::TooMuch);
            }
            Ok(())
        });
    match result {
        Ok(()) => check.make(line),
        Err(problem) => {
            line.clear();
            line.text(source);
            problem.say(line, &options);
            false
        }
    }
}

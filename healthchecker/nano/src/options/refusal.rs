//! How a command line that cannot be followed is refused: in one line that names the word at fault.

use super::command_line::{CommandLine, Source};
use super::problem::Problem;
use crate::line::Line;

/// Bytes shown of a word, escaped.
const MAX_WORD: usize = 200;

impl CommandLine<'_> {
    /// Says what the problem is.
    pub(crate) fn refuse(&self, problem: Problem, line: &mut Line) {
        line.say("healthchecker-nano: ");
        if self.source == Source::Variable {
            line.say("HEALTHCHECKER_ARGS: ");
        }
        for &byte in problem.text().as_bytes() {
            match byte {
                b'#' => line.say(self.name.text()),
                b'%' => line.escaped(self.word, MAX_WORD),
                _ => line.byte(byte),
            };
        }
        if problem == Problem::BadValue {
            line.say(self.name.accepted());
        }
    }
}

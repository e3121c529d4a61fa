//! How a command line that cannot be followed is refused: in one line that names the word at fault.

use crate::command_line::CommandLine;
use crate::line::Line;
use crate::names::{NAMES, nth};
use crate::text::{self, Text};

/// The form that each option's value takes, by the option's number.
const ACCEPTED: [Text; 12] = [
    text::URLS,
    text::PORTS,
    text::TIMEOUTS,
    text::PORTS,
    text::PORTS,
    text::PORTS,
    text::PORTS,
    text::HOSTS,
    text::PATHS,
    text::METHODS,
    text::HEADERS,
    text::STATUSES,
];

/// Bytes shown of a word, escaped.
const MAX_WORD: usize = 200;

impl CommandLine<'_> {
    /// Says what the problem is.
    pub(crate) fn refuse(&self, problem: Text, line: &mut Line) {
        line.say(self.source);
        let mut said = Line::new();
        said.say(problem);
        for &byte in said.as_bytes() {
            match byte {
                b'#' => line.text(nth(NAMES, self.name)),
                b'%' => line.escaped(self.word, MAX_WORD),
                _ => line.byte(byte),
            };
        }
        if problem == text::BAD_VALUE
            && let Some(accepted) = ACCEPTED.get(self.name)
        {
            line.say(*accepted);
        }
    }
}

//! How a command line that cannot be followed is refused: in one line that names the word at fault.

use crate::line::Line;
use crate::options::{Name, name_of};

/// Bytes shown of a word, escaped.
pub(crate) const MAX_SHOWN: usize = 200;

/// The line says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused;

/// Ends the line with some texts.
pub(crate) fn refuse<T>(line: &mut Line, texts: &[&[u8]]) -> Result<T, Refused> {
    line.texts(texts);
    Err(Refused)
}

/// Refuses an option's value.
pub(crate) fn refuse_value<T>(
    line: &mut Line,
    name: Name,
    value: &[u8],
    accepted: &str,
) -> Result<T, Refused> {
    line.option(name);
    line.text(b": bad value ");
    line.quoted(value);
    refuse(line, &[b"; accepted: ", accepted.as_bytes()])
}

impl Line {
    /// Appends an option as the command line has it.
    pub(crate) fn option(&mut self, name: Name) {
        self.texts(&[b"--", name_of(name)]);
    }

    /// Appends a word in quotation marks, escaped.
    pub(crate) fn quoted(&mut self, word: &[u8]) {
        self.text(b"\"");
        self.escaped(word, MAX_SHOWN);
        self.text(b"\"");
    }
}

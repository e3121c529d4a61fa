//! The command line's words: which option each gives, with which value, and what goes together.

use healthchecker_core::cursor::Cursor;

use crate::check::Check;
use crate::names::{
    HEADER, HELP, HOST, LACKED, METHOD, NAMES, Name, PATH, PORT, PORT_ENV, STATUS, URL, VERBOSE,
    VERSION, known, nth,
};
use crate::text::{self, Text};

/// Gives the value of an environment variable.
pub(crate) type Variable<'f, 'v> = &'f dyn Fn(&[u8]) -> Option<&'v [u8]>;

/// Names as bits.
const fn bits<const N: usize>(names: [Name; N]) -> u16 {
    let mut bits = 0;
    let mut at = 0;
    while at < N {
        bits |= 1 << names[at];
        at += 1;
    }
    bits
}

/// What has no place beside an option, by its number: but for headers, the option itself as well.
const EXCLUDED: [u16; 16] = {
    let mut excluded = [0; 16];
    let mut name = URL;
    while name <= STATUS {
        excluded[name] = bits([name]);
        name += 1;
    }
    excluded[URL] |= bits([PORT, PORT_ENV, HOST, PATH]);
    excluded[PORT] |= bits([URL, PORT_ENV]);
    excluded[PORT_ENV] |= bits([URL, PORT]);
    excluded[HOST] |= bits([URL]);
    excluded[PATH] |= bits([URL]);
    excluded[HEADER] = 0;
    excluded
};

/// The command line as far as it was read.
#[derive(Debug)]
// In this order, which puts what is used most within a short reach.
#[repr(C)]
pub(crate) struct CommandLine<'a> {
    /// What a refusal begins with: the source that is being read.
    pub(crate) source: Text,
    /// The option looked at last, and its word or value: what a problem is about.
    pub(crate) name: Name,
    pub(crate) word: &'a [u8],
    /// A bit for each name that was given, and that sources taken before have given.
    given: u16,
    given_before: u16,
    pub(crate) check: Check<'a>,
}

impl<'a> CommandLine<'a> {
    pub(crate) fn new() -> Self {
        Self {
            source: text::COMMAND_LINE,
            name: URL,
            word: b"",
            given: 0,
            given_before: 0,
            check: Check::default(),
        }
    }

    /// Takes the words of a source. Those taken before replace them.
    ///
    /// # Errors
    /// Why they cannot be followed; help or version, where that is what they ask for.
    #[inline(never)]
    pub(crate) fn take(
        &mut self,
        words: &mut dyn FnMut() -> Option<&'a [u8]>,
        variable: Variable<'_, 'a>,
    ) -> Result<(), Text> {
        self.given_before = self.given;
        while let Some(word) = words() {
            self.word = word;
            self.name = URL;
            if word.first().ok_or(text::EMPTY_WORD)? == &b'-' {
                let mut cursor = Cursor::new(word);
                self.name = known(cursor.until(b'=')).ok_or(text::UNKNOWN)?;
                if self.name >= LACKED {
                    return Err(text::LACKED);
                }
                if (HELP..=VERBOSE).contains(&self.name) {
                    if !cursor.is_at_end() {
                        return Err(text::NO_VALUE);
                    }
                    if self.name != VERBOSE {
                        let is_alone = self.given == 0 && words().is_none();
                        return Err(match self.name {
                            _ if !is_alone || self.source != text::COMMAND_LINE => text::NOT_ALONE,
                            VERSION => text::VERSION,
                            _ => text::HELP,
                        });
                    }
                } else if cursor.eat(b'=') {
                    self.word = cursor.rest();
                } else {
                    self.word = words().ok_or(text::VALUE_MISSING)?;
                    if self.word.first() == Some(&b'-') {
                        return Err(text::OPTION_AS_VALUE);
                    }
                }
            }
            let bit = bits([self.name]);
            if self.given_before & bit == 0 {
                // No name is above 15 here: the mask only shows it.
                let other = (self.given & EXCLUDED[self.name & 15]).trailing_zeros() as Name;
                if other == self.name {
                    return Err(text::TWICE);
                }
                if other <= STATUS {
                    self.word = nth(NAMES, other);
                    return Err(text::EXCLUDED);
                }
                self.given |= bit;
                self.judge(variable)?;
            }
        }
        Ok(())
    }

    /// Judges what was given together.
    ///
    /// # Errors
    /// Which option has no place beside which other.
    pub(crate) fn settle(&mut self) -> Result<(), Text> {
        let given = self.given & const { bits([METHOD, HEADER, STATUS]) };
        if self.check.target.is_tcp && given != 0 {
            self.name = given.trailing_zeros() as Name;
            return Err(text::ONLY_HTTP);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

//! The command line's words: which option each gives, with which value, and what goes together.

use core::mem;

use healthchecker_core::cursor::Cursor;

use super::names::Name;
use super::problem::{Problem, Stop};
use super::value::Variable;
use crate::probe::Probe;

/// Where words come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    CommandLine,
    Variable,
}

/// The command line as far as it was read.
#[derive(Debug)]
pub(crate) struct CommandLine<'a> {
    /// What is being read.
    pub(crate) source: Source,
    /// The option looked at last, and its word or value: what a problem is about.
    pub(super) name: Name,
    pub(super) word: &'a [u8],
    /// Which options were given.
    given: [bool; Name::COUNT],
    pub(crate) probe: Probe<'a>,
}

impl<'a> CommandLine<'a> {
    pub(crate) fn new() -> Self {
        Self {
            source: Source::CommandLine,
            name: Name::Url,
            word: b"",
            given: [false; Name::COUNT],
            probe: Probe::default(),
        }
    }

    /// Takes the words of a source. Those taken before replace them.
    ///
    /// # Errors
    /// Why they cannot be followed; help or version, where that is what they ask for.
    pub(crate) fn take(
        &mut self,
        words: &mut dyn FnMut() -> Option<&'a [u8]>,
        variable: Variable<'_, 'a>,
    ) -> Result<(), Stop> {
        let before = self.given;
        let mut has_url = false;
        while let Some(word) = words() {
            self.word = word;
            self.name = Name::Url;
            match word.first() {
                None => return Err(Problem::EmptyWord.into()),
                Some(b'-') => self.take_option(words)?,
                Some(_) => {}
            }
            let name = self.name;
            if name == Name::Url && mem::replace(&mut has_url, true) {
                return Err(Problem::Twice.into());
            }
            if before[name as usize] {
                // Replaced, but for a word that quotes should have held together with others.
                if name == Name::Url {
                    let target = self.probe.target.clone();
                    self.probe.take(name, &mut self.word, variable)?;
                    self.probe.target = target;
                }
                continue;
            }
            if let Some(other) = self.first_given(name.excluded()) {
                self.word = other.text().as_bytes();
                return Err(Problem::Excluded.into());
            }
            if self.given[name as usize] && name != Name::Header {
                return Err(Problem::Twice.into());
            }
            self.given[name as usize] = true;
            self.probe.take(name, &mut self.word, variable)?;
        }
        Ok(())
    }

    /// Takes the word looked at as an option, and the next one as its value where it holds none.
    fn take_option(&mut self, words: &mut dyn FnMut() -> Option<&'a [u8]>) -> Result<(), Stop> {
        let mut cursor = Cursor::new(self.word);
        let name = cursor.until(b'=');
        self.name = Name::of(name).ok_or(Problem::Unknown)?;
        match self.name {
            Name::Lacked => {
                // Its value may be a secret, and what is said is logged.
                self.word = name;
                return Err(Problem::Lacked.into());
            }
            Name::Verbose | Name::Help | Name::Version => {
                if !cursor.is_at_end() {
                    return Err(Problem::NoValue.into());
                }
                if self.name == Name::Verbose {
                    return Ok(());
                }
                let is_alone = self.source == Source::CommandLine
                    && !self.given.contains(&true)
                    && words().is_none();
                return Err(match self.name {
                    _ if !is_alone => Problem::NotAlone.into(),
                    Name::Help => Stop::Help,
                    _ => Stop::Version,
                });
            }
            _ => {}
        }
        if cursor.eat(b'=') {
            self.word = cursor.rest();
            return Ok(());
        }
        self.word = words().ok_or(Problem::ValueMissing)?;
        if self.word.first() == Some(&b'-') {
            return Err(Problem::OptionAsValue.into());
        }
        Ok(())
    }

    /// The first of some options that was given.
    fn first_given(&self, names: &[Name]) -> Option<Name> {
        names
            .iter()
            .copied()
            .find(|&name| self.given[name as usize])
    }

    /// Judges what was given together.
    ///
    /// # Errors
    /// Which option has no meaning for the protocol.
    pub(crate) fn settle(&mut self) -> Result<(), Problem> {
        if self.probe.target.is_tcp
            && let Some(name) = self.first_given(&[Name::Method, Name::Header, Name::Status])
        {
            self.name = name;
            return Err(Problem::OnlyHttp);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

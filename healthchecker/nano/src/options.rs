//! The command line's words: which options are known, which take a value, what replaces what.

use healthchecker_core::ascii::starts_with_in_any_case;
use healthchecker_core::header::Header;

use crate::line::Line;
use crate::refusal::Problem;

/// The names of all options, a line each; their places here are their numbers below. The first
/// stands for the positional argument.
pub(crate) const NAMES: &str = "url
--port
-p
-t
-h
--port-env
--host
--path
--method
--header
--status
--timeout
--verbose
--contains
--json
--wait
--interval
--cacert
--server-name
--insecure
--help
--version";

/// An option's place in [`NAMES`].
pub(crate) type Name = usize;

const SHORT_PORT: Name = 2;
const SHORT_TIMEOUT: Name = 3;
const SHORT_HELP: Name = 4;
pub(crate) const URL: Name = 0;
pub(crate) const PORT: Name = 1;
pub(crate) const PORT_ENV: Name = 5;
pub(crate) const HOST: Name = 6;
pub(crate) const PATH: Name = 7;
pub(crate) const METHOD: Name = 8;
pub(crate) const HEADER: Name = 9;
pub(crate) const STATUS: Name = 10;
pub(crate) const TIMEOUT: Name = 11;
pub(crate) const VERBOSE: Name = 12;
/// The first of those that `healthchecker` has and this program lacks.
const LACKED: Name = 13;
pub(crate) const HELP: Name = 20;
pub(crate) const VERSION: Name = 21;

/// The options given, each value as it was written.
#[derive(Debug, Default)]
pub(crate) struct Options<'a> {
    /// The option looked at last, and its word or value: what a problem is about.
    pub(crate) name: Name,
    pub(crate) word: &'a [u8],
    /// A bit for each name that was given, that the present source has given, and given twice.
    given: u32,
    given_here: u32,
    given_twice: u32,
    pub(crate) has_host: bool,
    pub(crate) has_agent: bool,
    values: [Option<&'a [u8]>; LACKED],
    /// The headers as they are sent.
    pub(crate) headers: Line,
}

impl<'a> Options<'a> {
    /// The value of an option, or its default.
    #[inline(never)]
    pub(crate) fn value(&mut self, name: Name, default: &'static str) -> &'a [u8] {
        self.name = name;
        self.word = match self.values.get(name) {
            Some(Some(value)) => value,
            _ => default.as_bytes(),
        };
        self.word
    }

    /// Whether one of the options from `first` to `last` is given; it is looked at then.
    #[inline(never)]
    pub(crate) fn has(&mut self, first: Name, last: Name) -> bool {
        let found = (self.given >> first << first).trailing_zeros() as Name;
        let has = found <= last;
        if has {
            self.value(found, "");
        }
        has
    }

    /// Refuses what one source gave twice.
    pub(crate) fn check_repeats(&mut self) -> Result<(), Problem> {
        if self.given_twice == 0 {
            return Ok(());
        }
        self.value(self.given_twice.trailing_zeros() as Name, "");
        Err(Problem::Twice)
    }

    /// Takes some words. What they give replaces what words taken before gave.
    #[inline(never)]
    pub(crate) fn take(
        &mut self,
        words: &mut dyn Iterator<Item = &'a [u8]>,
    ) -> Result<(), Problem> {
        self.given_here = 0;
        while let Some(word) = words.next() {
            self.word = word;
            let mut name = URL;
            if word.first() == Some(&b'-') {
                let equals = word.iter().position(|&byte| byte == b'=');
                let (option, value) = word
                    .split_at_checked(equals.unwrap_or(word.len()))
                    .unwrap_or_default();
                name = known(option).ok_or(Problem::Unknown)?;
                self.name = name;
                if name >= HELP && value.is_empty() {
                    return Err(Problem::NotAlone);
                }
                if (LACKED..HELP).contains(&name) {
                    return Err(Problem::Lacked);
                }
                if name < VERBOSE {
                    self.word = match value.get(1..) {
                        Some(value) => value,
                        None => words.next().ok_or(Problem::ValueMissing)?,
                    };
                    if value.is_empty() && self.word.first() == Some(&b'-') {
                        return Err(Problem::OptionAsValue);
                    }
                } else if !value.is_empty() {
                    return Err(Problem::NoValue);
                }
            } else if word.is_empty() {
                return Err(Problem::Empty);
            }
            self.give(name)?;
        }
        Ok(())
    }

    /// Takes the word looked at last as an option's value.
    fn give(&mut self, name: Name) -> Result<(), Problem> {
        let bit = 1 << name;
        let is_first = self.given_here & bit == 0;
        self.given |= bit;
        self.given_here |= bit;
        if let Some(value) = self.values.get_mut(name) {
            *value = Some(self.word);
        }
        if name != HEADER {
            // What this source gives once, one before it may have given twice.
            self.given_twice = self.given_twice & !bit | if is_first { 0 } else { bit };
            return Ok(());
        }
        if is_first {
            self.headers.clear();
            self.has_host = false;
            self.has_agent = false;
        }
        Header::parse(self.word).map_err(|_| Problem::Value)?;
        if starts_with_in_any_case(self.word, b"host:") {
            if self.has_host {
                return Err(Problem::Twice);
            }
            self.has_host = true;
        }
        self.has_agent |= starts_with_in_any_case(self.word, b"user-agent:");
        self.headers.text(self.word);
        self.headers.text(b"\r\n");
        Ok(())
    }
}

/// The option that a word names, with two dashes or, as Go's flags have it, one.
#[inline(never)]
pub(crate) fn known(word: &[u8]) -> Option<Name> {
    let mut names = NAMES.as_bytes().split(|&byte| byte == b'\n');
    Some(
        match names.position(|name| name == word || name.get(1..) == Some(word))? {
            SHORT_PORT => PORT,
            SHORT_TIMEOUT => TIMEOUT,
            SHORT_HELP => HELP,
            name => name,
        },
    )
}

#[cfg(test)]
mod tests;

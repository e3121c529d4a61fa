//! The command line's words: which options are known, which take a value, what replaces what.

use arrayvec::ArrayVec;
use healthchecker_core::ascii::starts_with_in_any_case;
use healthchecker_core::header::Header;
use healthchecker_core::words::UnclosedQuote;

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
// In this order, which puts what is used most within a short reach.
#[repr(C)]
pub(crate) struct Options<'a> {
    /// The option looked at last, and its word or value: what a problem is about.
    pub(crate) name: Name,
    pub(crate) word: &'a [u8],
    /// A bit for each name that was given, and that sources taken before have given.
    given: u32,
    given_before: u32,
    pub(crate) has_host: bool,
    pub(crate) has_agent: bool,
    values: ArrayVec<(Name, &'a [u8]), LACKED>,
    /// The headers as they are sent.
    pub(crate) headers: Line,
}

impl<'a> Options<'a> {
    /// The value of an option, or its default.
    #[inline(never)]
    pub(crate) fn value(&mut self, name: Name, default: &'static str) -> &'a [u8] {
        self.name = name;
        let given = self.values.iter().find(|(given, _)| *given == name);
        self.word = given.map_or(default.as_bytes(), |&(_, value)| value);
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

    /// Takes the words of a source. Those taken before replace them.
    #[inline(never)]
    pub(crate) fn take(
        &mut self,
        words: &mut dyn Iterator<Item = Result<&'a [u8], UnclosedQuote>>,
    ) -> Result<(), Problem> {
        self.given_before = self.given;
        while let Some(word) = words.next() {
            let word = word.map_err(|_| Problem::OpenQuote)?;
            self.word = word;
            self.name = URL;
            if word.first() == Some(&b'-') {
                let equals = word.iter().position(|&byte| byte == b'=');
                let (option, value) = word
                    .split_at_checked(equals.unwrap_or(word.len()))
                    .unwrap_or_default();
                self.name = known(option).ok_or(Problem::Unknown)?;
                if self.name >= HELP && value.is_empty() {
                    return Err(Problem::NotAlone);
                }
                if (LACKED..HELP).contains(&self.name) {
                    return Err(Problem::Lacked);
                }
                if self.name >= VERBOSE {
                    if !value.is_empty() {
                        return Err(Problem::NoValue);
                    }
                } else if let Some(value) = value.get(1..) {
                    self.word = value;
                } else {
                    self.word = match words.next() {
                        None => return Err(Problem::ValueMissing),
                        Some(word) => word.map_err(|_| Problem::OpenQuote)?,
                    };
                    if self.word.first() == Some(&b'-') {
                        return Err(Problem::OptionAsValue);
                    }
                }
            } else if word.is_empty() {
                return Err(Problem::Empty);
            }
            self.give()?;
        }
        Ok(())
    }

    /// Takes the word looked at last as the value of the option looked at last.
    #[inline(never)]
    fn give(&mut self) -> Result<(), Problem> {
        let bit = 1 << self.name;
        if self.given_before & bit != 0 {
            return Ok(());
        }
        if self.name != HEADER && self.given & bit != 0 {
            return Err(Problem::Twice);
        }
        self.given |= bit;
        if self.name != HEADER {
            // Each option comes here once, and there is room for all.
            let _ = self.values.try_push((self.name, self.word));
            return Ok(());
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

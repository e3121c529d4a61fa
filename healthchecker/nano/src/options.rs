//! The command line's words: which options are known, which take a value, what replaces what.

use arrayvec::ArrayVec;

use crate::refusal::Problem;

/// The names of all options, a line each; their places here are their numbers below. The first ones
/// stand for others, the fourth for the positional argument.
pub(crate) const NAMES: &str = "-p
-t
-h
url
--port
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

pub(crate) const URL: Name = 3;
pub(crate) const PORT: Name = 4;
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
const SHORT_PORT: Name = 0;
const SHORT_TIMEOUT: Name = 1;
const SHORT_HELP: Name = 2;

/// Headers that a request may be given.
const MAX_HEADERS: usize = 32;

/// The options given, each value as it was written.
#[derive(Debug, Default)]
pub(crate) struct Options<'a> {
    values: [Option<&'a [u8]>; LACKED],
    pub(crate) headers: ArrayVec<&'a [u8], MAX_HEADERS>,
    /// The option looked at last, and its word or value: what a problem is about.
    pub(crate) name: Name,
    pub(crate) word: &'a [u8],
    /// A bit for each name that one source's words have given, and one for each given twice.
    given: u32,
    repeated: u32,
}

impl<'a> Options<'a> {
    /// The value of an option. That of `verbose` means nothing, that of `header` is its last.
    pub(crate) fn value(&mut self, name: Name) -> Option<&'a [u8]> {
        let value = self.values.get(name).copied().flatten();
        self.name = name;
        self.word = value.unwrap_or_default();
        value
    }

    /// Whether nothing but headers was given twice by the same source.
    pub(crate) fn check_repeats(&mut self) -> Result<(), Problem> {
        if self.repeated == 0 {
            return Ok(());
        }
        self.value(self.repeated.trailing_zeros() as Name);
        Err(Problem::Twice)
    }

    /// Takes some words. What they give replaces what words taken before gave.
    #[inline(never)]
    pub(crate) fn take(
        &mut self,
        words: &mut dyn Iterator<Item = &'a [u8]>,
    ) -> Result<(), Problem> {
        self.given = 0;
        while let Some(word) = words.next() {
            self.word = word;
            let mut name = URL;
            let mut value = word;
            if word.first() == Some(&b'-') {
                let equals = word.iter().position(|&byte| byte == b'=');
                let (option, inline) = equals
                    .and_then(|equals| word.split_at_checked(equals))
                    .unwrap_or((word, b""));
                name = known(option).ok_or(Problem::Unknown)?;
                self.name = name;
                if name >= HELP && inline.is_empty() {
                    return Err(Problem::NotAlone);
                }
                if name >= LACKED && name < HELP {
                    return Err(Problem::Lacked);
                }
                if name >= VERBOSE && !inline.is_empty() {
                    return Err(Problem::NoValue);
                }
                if let Some(inline) = inline.get(1..) {
                    value = inline;
                } else if name != VERBOSE {
                    value = words.next().ok_or(Problem::ValueMissing)?;
                    if value.first() == Some(&b'-') {
                        self.word = value;
                        return Err(Problem::OptionAsValue);
                    }
                }
            } else if word.is_empty() {
                return Err(Problem::Empty);
            }
            let bit = 1 << name;
            let is_first = self.given & bit == 0;
            self.given |= bit;
            if name != HEADER {
                // What these words give once, words taken before may have given twice.
                self.repeated = self.repeated & !bit | if is_first { 0 } else { bit };
            } else {
                if is_first {
                    self.headers.clear();
                }
                self.headers
                    .try_push(value)
                    .map_err(|_| Problem::TooMuch)?;
            }
            if let Some(place) = self.values.get_mut(name) {
                *place = Some(value);
            }
        }
        Ok(())
    }
}

/// The option that a word names, with two dashes or, as Go's flags have it, one.
pub(crate) fn known(word: &[u8]) -> Option<Name> {
    let mut names = NAMES.as_bytes().split(|&byte| byte == b'\n');
    Some(match names.position(|name| name == word || name.get(1..) == Some(word))? {
        SHORT_PORT => PORT,
        SHORT_TIMEOUT => TIMEOUT,
        SHORT_HELP => HELP,
        name => name,
    })
}

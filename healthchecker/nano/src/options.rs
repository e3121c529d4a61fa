//! The command line's words: which options are known, which take a value, what replaces what.

use arrayvec::ArrayVec;

use crate::line::Line;
use crate::refusal::{MAX_SHOWN, Refused, refuse};

/// The names of all options; their places here are their numbers below. The first stands for the
/// positional argument.
const NAMES: &[u8] = b"url port port-env host path method header status timeout verbose \
    contains json wait interval cacert server-name insecure help version";

/// An option's place in [`NAMES`].
pub(crate) type Name = usize;

pub(crate) const URL: Name = 0;
pub(crate) const PORT: Name = 1;
pub(crate) const PORT_ENV: Name = 2;
pub(crate) const HOST: Name = 3;
pub(crate) const PATH: Name = 4;
pub(crate) const METHOD: Name = 5;
pub(crate) const HEADER: Name = 6;
pub(crate) const STATUS: Name = 7;
pub(crate) const TIMEOUT: Name = 8;
pub(crate) const VERBOSE: Name = 9;
/// The first of those that `healthchecker` has and this program lacks.
const LACKING: Name = 10;
pub(crate) const HELP: Name = 17;
pub(crate) const VERSION: Name = 18;

/// Headers that a request may be given.
const MAX_HEADERS: usize = 32;

/// The options given, each value as it was written.
#[derive(Debug, Default)]
pub(crate) struct Options<'a> {
    values: [Option<&'a [u8]>; LACKING],
    headers: ArrayVec<&'a [u8], MAX_HEADERS>,
    /// A bit for each name that the words being taken have given.
    given: u32,
}

impl<'a> Options<'a> {
    /// The value of an option; that of `verbose` means nothing.
    pub(crate) fn value(&self, name: Name) -> Option<&'a [u8]> {
        self.values.get(name).copied().flatten()
    }

    /// Every `--header`.
    pub(crate) fn headers(&self) -> impl Iterator<Item = &'a [u8]> + Clone {
        self.headers.iter().copied()
    }

    /// Takes some words. What they give replaces what words taken before gave.
    pub(crate) fn take(
        &mut self,
        words: &mut dyn Iterator<Item = &'a [u8]>,
        line: &mut Line,
    ) -> Result<(), Refused> {
        self.given = 0;
        while let Some(word) = words.next() {
            match word.first() {
                None => {
                    return refuse(
                        line,
                        &[b"\"\": an empty word is neither an option nor a URL"],
                    );
                }
                Some(b'-') => self.take_option(word, words, line)?,
                Some(_) => self.give(URL, word, line)?,
            }
        }
        Ok(())
    }

    fn take_option(
        &mut self,
        word: &'a [u8],
        following: &mut dyn Iterator<Item = &'a [u8]>,
        line: &mut Line,
    ) -> Result<(), Refused> {
        let mut parts = word.splitn(2, |&byte| byte == b'=');
        let name = parts.next().and_then(known);
        let value = parts.next();
        let problem: &[u8] = match (name, value) {
            (None, _) => b": unknown option; --help lists them",
            (Some(HELP | VERSION), None) => {
                b": only as the command line's sole word, so that it cannot pass for a check"
            }
            (Some(LACKING..HELP), _) => b": healthchecker has it, healthchecker-nano does not",
            (Some(VERBOSE | HELP | VERSION), Some(_)) => b": takes no value",
            (Some(VERBOSE), None) => return self.give(VERBOSE, b"", line),
            (Some(name), Some(value)) => return self.give(name, value, line),
            (Some(name), None) => match following.next() {
                None => b": needs a value",
                Some(value) if value.first() == Some(&b'-') => {
                    line.escaped(word, MAX_SHOWN);
                    line.text(b": needs a value, not ");
                    line.escaped(value, MAX_SHOWN);
                    line.text(b" (if that is the value: ");
                    line.option(name);
                    line.text(b"=");
                    line.escaped(value, MAX_SHOWN);
                    return refuse(line, &[b")"]);
                }
                Some(value) => return self.give(name, value, line),
            },
        };
        line.escaped(word, MAX_SHOWN);
        refuse(line, &[problem])
    }

    fn give(&mut self, name: Name, value: &'a [u8], line: &mut Line) -> Result<(), Refused> {
        let bit = 1 << name;
        let is_first = self.given & bit == 0;
        self.given |= bit;
        if name == HEADER {
            if is_first {
                self.headers.clear();
            }
            return match self.headers.try_push(value) {
                Ok(()) => Ok(()),
                Err(_) => refuse(line, &[b"--header: healthchecker-nano takes at most 32"]),
            };
        }
        if !is_first {
            if name == URL {
                line.quoted(value);
                return refuse(line, &[b": one URL is checked, and it is given already"]);
            }
            line.option(name);
            return refuse(line, &[b": given twice"]);
        }
        if let Some(place) = self.values.get_mut(name) {
            *place = Some(value);
        }
        Ok(())
    }
}

/// The option that a word names, with two dashes or, as Go's flags have it, one.
pub(crate) fn known(word: &[u8]) -> Option<Name> {
    let name: &[u8] = match word {
        b"-p" => b"port",
        b"-t" => b"timeout",
        b"-h" => b"help",
        _ => word
            .strip_prefix(b"--")
            .or_else(|| word.strip_prefix(b"-"))?,
    };
    names()
        .position(|known| known == name)
        .filter(|&name| name != URL)
}

/// An option's name without its dashes.
pub(crate) fn name_of(name: Name) -> &'static [u8] {
    names().nth(name).unwrap_or_default()
}

fn names() -> impl Iterator<Item = &'static [u8]> {
    NAMES.split(|&byte| byte == b' ')
}

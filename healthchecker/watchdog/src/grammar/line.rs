//! A line of words, held against the table: which options and which words it has.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;

use super::table::{Flag, Verb};
use crate::words;

/// A command line that cannot be followed. Its [`Display`](fmt::Display) names the word and the remedy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misuse(pub(crate) String);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A line whose options are all the verb's, and whose words are as many as it takes.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) verb: &'static Verb,
    pub(crate) words: Vec<OsString>,
    options: Vec<(&'static Flag, OsString)>,
}

impl Line {
    pub(crate) fn read(
        verb: &'static Verb,
        words: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, Misuse> {
        let mut rest = words.into_iter();
        let mut line = Self {
            verb,
            words: Vec::new(),
            options: Vec::new(),
        };
        while let Some(word) = rest.next() {
            if word == "--" {
                line.words.extend(rest.by_ref());
            } else if word.as_bytes().starts_with(b"-") && word != "-" {
                let (flag, value) = line.option(&word, &mut rest)?;
                line.options.push((flag, value));
            } else {
                line.words.push(word);
            }
        }
        line.count()?;
        Ok(line)
    }

    fn option(
        &self,
        word: &OsStr,
        rest: &mut impl Iterator<Item = OsString>,
    ) -> Result<(&'static Flag, OsString), Misuse> {
        let bytes = word.as_bytes();
        let split = bytes.iter().position(|&byte| byte == b'=');
        let (name, value) = bytes.split_at(split.unwrap_or(bytes.len()));
        let mut flags = self.verb.flags();
        let Some(flag) = flags.find(|flag| flag.name.as_bytes() == name) else {
            if name == b"--help" {
                return Err(Misuse("--help: stands alone behind its verb".to_owned()));
            }
            let (verb, name) = (self.verb.name, shown(OsStr::from_bytes(name)));
            return Err(Misuse(format!(
                "{name}: {verb} has no such option; {verb} --help lists them, and -- ends them"
            )));
        };
        let name = flag.name;
        if !flag.repeats && self.options.iter().any(|(given, _)| given.name == name) {
            return Err(Misuse(format!("{name}: given more than once")));
        }
        match (flag.value, split) {
            (None, None) => Ok((flag, OsString::new())),
            (None, Some(_)) => Err(Misuse(format!("{name}: takes no value"))),
            (Some(_), Some(_)) => Ok((flag, OsStr::from_bytes(&value[1..]).to_owned())),
            (Some(_), None) => match rest.next() {
                Some(value) if value != "--" => Ok((flag, value)),
                _ => Err(Misuse(format!("{name}: its value is missing"))),
            },
        }
    }

    fn count(&self) -> Result<(), Misuse> {
        let (name, words) = (self.verb.name, self.verb.words);
        let mut takes_rest = false;
        let mut most = 0;
        for (at, word) in words.split(' ').enumerate() {
            if !word.starts_with('[') && self.words.len() <= at {
                let word = word.trim_end_matches('…');
                return Err(Misuse(format!(
                    "{name}: its {word} is missing; it takes {name} {words}"
                )));
            }
            takes_rest |= word.ends_with('…');
            most = at + 1;
        }
        match self.words.get(most) {
            Some(word) if !takes_rest => Err(Misuse(format!(
                "{}: a word too many; it takes {name} {words}",
                shown(word)
            ))),
            _ => Ok(()),
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    pub(crate) fn value(&self, name: &str) -> Option<&OsStr> {
        self.values(name).next()
    }

    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &OsStr> {
        debug_assert!(
            self.verb.flags().any(|flag| flag.name == name) || cfg!(not(feature = "serve")),
            "{name} is in the table"
        );
        let given = self.options.iter();
        given.filter_map(move |(flag, value)| (flag.name == name).then_some(&**value))
    }
}

/// A word as a message has it.
pub(crate) fn shown(word: &OsStr) -> String {
    format!("\"{}\"", words::one_line(&word.to_string_lossy()))
}

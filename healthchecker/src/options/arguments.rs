//! Words taken apart: which options are known, which take a value, and what replaces what.
//!
//! The words are brought to one spelling first (`-port=80`, `-port 80`, `--port=80`, `-p 80` become
//! `--port` and its value) and then taken apart by pico-args. Values carry a leading `=`, so that
//! none is ever taken for an option.

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use healthchecker_core::words::Words;

use super::error::OptionsError;
use super::url;
use crate::message;
use crate::target::Target;

/// A command line that cannot be followed. Its [`Display`](fmt::Display) names the word.
#[derive(Debug)]
pub(crate) struct Misuse(String);

impl Misuse {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl From<OptionsError> for Misuse {
    fn from(error: OptionsError) -> Self {
        Self::new(error.to_string())
    }
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Option, and whether it takes a value.
const OPTIONS: [(&str, bool); 22] = [
    ("--port", true),
    ("--port-env", true),
    ("--host", true),
    ("--path", true),
    ("--method", true),
    ("--header", true),
    ("--header-file", true),
    ("--status", true),
    ("--contains", true),
    ("--json", true),
    ("--timeout", true),
    ("--wait", true),
    ("--interval", true),
    ("--kick", true),
    ("--cacert", true),
    ("--cert", true),
    ("--key", true),
    ("--server-name", true),
    ("--insecure", false),
    ("--verbose", false),
    ("--help", false),
    ("--version", false),
];

/// The options of the command line and of the variable, and the one URL of both.
pub(super) struct Arguments {
    line: pico_args::Arguments,
    variable: pico_args::Arguments,
    url: Option<Url>,
}

/// The one word that is no option.
pub(super) struct Url {
    pub(super) word: Vec<u8>,
    pub(super) target: Target,
}

impl Arguments {
    /// Reads the command line's words and the variable's value.
    pub(super) fn new(words: &[OsString], variable: Option<&OsStr>) -> Result<Self, Misuse> {
        let mut split = Vec::new();
        let mut text = variable
            .map(|text| text.as_bytes().to_vec())
            .unwrap_or_default();
        let mut words_of_text = Words::new(&mut text);
        for word in words_of_text.by_ref() {
            split.push(OsStr::from_bytes(word).to_owned());
        }
        if words_of_text.is_open() {
            return Err(Misuse::new("HEALTHCHECKER_ARGS: a quote is not closed"));
        }
        let (variable, its_url) =
            take_apart(&split).map_err(|misuse| Misuse(format!("HEALTHCHECKER_ARGS: {misuse}")))?;
        let (line, url) = take_apart(words)?;
        Ok(Self {
            line,
            variable,
            url: url.or(its_url),
        })
    }

    /// Every value of an option: the command line's, else the variable's.
    pub(super) fn values(&mut self, option: &'static str) -> Vec<Vec<u8>> {
        let line = values(&mut self.line, option);
        let variable = values(&mut self.variable, option);
        if line.is_empty() { variable } else { line }
    }

    /// The one value of an option.
    pub(super) fn value(&mut self, option: &'static str) -> Result<Option<Vec<u8>>, Misuse> {
        let mut values = self.values(option);
        if values.len() > 1 {
            return Err(repeated(option));
        }
        Ok(values.pop())
    }

    /// The positional URL: the command line's, else the variable's.
    pub(super) fn url(&mut self) -> Option<Url> {
        self.url.take()
    }

    pub(super) fn flag(&mut self, option: &'static str) -> Result<bool, Misuse> {
        let line = self.line.contains(option);
        let variable = self.variable.contains(option);
        if self.line.contains(option) || (!line && self.variable.contains(option)) {
            return Err(repeated(option));
        }
        Ok(line || variable)
    }
}

/// Parts options from the one URL. A URL on the command line replaces the variable's, but not a
/// mistake there: words that quotes should have held together.
fn take_apart(words: &[OsString]) -> Result<(pico_args::Arguments, Option<Url>), Misuse> {
    let (options, others) = normalise(words)?;
    let mut others = others.into_iter();
    let url = match others.next() {
        None => None,
        Some(word) => Some(Url {
            word: word.to_vec(),
            target: url::read(word)?,
        }),
    };
    if let Some(word) = others.next() {
        let word = message::escaped(word, 200);
        return Err(Misuse::new(format!(
            "\"{word}\": one URL is checked, and it is given already"
        )));
    }
    Ok((pico_args::Arguments::from_vec(options), url))
}

fn repeated(option: &str) -> Misuse {
    Misuse::new(format!("{option}: given twice"))
}

fn values(arguments: &mut pico_args::Arguments, option: &'static str) -> Vec<Vec<u8>> {
    let bytes = |value: &OsStr| {
        Ok::<_, Infallible>(
            value
                .as_bytes()
                .strip_prefix(b"=")
                .unwrap_or_default()
                .to_vec(),
        )
    };
    arguments
        .values_from_os_str(option, bytes)
        .unwrap_or_default()
}

/// Options in one spelling, each before its value, and the words that are none.
fn normalise(words: &[OsString]) -> Result<(Vec<OsString>, Vec<&[u8]>), Misuse> {
    let mut options = Vec::with_capacity(2 * words.len());
    let mut others = Vec::new();
    let mut words = words.iter().map(|word| word.as_bytes());
    while let Some(word) = words.next() {
        match word.first() {
            None => {
                return Err(Misuse::new(
                    "\"\": an empty word is neither an option nor a URL",
                ));
            }
            Some(b'-') => {
                let (option, value) = option_and_value(word, &mut words)?;
                options.push(OsString::from(option));
                options.extend(value.map(|value| OsString::from_vec([b"=", value].concat())));
            }
            Some(_) => others.push(word),
        }
    }
    Ok((options, others))
}

fn option_and_value<'a>(
    word: &'a [u8],
    following: &mut impl Iterator<Item = &'a [u8]>,
) -> Result<(&'static str, Option<&'a [u8]>), Misuse> {
    let misuse = |text: &str| Err(Misuse(format!("{}: {text}", message::escaped(word, 200))));
    let equals = word
        .iter()
        .position(|&byte| byte == b'=')
        .unwrap_or(word.len());
    let (name, value) = word.split_at(equals);
    match (known(name), value.strip_prefix(b"=")) {
        (None, _) => misuse("unknown option; --help lists them"),
        (Some(("--help" | "--version", _)), None) => {
            misuse("only as the command line's sole word, so that it cannot pass for a check")
        }
        (Some((_, false)), Some(_)) => misuse("takes no value"),
        (Some((option, false)), None) => Ok((option, None)),
        (Some((option, true)), Some(value)) => Ok((option, Some(value))),
        (Some((option, true)), None) => match following.next() {
            None => misuse("needs a value"),
            Some(value) if value.starts_with(b"-") => {
                let value = message::escaped(value, 200);
                misuse(&format!(
                    "needs a value, not {value} (if that is the value: {option}={value})"
                ))
            }
            Some(value) => Ok((option, Some(value))),
        },
    }
}

/// The option that a word names, with two dashes or, as Go's flags have it, one.
fn known(name: &[u8]) -> Option<(&'static str, bool)> {
    let name = match name {
        b"-p" => &b"port"[..],
        b"-t" => b"timeout",
        b"-h" => b"help",
        _ => name
            .strip_prefix(b"--")
            .or_else(|| name.strip_prefix(b"-"))?,
    };
    OPTIONS
        .into_iter()
        .find(|(option, _)| option.as_bytes().get(2..) == Some(name))
}

/// Whether a command line consists of this one flag.
pub(crate) fn is_sole(words: &[OsString], flag: &str) -> bool {
    match words {
        [word] => known(word.as_bytes()).is_some_and(|(option, _)| option == flag),
        _ => false,
    }
}

#[cfg(test)]
mod tests;

//! Words into options: which are known, which take a value, and what replaces what.
//!
//! The words are brought to one spelling first (`-port=80`, `-port 80`, `--port=80`, `-p 80` become
//! `--port` and its value) and then taken apart by pico-args. Values carry a leading `=`, so that
//! none is ever taken for an option.

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use healthchecker_core::words::Words;

use super::url;
use crate::message;

/// A command line that cannot be followed. Its [`Display`](fmt::Display) names the word.
#[derive(Debug)]
pub(crate) struct Misuse(String);

impl Misuse {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Option, and whether it takes a value.
const OPTIONS: [(&str, bool); 21] = [
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
    ("--cacert", true),
    ("--cert", true),
    ("--key", true),
    ("--server-name", true),
    ("--insecure", false),
    ("--verbose", false),
    ("--help", false),
    ("--version", false),
];

/// The key that stands for the positional URL. No option: written out it is unknown.
const URL: &str = "--url";

pub(crate) struct Arguments {
    line: pico_args::Arguments,
    variable: pico_args::Arguments,
}

impl Arguments {
    /// Reads the command line's words and the variable's value.
    pub(crate) fn new(words: &[OsString], variable: Option<&OsStr>) -> Result<Self, Misuse> {
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
        let variable = normalise(&split)
            .and_then(one_url)
            .map_err(|misuse| Misuse(format!("HEALTHCHECKER_ARGS: {misuse}")))?;
        Ok(Self {
            line: pico_args::Arguments::from_vec(one_url(normalise(words)?)?),
            variable: pico_args::Arguments::from_vec(variable),
        })
    }

    /// Every value of an option: the command line's, else the variable's.
    pub(crate) fn values(&mut self, option: &'static str) -> Vec<Vec<u8>> {
        let line = values(&mut self.line, option);
        let variable = values(&mut self.variable, option);
        if line.is_empty() { variable } else { line }
    }

    /// The one value of an option.
    pub(crate) fn value(&mut self, option: &'static str) -> Result<Option<Vec<u8>>, Misuse> {
        let mut values = self.values(option);
        if values.len() > 1 {
            return Err(repeated(option));
        }
        Ok(values.pop())
    }

    /// The positional URL.
    pub(crate) fn url(&mut self) -> Option<Vec<u8>> {
        self.values(URL).pop()
    }

    pub(crate) fn flag(&mut self, option: &'static str) -> Result<bool, Misuse> {
        let line = self.line.contains(option);
        let variable = self.variable.contains(option);
        if self.line.contains(option) || (!line && self.variable.contains(option)) {
            return Err(repeated(option));
        }
        Ok(line || variable)
    }
}

/// Refuses what stands where a URL does and is none, and a second one: words that quotes should have
/// held together. A URL on the command line replaces the variable's, but not a mistake there.
fn one_url(words: Vec<OsString>) -> Result<Vec<OsString>, Misuse> {
    let mut urls = words
        .windows(2)
        .filter(|pair| pair[0] == URL)
        .map(|pair| pair[1].as_bytes().get(1..).unwrap_or_default());
    if let Some(url) = urls.next() {
        url::check(url).map_err(|error| Misuse::new(error.to_string()))?;
    }
    if let Some(word) = urls.next() {
        let word = message::escaped(word, 200);
        return Err(Misuse::new(format!(
            "\"{word}\": one URL is checked, and it is given already"
        )));
    }
    drop(urls);
    Ok(words)
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

fn normalise(words: &[OsString]) -> Result<Vec<OsString>, Misuse> {
    let mut normal = Vec::with_capacity(2 * words.len());
    let mut words = words.iter().map(|word| word.as_bytes());
    while let Some(word) = words.next() {
        let (option, value) = match word.first() {
            None => {
                return Err(Misuse::new(
                    "\"\": an empty word is neither an option nor a URL",
                ));
            }
            Some(b'-') => option_and_value(word, &mut words)?,
            Some(_) => (URL, Some(word)),
        };
        normal.push(OsString::from(option));
        if let Some(value) = value {
            normal.push(OsString::from_vec([b"=", value].concat()));
        }
    }
    Ok(normal)
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

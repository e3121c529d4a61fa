//! Words taken apart: options and their values before `--`, the command behind it.

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use healthchecker_core::duration;

use crate::words;

/// A command line that cannot be followed. Its [`Display`](fmt::Display) names the word and the remedy.
#[derive(Debug)]
pub(crate) struct Misuse(pub(super) String);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The options that are left, and the command.
pub(super) struct Arguments {
    options: pico_args::Arguments,
    pub(super) command: Vec<OsString>,
}

impl Arguments {
    /// `known` are the options that there are, and whether each takes a value. A value is kept with a
    /// leading `=`, so that none is ever taken for an option.
    pub(super) fn new(words: Vec<OsString>, known: &[(&str, bool)]) -> Result<Self, Misuse> {
        let mut words = words.into_iter();
        let mut before = Vec::new();
        let mut has_dashes = false;
        while let Some(word) = words.next() {
            if word == "--" {
                has_dashes = true;
                break;
            }
            let bytes = word.as_bytes();
            let split = bytes.iter().position(|&byte| byte == b'=');
            let (name, value) = bytes.split_at(split.unwrap_or(bytes.len()));
            let option = known.iter().find(|(known, _)| known.as_bytes() == name);
            let Some((option, takes_value)) = option else {
                let name = shown(OsStr::from_bytes(name));
                return Err(Misuse(if bytes.starts_with(b"-") {
                    format!("{name}: unknown option; --help lists them")
                } else {
                    format!("{name}: a word without an option; the command comes behind --")
                }));
            };
            before.push(OsString::from(option));
            match (takes_value, split) {
                (false, None) => {}
                (false, Some(_)) => return Err(Misuse(format!("{option}: takes no value"))),
                (true, Some(_)) => before.push(OsStr::from_bytes(value).to_owned()),
                (true, None) => match words.next() {
                    Some(word) if word != "--" => {
                        let mut value = OsString::from("=");
                        value.push(word);
                        before.push(value);
                    }
                    _ => return Err(Misuse(format!("{option}: its value is missing"))),
                },
            }
        }
        let command: Vec<OsString> = words.collect();
        if command.first().is_none_or(|program| program.is_empty()) {
            let remedy = "name it behind --, as in: watchdog run --notify -- /app";
            let problem = if has_dashes {
                "there is no command behind --"
            } else {
                "there is no --"
            };
            return Err(Misuse(format!("{problem}; {remedy}")));
        }
        Ok(Self {
            options: pico_args::Arguments::from_vec(before),
            command,
        })
    }

    pub(super) fn flag(&mut self, option: &'static str) -> bool {
        self.options.contains(option)
    }

    pub(super) fn values(&mut self, option: &'static str) -> Result<Vec<OsString>, Misuse> {
        let read = |value: &OsStr| {
            let value = value.as_bytes().get(1..).unwrap_or_default();
            Ok::<_, Infallible>(OsStr::from_bytes(value).to_owned())
        };
        let values = self.options.values_from_os_str(option, read);
        values.map_err(|_| Misuse(format!("{option}: its value is missing")))
    }

    pub(super) fn value(&mut self, option: &'static str) -> Result<Option<OsString>, Misuse> {
        let mut values = self.values(option)?;
        if values.len() > 1 {
            return Err(Misuse(format!("{option}: given more than once")));
        }
        Ok(values.pop())
    }

    /// The value of an option as `read` has it, which else takes `accepted`.
    pub(super) fn read<T>(
        &mut self,
        option: &'static str,
        accepted: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Misuse> {
        let Some(value) = self.value(option)? else {
            return Ok(None);
        };
        match value.to_str().and_then(read) {
            Some(value) => Ok(Some(value)),
            None => {
                let value = shown(&value);
                Err(Misuse(format!(
                    "{option}: {value} is not accepted; it takes {accepted}"
                )))
            }
        }
    }

    pub(super) fn duration(
        &mut self,
        option: &'static str,
        default: Duration,
    ) -> Result<Duration, Misuse> {
        let read = |text: &str| {
            duration::millis(text.as_bytes()).map(|millis| Duration::from_millis(millis.into()))
        };
        Ok(self
            .read(option, duration::ACCEPTED, read)?
            .unwrap_or(default))
    }

    /// The command. No option may be left.
    pub(super) fn finish(self) -> Result<Vec<OsString>, Misuse> {
        match self.options.finish().first() {
            None => Ok(self.command),
            Some(flag) => Err(Misuse(format!("{}: given more than once", shown(flag)))),
        }
    }
}

/// A word as a message has it.
pub(super) fn shown(word: &OsStr) -> String {
    format!("\"{}\"", words::one_line(&word.to_string_lossy()))
}

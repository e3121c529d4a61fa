//! The words of `--header` and `--header-file`, judged.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use healthchecker_core::header::{self, Header};

use super::error::OptionsError;
use crate::headers::{self, Headers};
use crate::message;
use crate::target::Protocol;

/// What `--header-file` takes, for messages.
const ACCEPTED_FILE: &str = "NAME=FILE, such as Authorization=/run/secrets/token";

/// Judges the values of `--header` and `--header-file`.
pub(super) fn judge(
    given: &[Vec<u8>],
    files: &[Vec<u8>],
    protocol: Protocol,
) -> Result<Headers, OptionsError> {
    let mut judged = Headers::default();
    for text in given {
        let refused = |problem: &str| {
            let shown = message::escaped(header::without_value(text), 200);
            let accepted = header::ACCEPTED;
            OptionsError::new(
                "header",
                format!("\"{shown}\" is {problem}; accepted: {accepted}"),
            )
        };
        let header = Header::parse(text).map_err(|error| refused(error.text()))?;
        let name = headers::name(header.name, protocol).map_err(refused)?;
        let value = headers::value(&name, header.value, protocol).map_err(refused)?;
        judged.given.push((name, value));
    }
    for text in files {
        let refused = |problem: &str| {
            let shown = message::escaped(text, 200);
            OptionsError::new(
                "header-file",
                format!("\"{shown}\" is {problem}; accepted: {ACCEPTED_FILE}"),
            )
        };
        let equals = text.iter().position(|&byte| byte == b'=');
        let (before, path) = text
            .split_at_checked(equals.unwrap_or(text.len()))
            .unwrap_or_default();
        let path = path.get(1..).unwrap_or_default();
        if path.is_empty() {
            return Err(refused("no file"));
        }
        let header = [before, b":"].concat();
        Header::parse(&header).map_err(|error| refused(error.text()))?;
        let name = headers::name(before, protocol).map_err(refused)?;
        judged.files.push((name, OsStr::from_bytes(path).into()));
    }
    let names = judged.given.iter().map(|(name, _)| name);
    let names = names.chain(judged.files.iter().map(|(name, _)| name));
    if names.filter(|name| *name == "host").count() > 1 {
        return Err(OptionsError::new("header", "Host is given twice"));
    }
    Ok(judged)
}

#[cfg(test)]
mod tests;

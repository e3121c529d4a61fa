//! Names, and what stands for them: held to what servers take before anything is hashed or sent.

use std::ffi::OsStr;

use crate::grammar::{Line, shown};

/// The longest name in bytes.
const LONGEST_NAME: usize = 200;

/// The longest id of a monitor in bytes.
const LONGEST_ID: usize = 200;

pub(super) fn is_name(text: &str, has_hyphens: bool) -> bool {
    let fits = |byte: u8| {
        matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_') || (has_hyphens && byte == b'-')
    };
    // Dots alone are folded in paths.
    (1..=LONGEST_NAME).contains(&text.len())
        && text.bytes().all(fits)
        && text.bytes().any(|byte| byte != b'.')
}

/// A name that every Global Watch Dog takes.
pub(super) fn name(line: &Line, at: usize) -> Result<String, String> {
    let word = &line.words[at];
    let text = word.to_str().filter(|text| is_name(text, false));
    text.map(str::to_owned).ok_or_else(|| {
        let (verb, word) = (line.verb.name, shown(word));
        format!(
            "{word}: no name; {verb} takes a-z, 0-9, dots and underscores, at most 200, not dots alone"
        )
    })
}

/// A prefix that this server's JSON takes.
pub(super) fn own_prefix(line: &Line) -> Result<String, String> {
    let word = &line.words[0];
    match word.to_str() {
        Some(".") => Ok(String::new()),
        Some(text) if is_name(text, true) => Ok(text.to_owned()),
        _ => Err(format!(
            "{}: no prefix; {} takes a-z, 0-9, dots, underscores and hyphens, at most 200, or . for everything",
            shown(word),
            line.verb.name
        )),
    }
}

pub(super) fn kind(word: &OsStr) -> Result<String, String> {
    let is_kind =
        |text: &&str| (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let text = word.to_str().filter(is_kind);
    text.map(str::to_owned)
        .ok_or_else(|| format!("{}: no TYPE; it takes 1, which is Slack", shown(word)))
}

/// An id is a secret: it is not shown.
pub(super) fn id(word: &OsStr) -> Result<String, String> {
    let is_id = |text: &&str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(fits)
    };
    let text = word.to_str().filter(is_id);
    let problem = "this is no ID; delmonitor takes letters and digits, as monitor printed them";
    text.map(str::to_owned).ok_or_else(|| problem.to_owned())
}

/// A sink's name, as deliveries show it.
pub(super) fn sink(word: &OsStr) -> Result<String, String> {
    let text = word.to_str().filter(|text| is_name(text, true));
    text.map(str::to_owned)
        .ok_or_else(|| format!("{}: no SINK; deliveries shows their names", shown(word)))
}

/// A delivery's id.
pub(super) fn delivery(word: &OsStr) -> Result<String, String> {
    let is_id = |text: &&str| {
        let digits = text.strip_prefix("evt_").unwrap_or(text);
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        digits.len() == 32 && digits.bytes().all(is_digit)
    };
    let text = word.to_str().filter(is_id);
    text.map(str::to_owned).ok_or_else(|| {
        format!(
            "{}: no ID; deliveries shows them, evt_ and 32 digits",
            shown(word)
        )
    })
}

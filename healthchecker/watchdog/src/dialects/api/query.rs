//! Parameters, each once and none that is not known, and what several requests have.

use std::borrow::Cow;

use super::refusal;
use crate::dialects::Answer;
use crate::watches::{Key, Namespace};

/// So many a page has at most, and unless the request says how many.
const LONGEST_PAGE: usize = 10_000;
const USUAL_PAGE: usize = 1_000;

/// The values of these parameters.
pub(super) fn read<'a, const N: usize>(
    query: &'a str,
    known: [&str; N],
) -> Result<[Option<Cow<'a, str>>; N], Answer> {
    let mut values = [const { None }; N];
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let Some(at) = known.iter().position(|known| *known == name) else {
            let message = match known.as_slice() {
                [] => format!("there is no parameter {name:.40}: this path has none"),
                known => format!(
                    "there is no parameter {name:.40}: leave it out, or use {}",
                    known.join(", ")
                ),
            };
            return Err(refusal::value(message));
        };
        if values[at].replace(value).is_some() {
            let message = format!("the parameter {name} is there twice: send it once");
            return Err(refusal::value(message));
        }
    }
    Ok(values)
}

/// How many a page is to have.
pub(super) fn limit(text: Option<&str>) -> Result<usize, Answer> {
    let Some(text) = text else {
        return Ok(USUAL_PAGE);
    };
    number(text)
        .and_then(|limit| usize::try_from(limit).ok())
        .filter(|limit| (1..=LONGEST_PAGE).contains(limit))
        .ok_or_else(|| refusal::value("limit must be a whole number from 1 to 10000"))
}

/// Digits, and nothing but digits.
pub(super) fn number(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// A segment of a path, decoded: `None`: what it means is no text.
pub(super) fn decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut parts = segment.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        let digits = part.get(..2)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

pub(super) fn namespace(word: Option<&str>) -> Result<Namespace, Answer> {
    match word {
        None | Some("named") => Ok(Namespace::Named),
        Some("heartbeat") => Ok(Namespace::Heartbeat),
        Some(_) => Err(refusal::value("namespace must be named or heartbeat")),
    }
}

pub(super) fn prefix(prefix: &str) -> Result<Box<str>, Answer> {
    if !prefix.is_empty() {
        let key = Key::new(Namespace::Named, prefix);
        key.map_err(|error| refusal::name("prefix", error))?;
    }
    Ok(prefix.into())
}

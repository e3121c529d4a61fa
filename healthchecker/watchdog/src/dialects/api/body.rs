//! What bodies hold: read strictly, and every bound kept.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::json::BODY_LIMIT;
use super::refusal::{self, refuse};
use crate::dialects::{Answer, uuid};
use crate::tokens::Verbs;
use crate::watches::{LONGEST_TIMEOUT, Millis, SHORTEST_TIMEOUT, clean};

/// So many bytes are kept of what comes with a kick or a fault.
const KEPT: usize = 10_000;

pub(super) const TIMEOUT: RangeInclusive<Millis> = SHORTEST_TIMEOUT..=LONGEST_TIMEOUT;
pub(super) const SPAN: RangeInclusive<Millis> = 0..=LONGEST_TIMEOUT;
/// Ten years, about.
pub(super) const LIFE: RangeInclusive<Millis> = 1_000..=10 * LONGEST_TIMEOUT;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum KindWord {
    Kick,
    Job,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Put {
    #[serde(deserialize_with = "some")]
    pub(super) kind: Option<KindWord>,
    #[serde(deserialize_with = "some")]
    pub(super) timeout_ms: Option<Millis>,
    #[serde(deserialize_with = "some")]
    pub(super) grace_ms: Option<Millis>,
    #[serde(deserialize_with = "some")]
    pub(super) first_ms: Option<Millis>,
    #[serde(deserialize_with = "some")]
    pub(super) labels: Option<Box<str>>,
    pub(super) ping_url: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Kick {
    #[serde(deserialize_with = "some")]
    pub(super) timeout_ms: Option<Millis>,
    #[serde(deserialize_with = "some")]
    pub(super) grace_ms: Option<Millis>,
    #[serde(deserialize_with = "some")]
    pub(super) rid: Option<Box<str>>,
    pub(super) body: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    pub(super) reason: String,
    #[serde(default)]
    pub(super) body: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Start {
    #[serde(deserialize_with = "some")]
    pub(super) rid: Option<Box<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prefix {
    pub(super) prefix: Box<str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pause {
    pub(super) prefix: Box<str>,
    /// As long as nobody releases it.
    #[serde(default)]
    pub(super) for_ms: Option<Millis>,
    #[serde(default)]
    pub(super) maintenance: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mint {
    pub(super) prefix: Box<str>,
    #[serde(default, deserialize_with = "some")]
    pub(super) verbs: Option<Vec<Box<str>>>,
    #[serde(default, deserialize_with = "some")]
    pub(super) expires_in_ms: Option<Millis>,
    #[serde(default, deserialize_with = "some")]
    pub(super) note: Option<Box<str>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Rotate {
    #[serde(deserialize_with = "some")]
    pub(super) overlap_ms: Option<Millis>,
    #[serde(deserialize_with = "some")]
    pub(super) expires_in_ms: Option<Millis>,
}

/// What is there is no null.
fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(field: D) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
}

/// A body; an empty one is an object without fields.
pub(super) fn read<T: DeserializeOwned>(
    body: &[u8],
    content_type: Option<&str>,
) -> Result<T, Answer> {
    if content_type.is_some_and(|kind| !is_json(kind)) {
        return Err(refusal::content_type());
    }
    if body.len() > BODY_LIMIT {
        return Err(refusal::too_large());
    }
    let text = body.trim_ascii_start();
    // The library takes an array for an object whose fields have lost their names.
    if text.starts_with(b"[") {
        let message = "the body is an array: send an object";
        return Err(refuse(400, "bad_json", message));
    }
    let body = if text.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        let code = if error.is_data() {
            "bad_value"
        } else {
            "bad_json"
        };
        let (line, column) = (error.line(), error.column());
        let said = error.to_string();
        let place = format!(" at line {line} column {column}");
        let said = said.strip_suffix(&*place).unwrap_or(&said);
        refuse(
            400,
            code,
            format!("the body, line {line} column {column}: {said}"),
        )
    })
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// A span of a field, within its bounds.
pub(super) fn within(
    field: &str,
    millis: Option<Millis>,
    bounds: RangeInclusive<Millis>,
) -> Result<Option<Millis>, Answer> {
    match millis {
        Some(millis) if !bounds.contains(&millis) => {
            let (from, to) = bounds.into_inner();
            let message = format!("{field} must be from {from} to {to} milliseconds");
            Err(refusal::value(message))
        }
        within => Ok(within),
    }
}

/// One line of a field.
pub(super) fn line(field: &str, text: Box<str>, longest: usize) -> Result<Box<str>, Answer> {
    if text.len() <= longest && clean(&text) == *text {
        return Ok(text);
    }
    let message = format!("{field} must be one line of at most {longest} bytes");
    Err(refusal::value(message))
}

pub(super) fn rid(text: Option<&str>) -> Result<Option<u128>, Answer> {
    let message = "rid must be a uuid: 8-4-4-4-12 hexadecimal digits";
    let read = |text| uuid::read(text).ok_or_else(|| refusal::value(message));
    text.map(read).transpose()
}

/// What is kept of what came with something: whole characters.
pub(super) fn kept(mut text: String) -> Box<[u8]> {
    let mut end = text.len().min(KEPT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text.into_bytes().into()
}

pub(super) fn verbs(words: &[Box<str>]) -> Result<Verbs, Answer> {
    let bad = |why: Cow<'static, str>| {
        let known = "kick, fault, status, retire, clear, auth, monitor, pause, signed";
        refusal::value(format!("{why}: take some of {known}"))
    };
    if words.is_empty() {
        return Err(bad("verbs is empty".into()));
    }
    // Many of them in one, or none, is no word.
    let is_word =
        |word: &str| !word.is_empty() && !word.contains(|c: char| c.is_ascii_whitespace());
    if let Some(word) = words.iter().find(|word| !is_word(word)) {
        return Err(bad(format!("{word:.40} is no verb").into()));
    }
    Verbs::parse(&words.join(" ")).map_err(|word| bad(format!("{word:.40} is no verb").into()))
}

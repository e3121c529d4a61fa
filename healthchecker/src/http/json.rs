//! The value at a JSON pointer (RFC 6901), and whether it is the expected one.

mod number;

use std::borrow::Cow;
use std::fmt;
use std::io::Read;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::message;

/// Bytes that a tested document may have.
const MAX_DOCUMENT: usize = 64 * 1024;

/// A pointer and the value that must be there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JsonTest {
    tokens: Vec<String>,
    pointer: String,
    value: String,
}

/// Tokens that a pointer may have: each costs a look at the rest of the document.
const MAX_TOKENS: usize = 128;

pub(crate) const ACCEPTED: &str =
    "POINTER=VALUE, such as /status=UP or /components/db/status=healthy";

impl JsonTest {
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let text = str::from_utf8(text).ok()?;
        let (pointer, value) = text.split_once('=')?;
        let tokens: Vec<String> = match pointer.strip_prefix('/') {
            Some(rest) => rest.split('/').map(unescape).collect::<Option<_>>()?,
            None if pointer.is_empty() => Vec::new(),
            None => return None,
        };
        if tokens.len() > MAX_TOKENS {
            return None;
        }
        Some(Self {
            tokens,
            pointer: pointer.to_owned(),
            value: value.to_owned(),
        })
    }

    /// Reads one document. What is wrong with it otherwise.
    pub(crate) fn check(&self, body: impl Read) -> Result<(), String> {
        // One byte more shows whether there is more. Growing would hold two copies for a moment.
        let mut document = Vec::with_capacity(MAX_DOCUMENT + 1);
        body.take(MAX_DOCUMENT as u64 + 1)
            .read_to_end(&mut document)
            .map_err(|error| format!("its body cannot be read ({error})"))?;
        if document.len() > MAX_DOCUMENT {
            return Err(String::from(
                "its body is larger than 64 KiB, which is not read as JSON",
            ));
        }
        let pointer = message::escaped(self.pointer.as_bytes(), 200);
        // What the pointer passes over would not be looked at.
        let document =
            str::from_utf8(&document).map_err(|error| format!("its body is not JSON ({error})"))?;
        let found = self
            .find(document)
            .map_err(|error| format!("its body is not JSON ({error})"))?
            .ok_or_else(|| format!("its body has nothing at {pointer}"))?;
        if found.is(&self.value) {
            return Ok(());
        }
        let expected = message::escaped(self.value.as_bytes(), 200);
        Err(format!("{pointer} is {found}, not \"{expected}\""))
    }

    /// The value that the pointer leads to.
    fn find<'d>(&self, document: &'d str) -> serde_json::Result<Option<Found<'d>>> {
        // Read once as a whole, so that all of it is JSON, wherever the pointer leads.
        let mut value: &RawValue = serde_json::from_str(document)?;
        for token in &self.tokens {
            let inside = match value.get().as_bytes().first() {
                Some(b'{' | b'[') => serde_json::Deserializer::from_str(value.get())
                    .deserialize_any(Inside(token))?,
                _ => None,
            };
            match inside {
                Some(inside) => value = inside,
                None => return Ok(None),
            }
        }
        Found::read(value.get()).map(Some)
    }
}

/// `~1` is a slash, `~0` a tilde (RFC 6901, section 3).
fn unescape(token: &str) -> Option<String> {
    let mut text = String::with_capacity(token.len());
    let mut characters = token.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '~' => match characters.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            other => other,
        });
    }
    Some(text)
}

/// What was found, by its text.
enum Found<'d> {
    Text(String),
    Number(&'d str),
    /// `true`, `false` or `null`.
    Word(&'d str),
    Array,
    Object,
}

impl<'d> Found<'d> {
    /// Reads the text of a value. That it has the form of one is known, so that its first byte shows
    /// what it is.
    fn read(json: &'d str) -> serde_json::Result<Self> {
        Ok(match json.as_bytes().first() {
            Some(b'"') => Self::Text(serde_json::from_str(json)?),
            Some(b'[') => Self::Array,
            Some(b'{') => Self::Object,
            Some(b't' | b'f' | b'n') => Self::Word(json),
            _ => Self::Number(json),
        })
    }

    fn is(&self, value: &str) -> bool {
        match self {
            Self::Text(text) => text == value,
            Self::Number(number) => *number == value || number::equal(number, value),
            Self::Word(word) => *word == value,
            Self::Array | Self::Object => false,
        }
    }
}

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "\"{}\"", message::escaped(text.as_bytes(), 200)),
            Self::Number(text) | Self::Word(text) => {
                f.write_str(&message::escaped(text.as_bytes(), 200))
            }
            Self::Array => f.write_str("an array"),
            Self::Object => f.write_str("an object"),
        }
    }
}

/// The member or element that a token names.
struct Inside<'a>(&'a str);

impl<'de> Visitor<'de> for Inside<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some((name, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            // Of two members with one name the last counts, as in most readers. A name with a lone
            // surrogate is JSON and no text.
            if serde_json::from_str::<Cow<'_, str>>(name.get()).is_ok_and(|name| name == self.0) {
                found = Some(value);
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        let mut index = 0usize;
        while let Some(value) = array.next_element::<&RawValue>()? {
            if self.0 == index.to_string() {
                found = Some(value);
            }
            index += 1;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests;

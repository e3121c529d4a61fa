//! The value at a JSON pointer (RFC 6901), and whether it is the expected one.

mod number;

use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
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

pub(crate) const ACCEPTED: &str =
    "POINTER=VALUE, such as /status=UP or /components/db/status=healthy";

impl JsonTest {
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let text = str::from_utf8(text).ok()?;
        let (pointer, value) = text.split_once('=')?;
        let tokens = match pointer.strip_prefix('/') {
            Some(rest) => rest.split('/').map(unescape).collect::<Option<_>>()?,
            None if pointer.is_empty() => Vec::new(),
            None => return None,
        };
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
        let mut document = serde_json::Deserializer::from_str(document);
        let found = Find(&self.tokens).deserialize(&mut document)?;
        document.end()?;
        found.map(Found::read).transpose()
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
            Self::Number(number) => number::equal(number, value),
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

/// Follows the tokens through a document, keeping only what they lead to.
#[derive(Clone, Copy)]
struct Find<'a>(&'a [String]);

impl<'de> DeserializeSeed<'de> for Find<'_> {
    type Value = Option<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.0.is_empty() {
            return <&RawValue>::deserialize(deserializer).map(|value| Some(value.get()));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Find<'_> {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Some((token, rest)) = self.0.split_first() else {
            return Ok(None);
        };
        let mut found = None;
        while let Some(named) = map.next_key_seed(IsKey(token))? {
            if named {
                // Of two members with one name the last counts, as in most readers.
                found = map.next_value_seed(Find(rest))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let Some((token, rest)) = self.0.split_first() else {
            return Ok(None);
        };
        let mut index = 0usize;
        loop {
            if *token == index.to_string() {
                let Some(found) = array.next_element_seed(Find(rest))? else {
                    return Ok(None);
                };
                while array.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(found);
            }
            if array.next_element::<IgnoredAny>()?.is_none() {
                return Ok(None);
            }
            index += 1;
        }
    }

    // The tokens lead further than a leaf.

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// Whether a member's name is the one that is looked for. The name is not kept.
struct IsKey<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for IsKey<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsKey<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<bool, E> {
        Ok(self.0 == name)
    }
}

#[cfg(test)]
mod tests;

//! The value at a JSON pointer (RFC 6901), found while the document streams by.

use std::fmt;
use std::io::{self, BufReader, Read};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use crate::message;

/// Bytes that a tested document may have: in the worst one a single string takes them all.
const MAX_DOCUMENT: u64 = 64 * 1024;

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
        let mut body = Counted {
            inner: body,
            left: MAX_DOCUMENT,
        };
        let mut document =
            serde_json::Deserializer::from_reader(BufReader::with_capacity(1024, &mut body));
        let find = Find {
            tokens: &self.tokens,
            value: &self.value,
        };
        let found = find
            .deserialize(&mut document)
            .and_then(|found| document.end().map(|()| found));
        drop(document);
        let pointer = message::escaped(self.pointer.as_bytes(), 200);
        let found = match found {
            _ if body.left == 0 => {
                return Err(String::from(
                    "its body is larger than 64 KiB, which is not read as JSON",
                ));
            }
            Ok(found) => found,
            Err(error) if error.is_io() => {
                return Err(format!("its body cannot be read ({error})"));
            }
            Err(error) => return Err(format!("its body is not JSON ({error})")),
        };
        if found.is(&self.value) {
            return Ok(());
        }
        let expected = message::escaped(self.value.as_bytes(), 200);
        Err(match found {
            Found::Nothing => format!("its body has nothing at {pointer}"),
            found => format!("{pointer} is {found}, not \"{expected}\""),
        })
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

/// A reader that ends at its limit and can tell.
struct Counted<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = (&mut self.inner).take(self.left).read(buffer)?;
        self.left -= amount as u64;
        Ok(amount)
    }
}

#[derive(Debug, PartialEq)]
enum Found {
    Nothing,
    /// The text's start, and whether all of it is the expected value.
    Text(String, bool),
    Number(Number),
    Bool(bool),
    Null,
    Array,
    Object,
}

impl Found {
    fn is(&self, value: &str) -> bool {
        match self {
            Self::Text(_, equal) => *equal,
            Self::Number(number) => value.parse::<Number>().is_ok_and(|value| {
                value == *number || (value.as_f64().is_some() && value.as_f64() == number.as_f64())
            }),
            Self::Bool(bool) => value == if *bool { "true" } else { "false" },
            Self::Null => value == "null",
            _ => false,
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Text(text, _) => write!(f, "\"{}\"", message::escaped(text.as_bytes(), 200)),
            Self::Number(number) => number.fmt(f),
            Self::Bool(bool) => bool.fmt(f),
            Self::Null => f.write_str("null"),
            Self::Array => f.write_str("an array"),
            Self::Object => f.write_str("an object"),
        }
    }
}

/// Follows the tokens through a document, keeping only what they lead to.
#[derive(Clone, Copy)]
struct Find<'a> {
    tokens: &'a [String],
    value: &'a str,
}

impl Find<'_> {
    fn leaf<E>(self, found: Found) -> Result<Found, E> {
        Ok(if self.tokens.is_empty() {
            found
        } else {
            Found::Nothing
        })
    }
}

impl<'de> DeserializeSeed<'de> for Find<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Find<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = if self.tokens.is_empty() {
            Found::Object
        } else {
            Found::Nothing
        };
        let wanted = self.tokens.split_first();
        while let Some(named) = map.next_key_seed(IsKey(wanted.map(|(token, _)| token.as_str())))? {
            match wanted {
                // Of two members with one name the last counts, as in most readers.
                Some((_, rest)) if named => {
                    found = map.next_value_seed(Find {
                        tokens: rest,
                        ..self
                    })?
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Found, A::Error> {
        let mut found = if self.tokens.is_empty() {
            Found::Array
        } else {
            Found::Nothing
        };
        let mut index = 0usize;
        loop {
            match self.tokens.split_first() {
                Some((token, rest)) if *token == index.to_string() => {
                    match array.next_element_seed(Find {
                        tokens: rest,
                        ..self
                    })? {
                        Some(value) => found = value,
                        None => return Ok(found),
                    }
                }
                _ => {
                    if array.next_element::<IgnoredAny>()?.is_none() {
                        return Ok(found);
                    }
                }
            }
            index += 1;
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Found, E> {
        self.leaf(Found::Text(
            text.chars().take(200).collect(),
            text == self.value,
        ))
    }

    fn visit_bool<E: Error>(self, bool: bool) -> Result<Found, E> {
        self.leaf(Found::Bool(bool))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Found, E> {
        self.leaf(Found::Number(number.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Found, E> {
        self.leaf(Found::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Found, E> {
        self.leaf(Number::from_f64(number).map_or(Found::Null, Found::Number))
    }

    fn visit_unit<E: Error>(self) -> Result<Found, E> {
        self.leaf(Found::Null)
    }
}

/// Whether a member's name is the one that is looked for. The name is not kept.
struct IsKey<'a>(Option<&'a str>);

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
        Ok(self.0 == Some(name))
    }
}

#[cfg(test)]
mod tests;

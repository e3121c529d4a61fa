//! Tests of a body, made while it streams by.

use std::io::{self, Read};

#[cfg(feature = "json")]
use super::json::JsonTest;
use crate::message;
use crate::verdict::{Cause, Failure};

/// What a healthy body must have.
#[derive(Clone, Debug, Default)]
pub(crate) struct BodyTest {
    pub(crate) contains: Option<Vec<u8>>,
    #[cfg(feature = "json")]
    pub(crate) json: Option<JsonTest>,
}

impl BodyTest {
    pub(crate) fn is_empty(&self) -> bool {
        #[cfg(feature = "json")]
        if self.json.is_some() {
            return false;
        }
        self.contains.is_none()
    }

    /// Reads `body` only as far as the test needs it.
    pub(super) fn check(&self, body: impl Read) -> Result<(), Failure> {
        let mut watch = Watch {
            inner: body,
            start: Vec::new(),
            search: Search::new(self.contains.as_deref()),
        };
        self.problem(&mut watch).map_err(|what| Failure {
            body: watch.start,
            ..Failure::new(Cause::Body, what)
        })
    }

    fn problem(&self, watch: &mut Watch<'_, impl Read>) -> Result<(), String> {
        #[cfg(feature = "json")]
        if let Some(json) = &self.json {
            json.check(&mut *watch)?;
        }
        let mut chunk = [0; CHUNK];
        let mut unread = String::new();
        while !watch.search.found {
            match watch.read(&mut chunk) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    unread = format!(", as far as it can be read ({error})");
                    break;
                }
            }
        }
        if watch.search.found {
            return Ok(());
        }
        let text = message::escaped(watch.search.text, 200);
        Err(format!("its body does not contain \"{text}\"{unread}"))
    }
}

/// A body that keeps its start for the message and is searched on its way.
struct Watch<'a, R> {
    inner: R,
    start: Vec<u8>,
    search: Search<'a>,
}

impl<R: Read> Read for Watch<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.inner.read(buffer)?;
        let bytes = buffer.get(..amount).unwrap_or_default();
        let room = message::MAX_BODY - self.start.len();
        self.start.extend(bytes.iter().take(room));
        self.search.push(bytes);
        Ok(amount)
    }
}

struct Search<'a> {
    text: &'a [u8],
    window: Vec<u8>,
    found: bool,
}

impl<'a> Search<'a> {
    fn new(text: Option<&'a [u8]>) -> Self {
        let text = text.unwrap_or_default();
        Self {
            text,
            window: Vec::new(),
            found: text.is_empty(),
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        if self.found {
            return;
        }
        self.window.extend_from_slice(bytes);
        self.found = self
            .window
            .windows(self.text.len())
            .any(|part| part == self.text);
        // What could still be the beginning of the text stays.
        let passed = self.window.len().saturating_sub(self.text.len() - 1);
        self.window.drain(..passed);
    }
}

const CHUNK: usize = 2048;

#[cfg(test)]
mod tests;

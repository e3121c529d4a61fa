//! Tests of a body, made while it streams by.

use std::io::{self, Read};

use crate::message;
use crate::verdict::{Cause, Failure};

/// What a healthy body must have.
#[derive(Clone, Debug)]
pub(crate) struct BodyTest {
    pub(crate) contains: Option<Vec<u8>>,
}

/// Reads `body` only as far as the test needs it.
pub(crate) fn check(test: &BodyTest, body: impl Read) -> Result<(), Failure> {
    match &test.contains {
        Some(text) => contains(text, body),
        None => Ok(()),
    }
}

fn contains(text: &[u8], mut body: impl Read) -> Result<(), Failure> {
    let mut start = Vec::new();
    let mut window = Vec::with_capacity(text.len() + CHUNK);
    let mut chunk = [0; CHUNK];
    let problem = loop {
        let bytes = match body.read(&mut chunk) {
            Ok(0) => break String::from("its body does not contain "),
            Ok(amount) => chunk.get(..amount).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                break format!("its body cannot be read ({error}) and does not yet contain ");
            }
        };
        let room = message::MAX_BODY - start.len();
        start.extend(bytes.iter().take(room));
        window.extend_from_slice(bytes);
        if window.windows(text.len()).any(|part| part == text) {
            return Ok(());
        }
        // What could still be the beginning of the text stays.
        let passed = window.len().saturating_sub(text.len() - 1);
        window.drain(..passed);
    };
    let mut what = problem;
    what.push('"');
    message::push_escaped(&mut what, text, 200);
    what.push('"');
    Err(Failure {
        body: start,
        ..Failure::new(Cause::Body, what)
    })
}

const CHUNK: usize = 2048;

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes one at a time.
    struct Dripping<'a>(&'a [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let amount = self.0.len().min(1);
            self.0.read(&mut buffer[..amount])
        }
    }

    fn found(text: &str, body: &[u8]) -> bool {
        let whole = contains(text.as_bytes(), body).is_ok();
        assert_eq!(contains(text.as_bytes(), Dripping(body)).is_ok(), whole);
        whole
    }

    #[test]
    fn finds_text_anywhere() {
        assert!(found("UP", b"UP"));
        assert!(found("UP", b"{\"status\":\"UP\"}"));
        assert!(found("aab", b"aaab"));
        assert!(!found("UP", b"U P"));
        assert!(!found("UP", b""));
        assert!(!found("UP", b"U"));
        let mut long = vec![b'x'; CHUNK - 1];
        long.extend(b"UP");
        assert!(found("UP", &long));
        assert!(!found("UPX", &long));
    }

    #[test]
    fn shows_the_start_of_a_body_without_it() {
        let failure = contains(b"UP", &vec![b'x'; 100_000][..]).unwrap_err();
        assert_eq!(failure.body, vec![b'x'; message::MAX_BODY]);
        assert_eq!(failure.what, "its body does not contain \"UP\"");
    }

    #[test]
    fn stops_reading_when_found() {
        struct Endless;
        impl Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                buffer.fill(b'y');
                Ok(buffer.len())
            }
        }
        assert!(contains(b"UP", b"UP".chain(Endless)).is_ok());
    }
}

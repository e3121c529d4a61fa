//! Splits the value of `HEALTHCHECKER_ARGS` into words.
//!
//! Blanks (space, tab, line ends and the other control characters) part words; single and double
//! quotes group, and may stand inside a word. There is no escape character: a backslash is itself,
//! and one kind of quote protects the other.

use core::mem;

/// The words of a text, unquoted in place: nothing is copied out of the given buffer.
///
/// Ends before a word with a quote that is never closed: [`is_open`](Self::is_open) is to be asked
/// then.
///
/// ```
/// use healthchecker_core::words::Words;
///
/// let mut text = *b"--header='X-Probe: docker' --verbose";
/// let mut words = Words::new(&mut text);
/// assert_eq!(words.next(), Some(&b"--header=X-Probe: docker"[..]));
/// assert_eq!(words.next(), Some(&b"--verbose"[..]));
/// assert_eq!(words.next(), None);
/// assert!(!words.is_open());
/// ```
#[derive(Debug)]
pub struct Words<'a> {
    rest: &'a mut [u8],
    /// The quote that is open; no quote is a zero.
    quote: u8,
}

impl<'a> Words<'a> {
    /// The words of `text`, which is overwritten as they are taken.
    pub fn new(text: &'a mut [u8]) -> Self {
        Self {
            rest: text,
            quote: 0,
        }
    }

    /// Whether a quote was opened and never closed.
    pub fn is_open(&self) -> bool {
        self.quote != 0
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = mem::take(&mut self.rest);
        let mut in_word = false;
        let (mut read, mut written) = (0, 0);
        while let Some(&byte) = text.get(read) {
            read += 1;
            if byte == self.quote {
                self.quote = 0;
                continue;
            }
            if self.quote == 0 {
                if byte <= b' ' {
                    if in_word {
                        break;
                    }
                    continue;
                }
                in_word = true;
                if byte == b'\'' || byte == b'"' {
                    self.quote = byte;
                    continue;
                }
            }
            if let Some(place) = text.get_mut(written) {
                *place = byte;
                written += 1;
            }
        }
        if self.is_open() || !in_word {
            return None;
        }
        let (done, rest) = text.split_at_mut_checked(read)?;
        self.rest = rest;
        let done: &'a [u8] = done;
        done.get(..written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};
    use std::vec::Vec;

    /// The words before an open quote, and whether there is one.
    fn split(text: &str) -> (Vec<String>, bool) {
        let mut text = text.as_bytes().to_vec();
        let mut words = Words::new(&mut text);
        let split = words.by_ref();
        let split = split.map(|word| String::from_utf8(word.to_vec()).unwrap());
        (split.collect(), words.is_open())
    }

    #[test]
    fn words() {
        for (text, expected) in [
            ("", &[][..]),
            (" \t\r\n ", &[]),
            ("--verbose", &["--verbose"]),
            ("  -p 80\t--path\n/x  ", &["-p", "80", "--path", "/x"]),
            ("--header 'K: a b'", &["--header", "K: a b"]),
            ("--header=\"K: 'a' b\"", &["--header=K: 'a' b"]),
            ("a'b c'd\"e f\"g", &["ab cde fg"]),
            ("'' x \"\"", &["", "x", ""]),
            ("''", &[""]),
            (r"a\ b", &["a\\", "b"]),
            (r"'a\'", &["a\\"]),
            ("é 'ü ö'", &["é", "ü ö"]),
        ] {
            let expected = expected.iter().map(ToString::to_string).collect();
            assert_eq!(split(text), (expected, false), "{text:?}");
        }
    }

    #[test]
    fn unclosed_quotes() {
        for text in ["'", "\"", "a 'b", "a \"b'", "x='"] {
            assert!(split(text).1, "{text:?}");
        }
    }

    #[test]
    fn ends_after_an_unclosed_quote() {
        let mut text = *b"a 'b c";
        let mut words = Words::new(&mut text);
        assert_eq!(words.next(), Some(&b"a"[..]));
        assert_eq!(words.next(), None);
        assert!(words.is_open());
        assert_eq!(words.next(), None);
    }
}

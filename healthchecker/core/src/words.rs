//! Splits the value of `HEALTHCHECKER_ARGS` into words.
//!
//! Blanks (space, tab, line ends) part words; single and double quotes group, and may stand inside
//! a word. There is no escape character: a backslash is itself, and one kind of quote protects the
//! other.

/// A quote was opened and never closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnclosedQuote;

/// The words of a text, unquoted in place: nothing is copied out of the given buffer.
///
/// ```
/// use healthchecker_core::words::Words;
///
/// let mut text = *b"--header='X-Probe: docker' --verbose";
/// let mut words = Words::new(&mut text);
/// assert_eq!(words.next(), Some(Ok(&b"--header=X-Probe: docker"[..])));
/// assert_eq!(words.next(), Some(Ok(&b"--verbose"[..])));
/// assert_eq!(words.next(), None);
/// ```
#[derive(Debug)]
pub struct Words<'a> {
    rest: &'a mut [u8],
}

impl<'a> Words<'a> {
    /// The words of `text`, which is overwritten as they are taken.
    pub fn new(text: &'a mut [u8]) -> Self {
        Self { rest: text }
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Result<&'a [u8], UnclosedQuote>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = core::mem::take(&mut self.rest);
        let mut quote = 0u8;
        let mut in_word = false;
        let mut written = 0;
        let mut read = 0;
        while let Some(&byte) = text.get(read) {
            read += 1;
            if quote != 0 {
                if byte == quote {
                    quote = 0;
                    continue;
                }
            } else if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                if in_word {
                    break;
                }
                continue;
            } else if byte == b'\'' || byte == b'"' {
                quote = byte;
                in_word = true;
                continue;
            }
            in_word = true;
            if let Some(place) = text.get_mut(written) {
                *place = byte;
                written += 1;
            }
        }
        if quote != 0 {
            return Some(Err(UnclosedQuote));
        }
        if !in_word {
            return None;
        }
        let (done, rest) = text.split_at_mut_checked(read)?;
        self.rest = rest;
        let done: &'a [u8] = done;
        done.get(..written).map(Ok)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    fn split(text: &str) -> Result<Vec<String>, UnclosedQuote> {
        let mut text = text.as_bytes().to_vec();
        Words::new(&mut text)
            .map(|word| word.map(|word| String::from_utf8(word.to_vec()).unwrap()))
            .collect()
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
            assert_eq!(split(text).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn unclosed_quotes() {
        for text in ["'", "\"", "a 'b", "a \"b'", "x='"] {
            assert_eq!(split(text), Err(UnclosedQuote), "{text:?}");
        }
    }

    #[test]
    fn ends_after_an_unclosed_quote() {
        let mut text = *b"a 'b c";
        let mut words = Words::new(&mut text);
        assert_eq!(words.next(), Some(Ok(&b"a"[..])));
        assert_eq!(words.next(), Some(Err(UnclosedQuote)));
        assert_eq!(words.next(), None);
    }
}

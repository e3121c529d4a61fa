//! A place in a text that is read from its start to its end.

use crate::ascii::equals_in_any_case;

/// The bytes that are still to be read.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// At the start of a text.
    ///
    /// ```
    /// use healthchecker_core::cursor::Cursor;
    ///
    /// let mut cursor = Cursor::new(b"200-299");
    /// assert_eq!(cursor.number(10, 599), Some(200));
    /// assert!(cursor.eat(b'-'));
    /// assert_eq!(cursor.number(10, 599), Some(299));
    /// assert!(cursor.is_at_end());
    /// ```
    pub fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    /// What is still to be read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether nothing is still to be read.
    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Passes over `byte`, if it is the next one.
    // Inlined wherever a byte may come it is 100 bytes more.
    #[inline(never)]
    pub fn eat(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((&first, rest)) if first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Passes over what comes before the next `stop`, or over everything, and gives it.
    ///
    /// ```
    /// use healthchecker_core::cursor::Cursor;
    ///
    /// let mut cursor = Cursor::new(b"--port=80");
    /// assert_eq!(cursor.until(b'='), b"--port");
    /// assert_eq!(cursor.rest(), b"=80");
    /// assert_eq!(cursor.until(b' '), b"=80");
    /// ```
    pub fn until(&mut self, stop: u8) -> &'a [u8] {
        let length = self.rest.iter().position(|&byte| byte == stop);
        let (before, rest) = self.rest.split_at(length.unwrap_or(self.rest.len()));
        self.rest = rest;
        before
    }

    /// Passes over `text`, if it comes next in any case.
    ///
    /// ```
    /// use healthchecker_core::cursor::Cursor;
    ///
    /// let mut cursor = Cursor::new(b"HTTP://localhost");
    /// assert!(!cursor.eat_in_any_case(b"https://"));
    /// assert!(cursor.eat_in_any_case(b"http://"));
    /// assert_eq!(cursor.rest(), b"localhost");
    /// ```
    pub fn eat_in_any_case(&mut self, text: &[u8]) -> bool {
        match self.rest.split_at_checked(text.len()) {
            Some((first, rest)) if equals_in_any_case(first, text) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Passes over the next digit of a base up to 16, and gives what it stands for.
    pub fn digit(&mut self, base: u8) -> Option<u32> {
        let (&first, rest) = self.rest.split_first()?;
        let mut digit = first.wrapping_sub(b'0');
        if digit > 9 {
            // Letters of either case follow the other digits; what lies between is none.
            digit = (first | 0x20).wrapping_sub(b'a').saturating_add(10);
        }
        (digit < base).then(|| {
            self.rest = rest;
            digit.into()
        })
    }

    /// Passes over the digits of a base up to 16 that come next, at least one, and gives the number
    /// that they spell. Where it is more than `max`, or no digit comes, nothing is passed over.
    ///
    /// ```
    /// use healthchecker_core::cursor::Cursor;
    ///
    /// let mut cursor = Cursor::new(b"65536/x");
    /// assert_eq!(cursor.number(10, 65_535), None);
    /// assert_eq!(cursor.number(10, 65_536), Some(65_536));
    /// assert_eq!(cursor.number(10, 9), None);
    /// assert_eq!(cursor.rest(), b"/x");
    /// ```
    pub fn number(&mut self, base: u8, max: u32) -> Option<u32> {
        let mut after = self.clone();
        let mut number = u64::from(after.digit(base)?);
        while number <= max.into()
            && let Some(digit) = after.digit(base)
        {
            number = number * u64::from(base) + u64::from(digit);
        }
        (number <= max.into()).then(|| {
            *self = after;
            number as u32
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_passed_over() {
        let mut cursor = Cursor::new(b"HTTP://a=1");
        assert!(!cursor.eat_in_any_case(b"https://") && !cursor.eat(b'h'));
        assert!(cursor.eat_in_any_case(b"http://"));
        assert_eq!(cursor.until(b'='), b"a");
        assert!(cursor.eat(b'=') && !cursor.is_at_end());
        assert_eq!(cursor.digit(10), Some(1));
        assert!(cursor.is_at_end());
        // Beyond the end.
        assert!(!cursor.eat_in_any_case(b"x") && !cursor.eat(b'x'));
        assert_eq!((cursor.until(b'x'), cursor.digit(10)), (&b""[..], None));
    }

    #[test]
    fn digits_of_a_base() {
        for (text, base, expected) in [
            ("7", 10, Some(7)),
            ("a", 16, Some(10)),
            ("F", 16, Some(15)),
            ("g", 16, None),
            ("a", 10, None),
            ("/", 16, None),
            (":", 16, None),
            ("@", 16, None),
            ("`", 16, None),
            ("\u{7f}", 16, None),
            ("", 16, None),
        ] {
            let mut cursor = Cursor::new(text.as_bytes());
            assert_eq!(cursor.digit(base), expected, "{text:?}");
            assert_eq!(cursor.is_at_end(), expected.is_some() || text.is_empty());
        }
    }

    #[test]
    fn numbers_that_are_too_large_are_not_passed_over() {
        for (text, max, expected, rest) in [
            ("12x", 12, Some(12), "x"),
            ("13", 12, None, "13"),
            ("0012", 12, Some(12), ""),
            (
                "99999999999999999999999999",
                u32::MAX,
                None,
                "99999999999999999999999999",
            ),
            ("4294967295", u32::MAX, Some(u32::MAX), ""),
            ("x1", 12, None, "x1"),
        ] {
            let mut cursor = Cursor::new(text.as_bytes());
            assert_eq!(cursor.number(10, max), expected, "{text}");
            assert_eq!(cursor.rest(), rest.as_bytes(), "{text}");
        }
    }
}

//! Sets of status codes: `200-299,407`.

use crate::cursor::Cursor;

/// What [`StatusSet::parse`] accepts, for messages.
pub const ACCEPTED: &str = "codes and ranges from 200 to 599, such as 200-299,407";

/// The status codes that count as healthy, as the user wrote them.
///
/// The text is checked once and then consulted, so that a set of any length needs no memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusSet<'a> {
    text: &'a [u8],
}

impl Default for StatusSet<'_> {
    /// 200–299.
    fn default() -> Self {
        Self { text: b"200-299" }
    }
}

impl<'a> StatusSet<'a> {
    /// Reads a comma-separated list of codes and ranges, each within 200–599.
    ///
    /// Interim codes (1xx) are refused: they are never the final answer. So are reversed ranges,
    /// empty elements and blanks.
    ///
    /// ```
    /// use healthchecker_core::status::StatusSet;
    ///
    /// let set = StatusSet::parse(b"200-299,407").unwrap();
    /// assert!(set.contains(204) && set.contains(407));
    /// assert!(!set.contains(304));
    /// assert!(StatusSet::parse(b"2xx").is_none());
    /// ```
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(text);
        Self::read(&mut cursor).filter(|_| cursor.is_at_end())
    }

    /// Reads such a list, whatever comes after it.
    pub fn read(cursor: &mut Cursor<'a>) -> Option<Self> {
        let text = cursor.rest();
        includes(cursor, 0)?;
        Some(Self { text })
    }

    /// Whether `status` is in the set.
    pub fn contains(self, status: u16) -> bool {
        includes(&mut Cursor::new(self.text), status.into()) == Some(true)
    }
}

/// Reads a set, and gives whether it includes `status`.
fn includes(cursor: &mut Cursor<'_>, status: u32) -> Option<bool> {
    let mut is_included = false;
    loop {
        let low = code(cursor)?;
        let high = if cursor.eat(b'-') { code(cursor)? } else { low };
        if high < low {
            return None;
        }
        is_included |= low <= status && status <= high;
        if !cursor.eat(b',') {
            return Some(is_included);
        }
    }
}

/// A code of three digits.
fn code(cursor: &mut Cursor<'_>) -> Option<u32> {
    // Within the range a code has three digits, unless zeros come first.
    if cursor.eat(b'0') {
        return None;
    }
    cursor.number(10, 599).filter(|code| *code >= 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted() {
        for (text, inside, outside) in [
            ("200", &[200][..], &[199, 201, 299][..]),
            ("200-299", &[200, 250, 299], &[199, 300, 100, 101]),
            ("200-299,407", &[204, 407], &[300, 406, 408]),
            ("200,204,301-303", &[200, 204, 301, 303], &[201, 300, 304]),
            ("503-503", &[503], &[502, 504]),
            ("200-599", &[200, 599], &[100, 101, 600]),
        ] {
            let set = StatusSet::parse(text.as_bytes()).expect(text);
            for &code in inside {
                assert!(set.contains(code), "{text}: {code}");
            }
            for &code in outside {
                assert!(!set.contains(code), "{text}: {code}");
            }
        }
    }

    #[test]
    fn refused() {
        for text in [
            "",
            ",",
            "200,",
            ",200",
            "200,,204",
            "2xx",
            "20",
            "2000",
            "0200",
            "199",
            "100",
            "101",
            "600",
            "999",
            "299-200",
            "200-",
            "-299",
            "-",
            "200-299-300",
            "200 ",
            " 200",
            "200, 204",
            "+200",
            "200–299",
            "ok",
        ] {
            assert_eq!(StatusSet::parse(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn default_is_success() {
        let set = StatusSet::default();
        assert!(set.contains(200) && set.contains(299) && !set.contains(199) && !set.contains(300));
    }
}

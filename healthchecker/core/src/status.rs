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
        includes(text, 0)?;
        Some(Self { text })
    }

    /// Whether `status` is in the set.
    pub fn contains(self, status: u16) -> bool {
        includes(self.text, status.into()) == Some(true)
    }

    /// The set as it was written.
    pub fn text(self) -> &'a [u8] {
        self.text
    }
}

/// Whether `text` is a set, and then whether it includes `status`.
fn includes(text: &[u8], status: u32) -> Option<bool> {
    let mut cursor = Cursor::new(text);
    let mut is_included = false;
    loop {
        let low = code(&mut cursor)?;
        let high = if cursor.eat(b'-') {
            code(&mut cursor)?
        } else {
            low
        };
        if high < low {
            return None;
        }
        is_included |= low <= status && status <= high;
        if cursor.is_at_end() {
            return Some(is_included);
        }
        if !cursor.eat(b',') {
            return None;
        }
    }
}

/// A code of three digits.
fn code(cursor: &mut Cursor<'_>) -> Option<u32> {
    let before = cursor.rest().len();
    let code = cursor.number(599)?;
    (code >= 200 && before - cursor.rest().len() == 3).then_some(code)
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
        assert_eq!(set.text(), b"200-299");
        assert!(set.contains(200) && set.contains(299) && !set.contains(199) && !set.contains(300));
    }
}

//! Sets of status codes: `200-299,407`.

use crate::cursor::Cursor;

/// What [`StatusSet::parse`] accepts, for messages.
pub const ACCEPTED: &str = "codes and ranges from 200 to 599, such as 200-299,407";

/// The status codes that count as healthy, as the user wrote them.
///
/// The text is checked once and then consulted, so that a set of any length needs no memory but its
/// own, which may be borrowed or owned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusSet<T> {
    text: T,
}

impl<T: From<&'static [u8]>> Default for StatusSet<T> {
    /// 200–299.
    fn default() -> Self {
        Self {
            text: T::from(&b"200-299"[..]),
        }
    }
}

impl<T: AsRef<[u8]>> StatusSet<T> {
    /// Takes a comma-separated list of codes and ranges, each within 200–599.
    ///
    /// Interim codes (1xx) are refused: they are never the final answer. So are reversed ranges,
    /// empty elements and blanks.
    ///
    /// ```
    /// use healthchecker_core::status::StatusSet;
    ///
    /// let set = StatusSet::parse("200-299,407").unwrap();
    /// assert!(set.contains(204) && set.contains(407));
    /// assert!(!set.contains(304));
    /// assert_eq!(StatusSet::parse("2xx"), Err("2xx"));
    /// ```
    ///
    /// # Errors
    /// The text, where it is no such list.
    pub fn parse(text: T) -> Result<Self, T> {
        let mut cursor = Cursor::new(text.as_ref());
        if includes(&mut cursor, 0).is_some() && cursor.is_at_end() {
            return Ok(Self { text });
        }
        Err(text)
    }

    /// Whether `status` is in the set.
    pub fn contains(&self, status: u16) -> bool {
        includes(&mut Cursor::new(self.text.as_ref()), status.into()) == Some(true)
    }
}

impl<'a> StatusSet<&'a [u8]> {
    /// Reads such a list, whatever comes after it.
    pub fn read(cursor: &mut Cursor<'a>) -> Option<Self> {
        let text = cursor.rest();
        includes(cursor, 0)?;
        Some(Self { text })
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
            let set = StatusSet::parse(text).expect(text);
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
            assert_eq!(StatusSet::parse(text), Err(text));
        }
    }

    #[test]
    fn default_is_success() {
        let set = StatusSet::<&[u8]>::default();
        assert!(set.contains(200) && set.contains(299) && !set.contains(199) && !set.contains(300));
    }
}

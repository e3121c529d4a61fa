//! Sets of status codes: `200-299,407`.

use crate::decimal::decimal;

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
        for element in text.split(|&byte| byte == b',') {
            range(element)?;
        }
        Some(Self { text })
    }

    /// Whether `status` is in the set.
    pub fn contains(self, status: u16) -> bool {
        self.text
            .split(|&byte| byte == b',')
            .filter_map(range)
            .any(|(low, high)| low <= status && status <= high)
    }

    /// The set as it was written.
    pub fn text(self) -> &'a [u8] {
        self.text
    }
}

fn range(element: &[u8]) -> Option<(u16, u16)> {
    let (low, high) = match element.iter().position(|&byte| byte == b'-') {
        Some(dash) => (element.get(..dash)?, element.get(dash + 1..)?),
        None => (element, element),
    };
    let (low, high) = (code(low)?, code(high)?);
    (low <= high).then_some((low, high))
}

fn code(text: &[u8]) -> Option<u16> {
    if text.len() != 3 {
        return None;
    }
    let code = decimal(text, 599)?;
    (code >= 200).then_some(code as u16)
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

//! Request headers as options write them: `Name: value`.

use crate::ascii::is_graphic_without;
use crate::cursor::Cursor;

/// What [`Header::parse`] accepts, for messages.
pub const ACCEPTED: &str = "'Name: value' without control characters, such as 'X-Probe: docker'";

/// The headers that frame the message or the connection, a line each, with its colon.
const FRAMING: &str = "connection:\ncontent-length:\ntransfer-encoding:\nupgrade:\nexpect:\nte:";

/// What is visible and yet cannot be in a name (RFC 9110, section 5.6.2).
const DELIMITERS: &[u8] = b"\"(),/:;<=>?@[\\]{}";

/// A request header given by the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// The name: a token of RFC 9110, section 5.6.2.
    pub name: &'a [u8],
    /// The value, without the blanks around it. May be empty.
    pub value: &'a [u8],
}

/// Why a header is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// Not of the form `Name: value`.
    Form,
    /// A header that frames the message or the connection, which the probe itself decides.
    Framing,
}

impl HeaderError {
    /// What is wrong, for messages.
    pub fn text(self) -> &'static str {
        match self {
            Self::Form => "not a header",
            Self::Framing => "a header that the probe sets itself",
        }
    }
}

impl<'a> Header<'a> {
    /// Reads `Name: value`.
    ///
    /// ```
    /// use healthchecker_core::header::{Header, HeaderError};
    ///
    /// let header = Header::parse(b"Host: app.example").unwrap();
    /// assert_eq!(header.name, b"Host");
    /// assert_eq!(header.value, b"app.example");
    /// assert_eq!(Header::parse(b"Host"), Err(HeaderError::Form));
    /// assert_eq!(Header::parse(b"Content-Length: 3"), Err(HeaderError::Framing));
    /// ```
    ///
    /// # Errors
    /// [`HeaderError::Form`] where the text has not [the form](has_form) of a header,
    /// [`HeaderError::Framing`] where it [is one that frames](is_framing).
    pub fn parse(text: &'a [u8]) -> Result<Self, HeaderError> {
        if !has_form(text) {
            return Err(HeaderError::Form);
        }
        if is_framing(text) {
            return Err(HeaderError::Framing);
        }
        let colon = text.iter().position(|&byte| byte == b':');
        let (name, value) = text
            .split_at_checked(colon.unwrap_or(text.len()))
            .unwrap_or_default();
        Ok(Self {
            name,
            value: value.get(1..).unwrap_or_default().trim_ascii(),
        })
    }
}

/// Whether a header frames the message or the connection, which the probe itself decides.
///
/// ```
/// use healthchecker_core::header::is_framing;
///
/// assert!(is_framing(b"TE: trailers"));
/// assert!(!is_framing(b"Tea: green"));
/// ```
pub fn is_framing(text: &[u8]) -> bool {
    FRAMING
        .as_bytes()
        .split(|&byte| byte == b'\n')
        .any(|name| Cursor::new(text).eat_in_any_case(name))
}

/// What may be said of a header that is refused, since its value may be a secret: what comes before
/// the first byte that no name has.
///
/// ```
/// use healthchecker_core::header::without_value;
///
/// assert_eq!(without_value(b"Authorization Bearer word"), b"Authorization");
/// ```
pub fn without_value(text: &[u8]) -> &[u8] {
    let is_end = |byte: &u8| !is_graphic_without(&[*byte], DELIMITERS);
    let end = text.iter().position(is_end).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Whether a text is a name, a colon, and a value without control characters, so that no second
/// header can be smuggled in. Tabs are allowed in the value.
///
/// ```
/// use healthchecker_core::header::has_form;
///
/// assert!(has_form(b"X-Probe:\tdocker"));
/// assert!(!has_form(b"X-Probe : docker"));
/// assert!(!has_form(b"X: 1\r\nY: 2"));
/// ```
pub fn has_form(text: &[u8]) -> bool {
    let mut cursor = Cursor::new(text);
    let name = cursor.until(b':');
    !name.is_empty()
        && is_graphic_without(name, DELIMITERS)
        && cursor.eat(b':')
        && cursor
            .rest()
            .iter()
            .all(|&byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted() {
        for (text, name, value) in [
            ("K: V", "K", "V"),
            ("K:V", "K", "V"),
            ("K:", "K", ""),
            ("K: \t a: b \t", "K", "a: b"),
            ("X-Probe: caf\u{e9}", "X-Probe", "caf\u{e9}"),
            ("Host: [::1]:80", "Host", "[::1]:80"),
            ("User-Agent: x", "User-Agent", "x"),
        ] {
            let header = Header::parse(text.as_bytes()).expect(text);
            assert_eq!(
                (header.name, header.value),
                (name.as_bytes(), value.as_bytes()),
                "{text:?}"
            );
        }
    }

    #[test]
    fn refused() {
        for text in [
            "",
            "K",
            ": V",
            "K : V",
            "K K: V",
            "K: a\r\nX: b",
            "K: a\nb",
            "K: a\0b",
            "K: \u{7f}",
            "K\u{e9}: V",
            "K\t: V",
            "(K): V",
        ] {
            assert_eq!(
                Header::parse(text.as_bytes()),
                Err(HeaderError::Form),
                "{text:?}"
            );
        }
        for text in [
            "Connection: close",
            "content-length: 0",
            "Transfer-Encoding: chunked",
            "Upgrade: h2c",
            "Expect: 100-continue",
            "TE: trailers",
        ] {
            assert_eq!(
                Header::parse(text.as_bytes()),
                Err(HeaderError::Framing),
                "{text:?}"
            );
        }
    }

    #[test]
    fn errors_are_said_apart() {
        assert_eq!(HeaderError::Form.text(), "not a header");
        let framing = "a header that the probe sets itself";
        assert_eq!(HeaderError::Framing.text(), framing);
    }

    #[test]
    fn values_are_left_out() {
        for (text, expected) in [
            ("X: secret", "X"),
            ("X secret", "X"),
            ("X=secret", "X"),
            ("X\tsecret", "X"),
            ("", ""),
            ("X-Y", "X-Y"),
        ] {
            assert_eq!(
                without_value(text.as_bytes()),
                expected.as_bytes(),
                "{text}"
            );
        }
    }
}

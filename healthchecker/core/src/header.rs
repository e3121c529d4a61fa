//! Request headers as options write them: `Name: value`.

use crate::ascii::equals_in_any_case;

/// What [`Header::parse`] accepts, for messages.
pub const ACCEPTED: &str = "'Name: value' without control characters, such as 'X-Probe: docker'";

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
#[non_exhaustive]
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
    /// assert!(header.is(b"host"));
    /// assert_eq!(header.value, b"app.example");
    /// assert_eq!(Header::parse(b"Host"), Err(HeaderError::Form));
    /// assert_eq!(Header::parse(b"Content-Length: 3"), Err(HeaderError::Framing));
    /// ```
    ///
    /// # Errors
    /// [`HeaderError::Form`] without a colon, for a name that is not a token, and for a value with
    /// control characters (so that no second header can be smuggled in);
    /// [`HeaderError::Framing`] for `Connection`, `Content-Length`, `Transfer-Encoding`, `Upgrade`,
    /// `Expect` and `TE`.
    pub fn parse(text: &'a [u8]) -> Result<Self, HeaderError> {
        let colon = text.iter().position(|&byte| byte == b':');
        let (name, value) = colon
            .and_then(|colon| text.split_at_checked(colon))
            .ok_or(HeaderError::Form)?;
        let value = value.get(1..).unwrap_or_default();
        if name.is_empty() || !name.iter().all(|&byte| is_token(byte)) {
            return Err(HeaderError::Form);
        }
        if value
            .iter()
            .any(|&byte| (byte < b' ' && byte != b'\t') || byte == 0x7f)
        {
            return Err(HeaderError::Form);
        }
        let header = Self {
            name,
            value: value.trim_ascii(),
        };
        let mut framing = b"connection content-length transfer-encoding upgrade expect te"
            .split(|&byte| byte == b' ');
        if framing.any(|name| header.is(name)) {
            return Err(HeaderError::Framing);
        }
        Ok(header)
    }

    /// Whether this is the header `name`, in any case.
    pub fn is(&self, name: &[u8]) -> bool {
        equals_in_any_case(self.name, name)
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
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
}

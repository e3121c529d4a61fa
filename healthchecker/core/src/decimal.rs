//! Unsigned decimal numbers as options write them: digits and nothing else.

use crate::cursor::Cursor;

/// The number that `text` spells, if it is at most `max`.
///
/// Digits only: no sign, no blank, no separator, at least one digit.
///
/// ```
/// use healthchecker_core::decimal::decimal;
///
/// assert_eq!(decimal(b"6767", 65_535), Some(6767));
/// assert_eq!(decimal(b"65536", 65_535), None);
/// assert_eq!(decimal(b"+1", 65_535), None);
/// assert_eq!(decimal(b"", 65_535), None);
/// ```
pub fn decimal(text: &[u8], max: u32) -> Option<u32> {
    let mut cursor = Cursor::new(text);
    cursor.number(10, max).filter(|_| cursor.is_at_end())
}

/// Why a text is no port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortError {
    /// There is nothing.
    Empty,
    /// There is something else than digits.
    NotANumber,
    /// There is another number than 1 to 65535.
    OutOfRange,
}

impl PortError {
    /// What is wrong, for messages about a text that must not be shown.
    pub fn text(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotANumber => "not a number",
            Self::OutOfRange => "out of range",
        }
    }
}

/// The port that `text` spells: 1 to 65535. Port 0 cannot be connected to.
///
/// ```
/// use healthchecker_core::decimal::{PortError, read_port};
///
/// assert_eq!(read_port(b"80"), Ok(80));
/// assert_eq!(read_port(b""), Err(PortError::Empty));
/// assert_eq!(read_port(b"http"), Err(PortError::NotANumber));
/// assert_eq!(read_port(b"65536"), Err(PortError::OutOfRange));
/// ```
///
/// # Errors
/// What is wrong with it.
pub fn read_port(text: &[u8]) -> Result<u16, PortError> {
    if text.is_empty() {
        return Err(PortError::Empty);
    }
    if !text.iter().all(u8::is_ascii_digit) {
        return Err(PortError::NotANumber);
    }
    match decimal(text, 65_535) {
        Some(port) if port != 0 => Ok(port as u16),
        _ => Err(PortError::OutOfRange),
    }
}

/// The port that `text` spells, if it spells one.
///
/// ```
/// use healthchecker_core::decimal::port;
///
/// assert_eq!(port(b"80"), Some(80));
/// assert_eq!(port(b"0"), None);
/// assert_eq!(port(b"tcp://10.0.0.1:80"), None);
/// ```
pub fn port(text: &[u8]) -> Option<u16> {
    read_port(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (text, max, expected) in [
            ("0", 9, Some(0)),
            ("9", 9, Some(9)),
            ("10", 9, None),
            ("007", 9, Some(7)),
            ("4294967295", u32::MAX, Some(u32::MAX)),
            ("4294967296", u32::MAX, None),
            ("99999999999999999999", u32::MAX, None),
            ("", 9, None),
            (" 1", 9, None),
            ("1 ", 9, None),
            ("-1", 9, None),
            ("1_0", 99, None),
            ("0x1", 99, None),
            ("٣", 99, None),
        ] {
            assert_eq!(decimal(text.as_bytes(), max), expected, "{text:?}");
        }
    }

    #[test]
    fn ports() {
        use PortError::{Empty, NotANumber, OutOfRange};
        for (text, expected) in [
            ("1", Ok(1)),
            ("00080", Ok(80)),
            ("65535", Ok(65_535)),
            ("65536", Err(OutOfRange)),
            ("99999999999999999999", Err(OutOfRange)),
            ("0", Err(OutOfRange)),
            ("00", Err(OutOfRange)),
            ("", Err(Empty)),
            (" ", Err(NotANumber)),
            ("80 ", Err(NotANumber)),
            ("-1", Err(NotANumber)),
            ("http", Err(NotANumber)),
        ] {
            assert_eq!(read_port(text.as_bytes()), expected, "{text:?}");
            assert_eq!(port(text.as_bytes()), expected.ok(), "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_port_is_said_apart() {
        for (text, said) in [
            ("", "empty"),
            (" ", "not a number"),
            ("80 ", "not a number"),
            ("-1", "not a number"),
            ("0", "out of range"),
            ("65536", "out of range"),
            ("99999999999999999999", "out of range"),
        ] {
            let error = read_port(text.as_bytes()).unwrap_err();
            assert_eq!(error.text(), said, "{text:?}");
        }
    }
}

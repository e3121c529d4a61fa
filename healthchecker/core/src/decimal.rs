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

/// The port that `text` spells: 1 to 65535. Port 0 cannot be connected to.
///
/// ```
/// use healthchecker_core::decimal::port;
///
/// assert_eq!(port(b"80"), Some(80));
/// assert_eq!(port(b"0"), None);
/// assert_eq!(port(b"tcp://10.0.0.1:80"), None);
/// ```
pub fn port(text: &[u8]) -> Option<u16> {
    let number = decimal(text, 65_535)? as u16;
    (number != 0).then_some(number)
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
        for (text, expected) in [
            ("1", Some(1)),
            ("65535", Some(65_535)),
            ("65536", None),
            ("0", None),
            ("00", None),
            ("", None),
            ("http", None),
        ] {
            assert_eq!(port(text.as_bytes()), expected, "{text:?}");
        }
    }
}

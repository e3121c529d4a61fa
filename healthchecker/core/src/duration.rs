//! Durations as options write them: `2s`, `500ms`, `1m`.

use crate::cursor::Cursor;

/// What [`millis`] accepts, for messages.
pub const ACCEPTED: &str = "a whole number with ms, s or m, from 1ms to 60m, such as 2s or 500ms";

const MAX_MILLIS: u32 = 60 * 60 * 1000;

/// The duration that `text` spells, in milliseconds: from 1 to 3,600,000 (one hour).
///
/// A number without a unit is refused, since tools disagree on what it would mean.
///
/// ```
/// use healthchecker_core::duration::millis;
///
/// assert_eq!(millis(b"2s"), Some(2_000));
/// assert_eq!(millis(b"500ms"), Some(500));
/// assert_eq!(millis(b"1m"), Some(60_000));
/// assert_eq!(millis(b"2"), None);
/// assert_eq!(millis(b"0s"), None);
/// ```
pub fn millis(text: &[u8]) -> Option<u32> {
    let mut cursor = Cursor::new(text);
    let number = cursor.number(MAX_MILLIS)?;
    let unit = match cursor.rest() {
        b"ms" => 1,
        b"s" => 1_000,
        b"m" => 60_000,
        _ => return None,
    };
    let millis = number.checked_mul(unit)?;
    (millis != 0 && millis <= MAX_MILLIS).then_some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, expected) in [
            ("1ms", Some(1)),
            ("500ms", Some(500)),
            ("2s", Some(2_000)),
            ("60m", Some(3_600_000)),
            ("3600s", Some(3_600_000)),
            ("3600000ms", Some(3_600_000)),
            ("3600001ms", None),
            ("61m", None),
            ("3600000m", None),
            ("0s", None),
            ("0ms", None),
            ("2", None),
            ("s", None),
            ("ms", None),
            ("", None),
            ("2S", None),
            ("2 s", None),
            ("-2s", None),
            ("1.5s", None),
            ("1m30s", None),
            ("2h", None),
            ("2us", None),
        ] {
            assert_eq!(millis(text.as_bytes()), expected, "{text:?}");
        }
    }
}

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
    let millis = read_millis(&mut cursor)?;
    cursor.is_at_end().then_some(millis)
}

/// Reads such a duration, whatever comes after it.
pub fn read_millis(cursor: &mut Cursor<'_>) -> Option<u32> {
    let number = cursor.number(10, MAX_MILLIS)?;
    let unit = if cursor.eat(b's') {
        1_000
    } else if !cursor.eat(b'm') {
        return None;
    } else if cursor.eat(b's') {
        1
    } else {
        60_000
    };
    let millis = u64::from(number) * unit;
    (millis != 0 && millis <= MAX_MILLIS.into()).then_some(millis as u32)
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

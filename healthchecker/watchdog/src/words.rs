//! Durations and foreign text as lines have them.
//!
//! Touches no other part of the watchdog.

#[cfg(any(feature = "client", feature = "run", feature = "serve"))]
use std::time::Duration;

/// Bytes that a line's text may have.
const LONGEST: usize = 2000;

/// A duration as options write it, in milliseconds: `1m30s`.
#[cfg(any(feature = "client", feature = "run", feature = "serve"))]
pub(crate) fn duration(duration: Duration) -> String {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    humantime::format_duration(Duration::from_millis(millis))
        .to_string()
        .replace(' ', "")
}

/// A text that neither ends its line nor acts on a terminal, cut where it is too long.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::new();
    for character in text.chars() {
        let is_plain = !character.is_control()
            && !matches!(
                character,
                '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
            );
        if is_plain {
            line.push(character);
        } else {
            line.extend(character.escape_default());
        }
        if line.len() > LONGEST {
            line.push('…');
            break;
        }
    }
    line
}

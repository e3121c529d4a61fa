//! What is kept of the reasons that others give.

/// The longest reason that is kept, in bytes.
pub const LONGEST_REASON: usize = 500;

/// A reason as one line: tabs, control characters and Unicode's line ends are spaces, and what is over
/// [`LONGEST_REASON`] bytes is cut off.
///
/// ```
/// assert_eq!(health_watchdog::watches::clean("no\tspace\u{2028}left"), "no space left");
/// ```
pub fn clean(reason: &str) -> String {
    let mut kept = String::with_capacity(reason.len().min(LONGEST_REASON));
    for character in reason.chars() {
        let character = if breaks_lines(character) {
            ' '
        } else {
            character
        };
        if kept.len() + character.len_utf8() > LONGEST_REASON {
            break;
        }
        kept.push(character);
    }
    kept
}

/// Whether a character could end a line or a field for whoever reads it.
pub(super) fn breaks_lines(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

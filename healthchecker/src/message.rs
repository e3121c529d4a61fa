//! One line of text, whatever the parts hold: escaped, bounded, without floating point.
//!
//! Touches no other part of the probe.

use std::time::Duration;

/// Bytes that a line may have, its line end included: Docker keeps 4096 of a check's output.
pub(crate) const MAX_LINE: usize = 4095;

/// Bytes of a response's body that a message shows, before escaping.
pub(crate) const MAX_BODY: usize = 1024;

const ELLIPSIS: &str = "…";

/// Appends `bytes` with everything escaped that could act on a terminal or end the line; at most
/// `limit` bytes, then an ellipsis.
pub(crate) fn push_escaped(line: &mut String, bytes: &[u8], limit: usize) {
    let end = line.len() + limit;
    let mut piece = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            piece.clear();
            push_character(&mut piece, character);
            if line.len() + piece.len() > end {
                line.push_str(ELLIPSIS);
                return;
            }
            line.push_str(&piece);
        }
        for &byte in chunk.invalid() {
            if line.len() + 4 > end {
                line.push_str(ELLIPSIS);
                return;
            }
            push_byte(line, byte);
        }
    }
}

fn push_character(piece: &mut String, character: char) {
    match character {
        '\n' => piece.push_str("\\n"),
        '\r' => piece.push_str("\\r"),
        '\t' => piece.push_str("\\t"),
        // Line and paragraph separators, and what reorders text on a screen.
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => {
            piece.extend(character.escape_unicode());
        }
        _ if character.is_control() => match u8::try_from(u32::from(character)) {
            Ok(byte) if byte.is_ascii() => push_byte(piece, byte),
            _ => piece.extend(character.escape_unicode()),
        },
        _ => piece.push(character),
    }
}

fn push_byte(line: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    line.push_str("\\x");
    for nibble in [byte >> 4, byte & 15] {
        line.push(char::from(DIGITS[usize::from(nibble)]));
    }
}

/// `bytes` escaped, at most `limit` bytes of it.
pub(crate) fn escaped(bytes: &[u8], limit: usize) -> String {
    let mut text = String::new();
    push_escaped(&mut text, bytes, limit);
    text
}

/// A duration as people read it: `0.4 ms`, `250 ms`, `2.0 s`.
pub(crate) fn elapsed(duration: Duration) -> String {
    let micros = duration.as_micros();
    let (number, unit) = match micros {
        0..100_000 => (micros / 100, "ms"),
        100_000..1_000_000 => return format!("{} ms", micros / 1000),
        _ => (micros / 100_000, "s"),
    };
    format!("{}.{} {unit}", number / 10, number % 10)
}

/// A limit as the user gave it: `500 ms`, `2 s`.
pub(crate) fn limit(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis.is_multiple_of(1000) {
        format!("{} s", millis / 1000)
    } else {
        format!("{millis} ms")
    }
}

/// Cuts a line to what Docker keeps and ends it.
pub(crate) fn finish(mut line: String) -> String {
    let room = MAX_LINE - 1;
    if line.len() > room {
        let mut end = room - ELLIPSIS.len();
        while !line.is_char_boundary(end) {
            end -= 1;
        }
        line.truncate(end);
        line.push_str(ELLIPSIS);
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        for (bytes, expected) in [
            (
                &b"plain {\"status\":\"UP\"}"[..],
                "plain {\"status\":\"UP\"}",
            ),
            (b"a\nb\r\tc", "a\\nb\\r\\tc"),
            (b"\x1b[31mred\x07\0\x7f", "\\x1b[31mred\\x07\\x00\\x7f"),
            (b"caf\xc3\xa9", "caf\u{e9}"),
            (b"\xff\xfe\xc3", "\\xff\\xfe\\xc3"),
            ("\u{9b}31m".as_bytes(), "\\u{9b}31m"),
            ("\u{202e}txt\u{2028}".as_bytes(), "\\u{202e}txt\\u{2028}"),
        ] {
            assert_eq!(escaped(bytes, 1000), expected, "{bytes:?}");
        }
    }

    #[test]
    fn limits() {
        assert_eq!(escaped(b"12345", 5), "12345");
        assert_eq!(escaped(b"123456", 5), "12345…");
        assert_eq!(escaped("ééé".as_bytes(), 5), "éé…");
        assert_eq!(escaped(b"\0\0", 7), "\\x00…");
        assert_eq!(escaped(b"\xff\xff", 7), "\\xff…");
        assert_eq!(escaped(b"\xff", 4), "\\xff");
        assert_eq!(escaped(b"abc\xff", 7), "abc\\xff");
    }

    #[test]
    fn lines_end_and_stay_short() {
        assert_eq!(finish("x".into()), "x\n");
        let longest = finish("x".repeat(MAX_LINE - 1));
        assert_eq!(
            (longest.len(), longest.contains(ELLIPSIS)),
            (MAX_LINE, false)
        );
        for text in ["x", "é", "…", "🦀"] {
            let line = finish(text.repeat(5000));
            // As much as fits in whole characters.
            assert!(
                (MAX_LINE - 3..=MAX_LINE).contains(&line.len()) && line.ends_with("…\n"),
                "{text}: {}",
                line.len()
            );
        }
    }

    #[test]
    fn times() {
        for (micros, expected) in [
            (0, "0.0 ms"),
            (99, "0.0 ms"),
            (1_234, "1.2 ms"),
            (99_999, "99.9 ms"),
            (100_000, "100 ms"),
            (999_999, "999 ms"),
            (1_000_000, "1.0 s"),
            (2_049_000, "2.0 s"),
            (3_600_000_000, "3600.0 s"),
        ] {
            assert_eq!(elapsed(Duration::from_micros(micros)), expected);
        }
        assert_eq!(limit(Duration::from_secs(2)), "2 s");
        assert_eq!(limit(Duration::from_millis(1500)), "1500 ms");
    }
}

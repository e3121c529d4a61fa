//! Text in a fixed buffer, without the standard formatting, which costs kilobytes.

use arrayvec::ArrayVec;

/// Bytes of a line before its end: with it, less than the 4096 that Docker keeps of a check's output.
const CAPACITY: usize = 4094;

const ELLIPSIS: &[u8] = "…".as_bytes();

/// A text of at most 4095 bytes. What does not fit is left out, and the text then says so.
#[derive(Debug, Default)]
// In this order, which puts what is used most within a short reach.
#[repr(C)]
pub struct Line {
    overflowed: bool,
    bytes: ArrayVec<u8, { CAPACITY + 1 }>,
}

impl Line {
    /// An empty text.
    pub const fn new() -> Self {
        Self {
            bytes: ArrayVec::new_const(),
            overflowed: false,
        }
    }

    /// The text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Starts again.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.overflowed = false;
    }

    /// Whether something did not fit.
    pub(crate) fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// Appends a text as it is, up to what fits.
    #[inline(never)]
    pub fn text(&mut self, text: &[u8]) {
        let room = CAPACITY.saturating_sub(self.bytes.len());
        let fitting = text.get(..room).unwrap_or(text);
        self.overflowed |= fitting.len() < text.len();
        // Cannot fail: `fitting` has room.
        let _ = self.bytes.try_extend_from_slice(fitting);
    }

    /// Appends a byte, if it fits.
    pub(crate) fn byte(&mut self, byte: u8) {
        if self.bytes.len() < CAPACITY {
            let _ = self.bytes.try_push(byte);
        } else {
            self.overflowed = true;
        }
    }

    /// Appends a number in decimal.
    pub(crate) fn number(&mut self, number: u32) {
        self.digits(number, 10, 1);
    }

    /// Appends at least so many digits.
    fn digits(&mut self, number: u32, base: u32, at_least: u32) {
        if number >= base || at_least > 1 {
            self.digits(number / base, base, at_least.saturating_sub(1));
        }
        let digit = (number % base) as u8;
        self.byte(digit + if digit < 10 { b'0' } else { b'a' - 10 });
    }

    /// Appends a duration as people read it: `0.4 ms`, `250 ms`, `2.0 s`.
    pub(crate) fn elapsed(&mut self, micros: u32) {
        let (tenths, unit) = if micros < 1_000_000 {
            (micros / 100, &b" ms"[..])
        } else {
            (micros / 100_000, &b" s"[..])
        };
        self.number(tenths / 10);
        if !(100_000..1_000_000).contains(&micros) {
            self.byte(b'.');
            self.number(tenths % 10);
        }
        self.text(unit);
    }

    /// Appends a limit as the user gave it: `500 ms`, `2 s`.
    pub(crate) fn limit(&mut self, milliseconds: u32) {
        let (number, unit) = if milliseconds.is_multiple_of(1_000) {
            (milliseconds / 1_000, &b" s"[..])
        } else {
            (milliseconds, &b" ms"[..])
        };
        self.number(number);
        self.text(unit);
    }

    /// Appends what a stranger said, with everything but printable ASCII escaped; at most `limit`
    /// bytes, then an ellipsis.
    pub(crate) fn escaped(&mut self, bytes: &[u8], limit: usize) {
        let end = self.bytes.len() + limit;
        for &byte in bytes {
            let before = self.bytes.len();
            let named = match byte {
                b'\n' => b'n',
                b'\r' => b'r',
                b'\t' => b't',
                b' '..=b'~' => byte,
                _ => b'x',
            };
            if named != byte {
                self.byte(b'\\');
            }
            self.byte(named);
            if named == b'x' && byte != b'x' {
                self.digits(byte.into(), 16, 2);
            }
            if self.bytes.len() > end {
                self.bytes.truncate(before);
                return self.text(ELLIPSIS);
            }
        }
    }

    /// Ends the line, with an ellipsis where something did not fit.
    pub(crate) fn end(&mut self) {
        if self.overflowed {
            self.bytes.truncate(CAPACITY - ELLIPSIS.len());
            self.text(ELLIPSIS);
        }
        let _ = self.bytes.try_push(b'\n');
    }
}

/// One of the lines that a text holds, by its number.
pub(crate) fn nth(lines: &'static str, number: usize) -> &'static [u8] {
    lines
        .as_bytes()
        .split(|&byte| byte == b'\n')
        .nth(number)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(say: impl FnOnce(&mut Line)) -> String {
        let mut line = Line::new();
        say(&mut line);
        String::from_utf8(line.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn numbers_and_times() {
        for number in [0, 9, 10, 200, 65_535, u32::MAX] {
            assert_eq!(said(|line| line.number(number)), number.to_string());
        }
        for (micros, expected) in [
            (0, "0.0 ms"),
            (1_234, "1.2 ms"),
            (99_999, "99.9 ms"),
            (100_000, "100 ms"),
            (999_999, "999 ms"),
            (1_000_000, "1.0 s"),
            (3_600_000_000, "3600.0 s"),
        ] {
            assert_eq!(said(|line| line.elapsed(micros)), expected);
        }
        assert_eq!(said(|line| line.limit(2_000)), "2 s");
        assert_eq!(said(|line| line.limit(1_500)), "1500 ms");
    }

    #[test]
    fn escapes() {
        for (bytes, expected) in [
            (&b"plain {\"x\":1}"[..], "plain {\"x\":1}"),
            (b"x\n\r\ty", "x\\n\\r\\ty"),
            (b"\x1b[31m\0\x7f", "\\x1b[31m\\x00\\x7f"),
            (b"caf\xc3\xa9\xff", "caf\\xc3\\xa9\\xff"),
        ] {
            assert_eq!(said(|line| line.escaped(bytes, 1_000)), expected);
        }
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(said(|line| line.escaped(b"12345", 5)), "12345");
        assert_eq!(said(|line| line.escaped(b"123456", 5)), "12345…");
        assert_eq!(said(|line| line.escaped(b"\0\0", 7)), "\\x00…");
        for length in [CAPACITY - 1, CAPACITY, CAPACITY + 1, 10_000] {
            let line = said(|line| {
                line.text("x".repeat(length).as_bytes());
                assert_eq!(line.overflowed(), length > CAPACITY);
                line.end();
            });
            assert!(line.len() < 4096 && line.ends_with('\n'), "{length}");
            assert_eq!(line.ends_with("…\n"), length > CAPACITY, "{length}");
        }
    }
}

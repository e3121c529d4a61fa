//! Text in a fixed buffer, without the standard formatting, which costs kilobytes.

use arrayvec::ArrayVec;

/// Bytes of a line before its end: with it, less than the 4096 that Docker keeps of a check's output.
const CAPACITY: usize = 4094;

const ELLIPSIS: &[u8] = "…".as_bytes();

/// A text of at most 4095 bytes. What does not fit is left out, and the text then says so.
#[derive(Debug, Default)]
pub struct Line {
    bytes: ArrayVec<u8, { CAPACITY + 1 }>,
    overflowed: bool,
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
    pub fn text(&mut self, text: &[u8]) {
        let room = CAPACITY - self.bytes.len().min(CAPACITY);
        let fitting = text.get(..room).unwrap_or(text);
        self.overflowed |= fitting.len() < text.len();
        // Cannot fail: `fitting` has room.
        let _ = self.bytes.try_extend_from_slice(fitting);
    }

    /// Appends texts one after another.
    pub(crate) fn texts(&mut self, texts: &[&[u8]]) {
        for text in texts {
            self.text(text);
        }
    }

    /// Appends a number in decimal.
    pub(crate) fn number(&mut self, mut number: u32) {
        let mut digits = [0; 10];
        let mut start = digits.len();
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
            start -= 1;
            if number == 0 {
                break;
            }
        }
        self.text(digits.get(start..).unwrap_or_default());
    }

    /// Appends a host, an IPv6 literal in brackets.
    pub(crate) fn host(&mut self, host: &[u8]) {
        let is_bare = host.contains(&b':') && host.first() != Some(&b'[');
        self.text(if is_bare { b"[" } else { b"" });
        self.text(host);
        self.text(if is_bare { b"]" } else { b"" });
    }

    /// Appends a duration as people read it: `0.4 ms`, `250 ms`, `2.0 s`.
    pub(crate) fn elapsed(&mut self, micros: u32) {
        let (tenths, unit) = match micros {
            0..100_000 => (micros / 100, b" ms".as_slice()),
            100_000..1_000_000 => {
                self.number(micros / 1_000);
                return self.text(b" ms");
            }
            _ => (micros / 100_000, b" s".as_slice()),
        };
        self.number(tenths / 10);
        self.text(b".");
        self.number(tenths % 10);
        self.text(unit);
    }

    /// Appends a limit as the user gave it: `500 ms`, `2 s`.
    pub(crate) fn limit(&mut self, milliseconds: u32) {
        let seconds = milliseconds / 1_000;
        let (number, unit) = if seconds * 1_000 == milliseconds {
            (seconds, b" s".as_slice())
        } else {
            (milliseconds, b" ms".as_slice())
        };
        self.number(number);
        self.text(unit);
    }

    /// Appends what a stranger said, with everything escaped that could act on a terminal, reorder
    /// text on it or end the line; at most `limit` bytes, then an ellipsis.
    pub(crate) fn escaped(&mut self, bytes: &[u8], limit: usize) {
        let end = self.bytes.len() + limit;
        for chunk in bytes.utf8_chunks() {
            for character in chunk.valid().chars() {
                let before = self.bytes.len();
                self.character(character);
                if self.cut(before, end) {
                    return;
                }
            }
            for &byte in chunk.invalid() {
                let before = self.bytes.len();
                self.text(b"\\x");
                self.hexadecimal(byte.into(), 4);
                if self.cut(before, end) {
                    return;
                }
            }
        }
    }

    fn character(&mut self, character: char) {
        match character {
            '\n' => self.text(b"\\n"),
            '\r' => self.text(b"\\r"),
            '\t' => self.text(b"\\t"),
            '\0'..' ' | '\x7f' => {
                self.text(b"\\x");
                self.hexadecimal(character.into(), 4);
            }
            // Control characters beyond ASCII, line and paragraph separators, and what reorders text.
            '\u{80}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                let number = u32::from(character);
                self.text(b"\\u{");
                self.hexadecimal(number, if number < 0x100 { 4 } else { 12 });
                self.text(b"}");
            }
            _ => self.text(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    /// Appends a number's hexadecimal digits from the one at bit `shift` down.
    fn hexadecimal(&mut self, number: u32, shift: u32) {
        for shift in (0..=shift).rev().step_by(4) {
            let digit = (number >> shift & 15) as u8;
            self.text(&[if digit < 10 { b'0' } else { b'a' - 10 } + digit]);
        }
    }

    /// Replaces what was appended after `before` by an ellipsis where it passes `end`.
    fn cut(&mut self, before: usize, end: usize) -> bool {
        let cut = self.bytes.len() > end;
        if cut {
            self.bytes.truncate(before);
            self.text(ELLIPSIS);
        }
        cut
    }

    /// Ends the line, with an ellipsis where something did not fit.
    pub(crate) fn end(&mut self) {
        if self.overflowed {
            let mut end = CAPACITY - ELLIPSIS.len();
            // Not within a character.
            while self.bytes.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) {
                end -= 1;
            }
            self.bytes.truncate(end);
            let _ = self.bytes.try_extend_from_slice(ELLIPSIS);
        }
        let _ = self.bytes.try_push(b'\n');
    }
}

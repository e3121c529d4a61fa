//! Text in a fixed buffer, without the standard formatting, which costs kilobytes.
//!
//! Touches no other part of the program.

use arrayvec::ArrayVec;

/// Bytes of a line with its end: less than the 4096 that Docker keeps of a check's output.
const CAPACITY: usize = 4095;

/// A text of at most 4095 bytes. What does not fit is left out.
#[derive(Debug, Default)]
pub struct Line {
    bytes: ArrayVec<u8, CAPACITY>,
}

impl Line {
    /// An empty text.
    pub const fn new() -> Self {
        Self {
            bytes: ArrayVec::new_const(),
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

    /// Whether there is no room: something may have been left out.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes.is_full()
    }

    /// Appends a text as it is, up to what fits.
    // Inlined wherever something is said it is 1.5 KB more.
    #[inline(never)]
    pub fn text(&mut self, text: &[u8]) -> &mut Self {
        let room = self.bytes.remaining_capacity();
        // Cannot fail: there is room.
        let _ = self
            .bytes
            .try_extend_from_slice(text.get(..room).unwrap_or(text));
        self
    }

    /// Appends words of the program's own, up to what fits.
    pub fn say(&mut self, text: &str) -> &mut Self {
        self.text(text.as_bytes())
    }

    /// Appends a byte, if it fits.
    pub(crate) fn byte(&mut self, byte: u8) -> &mut Self {
        self.text(&[byte])
    }

    /// Appends a number in decimal.
    pub(crate) fn number(&mut self, number: u32) -> &mut Self {
        if number > 9 {
            self.number(number / 10);
        }
        self.byte(b'0' + (number % 10) as u8)
    }

    /// Appends a duration as people read it: `0.4 ms`, `250 ms`, `2.0 s`.
    pub(crate) fn duration(&mut self, micros: u32) -> &mut Self {
        let (tenths, unit) = if micros < 1_000_000 {
            (micros / 100, " ms")
        } else {
            (micros / 100_000, " s")
        };
        self.number(tenths / 10);
        if !(100_000..1_000_000).contains(&micros) {
            self.byte(b'.').number(tenths % 10);
        }
        self.say(unit)
    }

    /// Appends a limit of whole milliseconds as the user gave it: `500 ms`, `2 s`.
    pub(crate) fn limit(&mut self, micros: u32) -> &mut Self {
        let (number, unit) = if micros.is_multiple_of(1_000_000) {
            (micros / 1_000_000, " s")
        } else {
            (micros / 1_000, " ms")
        };
        self.number(number).say(unit)
    }

    /// Appends what a stranger said, with everything but printable ASCII escaped; some `limit`
    /// bytes of it at most, then an ellipsis.
    pub(crate) fn escaped(&mut self, bytes: &[u8], limit: usize) -> &mut Self {
        let end = self.bytes.len() + limit;
        for &byte in bytes {
            if self.bytes.len() > end {
                return self.say("…");
            }
            if (b' '..=b'~').contains(&byte) {
                self.byte(byte);
                continue;
            }
            // The names of the characters from the tab to the carriage return.
            match b"tnxxr".get(usize::from(byte.wrapping_sub(b'\t'))) {
                Some(&name) if name != b'x' => self.byte(b'\\').byte(name),
                _ => self.say("\\x").digit(byte >> 4).digit(byte & 15),
            };
        }
        self
    }

    /// Appends a hexadecimal digit.
    fn digit(&mut self, digit: u8) -> &mut Self {
        self.byte(digit + if digit < 10 { b'0' } else { b'a' - 10 })
    }
}

#[cfg(test)]
mod tests;

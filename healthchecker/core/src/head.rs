//! The head scanner: finds the final status code in an answer's first bytes.
//!
//! A status line must be `HTTP/1.0` or `HTTP/1.1`, one space, and three digits from 100 to 599
//! (RFC 9112, section 4, narrowed to the classes that RFC 9110, section 15, defines), followed by a
//! space and any reason phrase, or by the line's end. Header lines are passed over, not judged, up
//! to the blank line. Heads of interim answers (1xx) are skipped, but count towards the limit; 101
//! ends the scan, since nobody asked to switch protocols.

/// Bytes that all heads of an answer may have together.
pub const LIMIT: u32 = 64 * 1024;

/// Why an answer is unhealthy before its head is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The status line is not one of HTTP/1.0 or HTTP/1.1.
    NotHttp,
    /// The heads together exceed [`LIMIT`].
    TooLarge,
    /// 101 Switching Protocols.
    SwitchingProtocols,
}

impl Fault {
    /// What is wrong, for messages.
    pub fn text(self) -> &'static str {
        match self {
            Self::NotHttp => "not HTTP",
            Self::TooLarge => "head larger than 64 KiB",
            Self::SwitchingProtocols => "101 Switching Protocols",
        }
    }
}

/// What one more byte brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// The head goes on.
    More,
    /// The head goes on; this byte belongs to a reason phrase (a CR before the line's end included).
    Reason,
    /// This byte ended the final head, which has this status code.
    Head(u16),
    /// The answer is unhealthy, whatever follows.
    Fault(Fault),
}

/// What a slice brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scan {
    /// The head goes on.
    More,
    /// The final head is complete.
    Head {
        /// The status code, 200 to 599.
        status: u16,
        /// Where the body starts in the slice that was given.
        body: usize,
    },
    /// The answer is unhealthy, whatever follows.
    Fault(Fault),
}

/// Finds the final head in bytes given in any portions. Keeps none of them.
#[derive(Clone, Debug, Default)]
pub struct HeadScanner {
    length: u32,
    status: u16,
    at: u8,
}

/// What a status line starts with: `?` stands for a minor version, `#` for a digit of the code. A
/// position below [`AFTER_CODE`] is a place in it.
const START: &[u8; 12] = b"HTTP/1.? ###";
const PREFIX: &[u8; 7] = b"HTTP/1.";
const AFTER_CODE: u8 = 12;
const CODE_CR: u8 = 13;
const REASON: u8 = 14;
const LINE: u8 = 15;
const LINE_START: u8 = 16;
const BLANK_CR: u8 = 17;

impl HeadScanner {
    /// A scanner at an answer's first byte.
    pub const fn new() -> Self {
        Self {
            length: 0,
            status: 0,
            at: 0,
        }
    }

    /// Whether any byte has been scanned.
    pub fn started(&self) -> bool {
        self.length != 0
    }

    /// The code of the status line read last, if one is complete: interim (1xx) or final.
    pub fn status(&self) -> Option<u16> {
        (self.at >= AFTER_CODE).then_some(self.status)
    }

    /// Scans one byte. Not to be called again after [`Step::Head`] or [`Step::Fault`].
    #[inline(never)]
    pub fn push(&mut self, byte: u8) -> Step {
        if self.length >= LIMIT {
            return Step::Fault(Fault::TooLarge);
        }
        self.length += 1;
        if let Some(&expected) = START.get(usize::from(self.at)) {
            return self.push_start(byte, expected);
        }
        self.at = match byte {
            b'\n' if self.at < LINE_START => LINE_START,
            b'\n' if self.status >= 200 => return Step::Head(self.status),
            b'\n' => 0,
            b' ' if self.at == AFTER_CODE => REASON,
            b'\r' if self.at == AFTER_CODE => CODE_CR,
            _ if self.at < REASON => return Step::Fault(Fault::NotHttp),
            _ if self.at == REASON => return Step::Reason,
            b'\r' if self.at == LINE_START => BLANK_CR,
            // A lone CR does not make a line blank (RFC 9112, section 2.2).
            _ => LINE,
        };
        Step::More
    }

    fn push_start(&mut self, byte: u8, expected: u8) -> Step {
        let is_expected = match expected {
            b'?' => byte | 1 == b'1',
            b'#' => byte.is_ascii_digit(),
            _ => byte == expected,
        };
        if expected == b'#' {
            let digit = u16::from(byte & 15);
            self.status = if START.get(usize::from(self.at) - 1) == Some(&b' ') {
                digit
            } else {
                self.status * 10 + digit
            };
        }
        self.at += 1;
        if !is_expected || (self.at == AFTER_CODE && !(100..600).contains(&self.status)) {
            return Step::Fault(Fault::NotHttp);
        }
        if self.at == AFTER_CODE && self.status == 101 {
            return Step::Fault(Fault::SwitchingProtocols);
        }
        Step::More
    }

    /// Passes over the start of a slice, as far as it holds header lines, which are not judged, or
    /// the beginning that all status lines have, and gives its length. Only a shorter way to what
    /// [`push`](Self::push) does.
    ///
    /// ```
    /// use healthchecker_core::head::{HeadScanner, Scan};
    ///
    /// let mut scanner = HeadScanner::new();
    /// assert_eq!(scanner.scan(b"HTTP/1.1 200 OK\r\nDate"), Scan::More);
    /// assert_eq!(scanner.pass(b": today\r\nA: b\r\n\r\n"), 15);
    /// assert_eq!(scanner.scan(b"\r\n"), Scan::Head { status: 200, body: 2 });
    /// ```
    pub fn pass(&mut self, bytes: &[u8]) -> usize {
        if self.at < LINE && self.at != 0 {
            return 0;
        }
        let room = (LIMIT - self.length) as usize;
        let within = bytes.get(..room).unwrap_or(bytes);
        let mut rest = within;
        if self.at == 0 {
            if within.starts_with(PREFIX) {
                self.at = PREFIX.len() as u8;
                self.length += u32::from(self.at);
                return PREFIX.len();
            }
            return 0;
        }
        while let Some(&byte) = rest.first() {
            if self.at != LINE && (byte == b'\r' || byte == b'\n') {
                break;
            }
            self.at = LINE;
            rest = rest.get(line_length(rest)..).unwrap_or_default();
            if let Some((_, after)) = rest.split_first() {
                self.at = LINE_START;
                rest = after;
            }
        }
        let passed = within.len() - rest.len();
        self.length += passed as u32;
        passed
    }

    /// Scans a slice up to the end of the final head.
    pub fn scan(&mut self, bytes: &[u8]) -> Scan {
        for (index, &byte) in bytes.iter().enumerate() {
            match self.push(byte) {
                Step::More | Step::Reason => {}
                Step::Head(status) => {
                    return Scan::Head {
                        status,
                        body: index + 1,
                    };
                }
                Step::Fault(fault) => return Scan::Fault(fault),
            }
        }
        Scan::More
    }
}

/// How many bytes come before the first line end. Eight at a time: it is most of what a healthy
/// answer costs.
fn line_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let mut rest = bytes;
    while let Some((eight, after)) = rest.split_first_chunk() {
        // The classic search for a zero byte: less 1, the first one alone gains a top bit.
        let zeros = u64::from_le_bytes(*eight) ^ (ONES * b'\n' as u64);
        let found = zeros.wrapping_sub(ONES) & !zeros & (ONES << 7);
        if found != 0 {
            return bytes.len() - rest.len() + (found.trailing_zeros() / 8) as usize;
        }
        rest = after;
    }
    let last = rest.iter().position(|&byte| byte == b'\n');
    bytes.len() - rest.len() + last.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests;

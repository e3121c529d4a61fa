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

/// What a slice brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl Scan {
    /// What an answer brings that comes in portions of so many bytes; its body starts that far behind
    /// the answer's first byte. For tests.
    #[doc(hidden)]
    pub fn in_portions(answer: &[u8], portion: usize) -> Self {
        let mut scanner = HeadScanner::new();
        let mut before = 0;
        for bytes in answer.chunks(portion) {
            match scanner.scan(bytes) {
                Self::More => before += bytes.len(),
                Self::Head { status, body } => {
                    let body = before + body;
                    return Self::Head { status, body };
                }
                fault => return fault,
            }
        }
        Self::More
    }
}

/// Finds the final head in bytes given in any portions. Keeps none of them.
#[derive(Clone, Debug, Default)]
pub struct HeadScanner {
    /// Bytes of all heads so far, and of those before the status line read last.
    length: u32,
    before: u32,
    status: u16,
    at: u8,
}

/// What a status line starts with: each of its bytes lies between those of these two. A place below
/// [`AFTER_CODE`] is one in it.
const LEAST: &[u8; 12] = b"HTTP/1.0 100";
const MOST: &[u8; 12] = b"HTTP/1.1 599";
const AFTER_CODE: u8 = 12;
const CODE_CR: u8 = 13;
/// Within a line of which nothing more is judged.
const LINE: u8 = 14;
const LINE_START: u8 = 15;
const BLANK_CR: u8 = 16;

/// Bytes of a status line before its reason phrase.
pub const BEFORE_REASON: usize = LEAST.len() + 1;

impl HeadScanner {
    /// A scanner at an answer's first byte.
    pub const fn new() -> Self {
        Self {
            length: 0,
            before: 0,
            status: 0,
            at: 0,
        }
    }

    /// How many bytes came before the status line that was read last, those of interim heads.
    pub fn before(&self) -> usize {
        self.before as usize
    }

    /// Scans a slice up to the end of the final head. Not to be called again after that or a fault.
    ///
    /// ```
    /// use healthchecker_core::head::{HeadScanner, Scan};
    ///
    /// let mut scanner = HeadScanner::new();
    /// assert_eq!(scanner.scan(b"HTTP/1.1 200 OK\r\nDate: "), Scan::More);
    /// assert_eq!(scanner.scan(b"today\r\n\r\nUP"), Scan::Head { status: 200, body: 9 });
    /// ```
    pub fn scan(&mut self, bytes: &[u8]) -> Scan {
        let mut rest = bytes;
        let scan = loop {
            // Most of a head is this.
            if self.at == LINE {
                let end = rest.iter().position(|&byte| byte == b'\n');
                rest = rest.split_at(end.unwrap_or(rest.len())).1;
            }
            let Some((&byte, after)) = rest.split_first() else {
                break Scan::More;
            };
            rest = after;
            if let Some(fault) = self.push(byte) {
                break Scan::Fault(fault);
            }
            if self.at > BLANK_CR {
                let body = bytes.len() - rest.len();
                if self.status >= 200 {
                    break Scan::Head {
                        status: self.status,
                        body,
                    };
                }
                self.before = self.length + body as u32;
                (self.at, self.status) = (0, 0);
            }
        };
        self.length += (bytes.len() - rest.len()) as u32;
        if self.length > LIMIT {
            return Scan::Fault(Fault::TooLarge);
        }
        scan
    }

    /// Judges a byte, and brings the place behind it, beyond [`BLANK_CR`] at a head's end.
    fn push(&mut self, byte: u8) -> Option<Fault> {
        let at = self.at;
        let place = usize::from(at);
        let (Some(least), Some(most)) = (LEAST.get(place), MOST.get(place)) else {
            self.at = match byte {
                b'\n' if at >= LINE_START => BLANK_CR + 1,
                b'\n' => LINE_START,
                b'\r' if at == LINE_START => BLANK_CR,
                // A lone CR does not make a line blank (RFC 9112, section 2.2).
                _ if at >= LINE => LINE,
                b' ' if at == AFTER_CODE => LINE,
                b'\r' if at == AFTER_CODE => CODE_CR,
                _ => return Some(Fault::NotHttp),
            };
            return None;
        };
        if !(*least..=*most).contains(&byte) {
            return Some(Fault::NotHttp);
        }
        self.at += 1;
        if at > 8 {
            self.status = self.status * 10 + u16::from(byte - b'0');
        }
        (self.status == 101).then_some(Fault::SwitchingProtocols)
    }
}

#[cfg(test)]
mod tests;

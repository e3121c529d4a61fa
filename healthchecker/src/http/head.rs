//! An answer's heads as they come, and the final one reduced to what ureq needs of it.

use healthchecker_core::head::{BEFORE_REASON, Fault, HeadScanner, Scan};

use super::framing::Framing;
use crate::verdict::{Cause, Failure, Phase};

/// Bytes kept of a reason phrase, and of an answer's start.
const MAX_REASON: usize = 128;
const MAX_START: usize = 64;

/// The final head.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    /// The reason phrase, as far as it is shown.
    pub(super) reason: Vec<u8>,
}

/// The final head, and what stands for it: its status, the fields that frame the body, and what came
/// of that.
#[derive(Debug)]
pub(super) struct Reduced {
    pub(super) head: Head,
    pub(super) bytes: Vec<u8>,
}

/// Reads heads in any portions, and keeps of them what is shown or framed by.
#[derive(Debug, Default)]
pub(super) struct HeadReader {
    scanner: HeadScanner,
    /// How many bytes it has been given.
    scanned: usize,
    framing: Framing,
    /// The last head's, as far as it is shown.
    status_line: Vec<u8>,
    /// The answer's first bytes, for messages about what is not HTTP.
    start: Vec<u8>,
}

impl HeadReader {
    /// Takes more of the answer, up to the final head's end. Not to be called again after that.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Option<Reduced>, Failure> {
        let room = MAX_START.saturating_sub(self.start.len());
        self.start.extend(bytes.iter().take(room));
        let scan = self.scanner.scan(bytes);
        let (head, body) = match scan {
            Scan::Head { body, .. } => bytes.split_at(body),
            _ => (bytes, &b""[..]),
        };
        // What the last head has of these bytes, without interim ones before it.
        let begin = self.scanner.before();
        if begin > self.scanned {
            self.framing.clear();
            self.status_line.clear();
        }
        for &byte in head.iter().skip(begin.saturating_sub(self.scanned)) {
            self.framing.push(byte);
            let is_kept = self.status_line.len() < BEFORE_REASON + MAX_REASON;
            if is_kept && !self.status_line.ends_with(b"\n") {
                self.status_line.push(byte);
            }
        }
        self.scanned += bytes.len();
        match scan {
            Scan::More => Ok(None),
            Scan::Head { status, .. } => Ok(Some(self.reduced(status, body))),
            Scan::Fault(fault) => Err(self.faulty(fault)),
        }
    }

    fn reduced(&self, status: u16, body: &[u8]) -> Reduced {
        let mut code = status;
        let mut line = *b"HTTP/1.1 000 \r\n";
        for digit in line[9..12].iter_mut().rev() {
            *digit += (code % 10) as u8;
            code /= 10;
        }
        let reason = self.status_line.get(BEFORE_REASON..).unwrap_or_default();
        Reduced {
            head: Head {
                status,
                reason: reason.trim_ascii().to_vec(),
            },
            bytes: [&line[..], self.framing.lines(), b"\r\n", body].concat(),
        }
    }

    fn faulty(&self, fault: Fault) -> Failure {
        let cause = match fault {
            Fault::TooLarge => Cause::HeadTooLarge,
            Fault::SwitchingProtocols => Cause::SwitchingProtocols,
            Fault::NotHttp => Cause::NotHttp,
        };
        let mut failure = Failure::new(cause, fault.text());
        if fault == Fault::NotHttp {
            failure.body.clone_from(&self.start);
        }
        failure
    }

    /// What an end of the connection means that comes before the final head's.
    pub(super) fn closed(&self) -> Failure {
        let what = if self.start.is_empty() {
            "closed without a response"
        } else {
            "closed early, before the end of the response's head"
        };
        Failure::new(Cause::Closed(Phase::Waiting), what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of an answer in portions of so many bytes.
    fn read(answer: &[u8], portion: usize) -> Result<Option<Reduced>, Failure> {
        let mut reader = HeadReader::default();
        let mut rest = answer;
        while !rest.is_empty() {
            let (bytes, after) = rest.split_at(portion.min(rest.len()));
            if let Some(mut reduced) = reader.take(bytes)? {
                reduced.bytes.extend_from_slice(after);
                return Ok(Some(reduced));
            }
            rest = after;
        }
        Ok(None)
    }

    #[test]
    fn the_final_head_is_reduced() {
        let answer =
            b"HTTP/1.1 103 Early\r\nContent-Length: 9\r\n\r\nHTTP/1.0 404  Not\x01Found \r\n\
            Date: today\r\nContent-Length: 4\r\n\r\nbody";
        for portion in 1..=answer.len() {
            let reduced = read(answer, portion).unwrap().unwrap();
            assert_eq!(reduced.head.status, 404);
            assert_eq!(reduced.head.reason, b"Not\x01Found");
            assert_eq!(
                reduced.bytes,
                b"HTTP/1.1 404 \r\nContent-Length: 4\r\n\r\nbody"
            );
        }
    }

    #[test]
    fn reasons_are_kept_as_far_as_they_are_shown() {
        let answer = format!("HTTP/1.1 200 {}\r\n\r\n", "x".repeat(1000));
        let reduced = read(answer.as_bytes(), 100).unwrap().unwrap();
        assert_eq!(reduced.head.reason, [b'x'; MAX_REASON]);
        assert_eq!(reduced.bytes, b"HTTP/1.1 200 \r\n\r\n");
    }

    #[test]
    fn what_is_not_http_is_shown_by_its_start() {
        let answer = [b"HTTP/1.1 2".to_vec(), vec![b'x'; 100]].concat();
        let failure = read(&answer, 200).unwrap_err();
        assert_eq!(failure.cause, Cause::NotHttp);
        assert_eq!(failure.body, answer[..MAX_START]);
        for (answer, cause) in [
            (&b"HTTP/1.1 101 S\r\n\r\n"[..], Cause::SwitchingProtocols),
            (
                &[b"HTTP/1.1 200 OK\r\nX: ", &[b'y'; 70_000][..]].concat(),
                Cause::HeadTooLarge,
            ),
        ] {
            let failure = read(answer, 1000).unwrap_err();
            assert_eq!((failure.cause, failure.body), (cause, Vec::new()));
        }
    }

    #[test]
    fn an_early_end_is_told_from_no_beginning() {
        let mut reader = HeadReader::default();
        assert_eq!(reader.closed().what, "closed without a response");
        assert!(reader.take(b"HTTP/1.1 200").unwrap().is_none());
        assert!(reader.closed().what.starts_with("closed early"));
    }
}

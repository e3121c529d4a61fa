//! Keeps the two header fields that frame a body, and drops every other.

/// Collects `Content-Length` and `Transfer-Encoding` lines from a head's bytes.
///
/// Lines longer than any honest one of these are dropped, so that memory stays bounded.
#[derive(Debug, Default)]
pub(super) struct Framing {
    kept: Vec<u8>,
    line: Vec<u8>,
}

const MAX_LINE: usize = 128;
const MAX_KEPT: usize = 1024;

impl Framing {
    /// Takes one byte of a head, line ends included.
    pub(super) fn push(&mut self, byte: u8) {
        if byte != b'\n' {
            if self.line.len() <= MAX_LINE {
                self.line.push(byte);
            }
            return;
        }
        let line = self.line.trim_ascii_end();
        let is = |name: &[u8]| {
            line.split_at_checked(name.len())
                .is_some_and(|(start, rest)| {
                    start.eq_ignore_ascii_case(name) && rest.first() == Some(&b':')
                })
        };
        let fits = line.len() < MAX_LINE && self.kept.len() + line.len() + 2 <= MAX_KEPT;
        if fits && (is(b"content-length") || is(b"transfer-encoding")) {
            self.kept.extend_from_slice(line);
            self.kept.extend_from_slice(b"\r\n");
        }
        self.line.clear();
    }

    /// Forgets an interim head.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.line.clear();
    }

    /// The lines kept, each with its line end.
    pub(super) fn lines(&self) -> &[u8] {
        &self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(head: &str) -> String {
        let mut framing = Framing::default();
        head.bytes().for_each(|byte| framing.push(byte));
        String::from_utf8(framing.lines().to_vec()).unwrap()
    }

    #[test]
    fn keeps_what_frames() {
        assert_eq!(
            kept("HTTP/1.1 200 OK\r\nA: b\r\ncontent-LENGTH: 5\r\n\r\n"),
            "content-LENGTH: 5\r\n"
        );
        assert_eq!(
            kept("Transfer-Encoding: chunked \nX: y\n\n"),
            "Transfer-Encoding: chunked\r\n"
        );
        assert_eq!(
            kept("Content-Length : 5\nContent-LengthX: 5\n Content-Length: 5\n\n"),
            ""
        );
    }

    #[test]
    fn stays_small() {
        let long = "x".repeat(100_000);
        assert_eq!(
            kept(&format!(
                "A: {long}\nContent-Length: {long}\nContent-Length: 1\n"
            )),
            "Content-Length: 1\r\n"
        );
        // As many whole lines as fit.
        let line = "Content-Length: 1\r\n";
        assert_eq!(kept(&line.repeat(1000)), line.repeat(MAX_KEPT / line.len()));
        for (length, is_kept) in [
            (MAX_LINE - 1, true),
            (MAX_LINE, false),
            (MAX_LINE + 1, false),
        ] {
            let line = format!("{:0<length$}", "Content-Length: 1");
            assert_eq!(!kept(&format!("{line}\n")).is_empty(), is_kept, "{length}");
        }
    }

    #[test]
    fn forgets_interim_heads() {
        let mut framing = Framing::default();
        b"Content-Length: 1\n"
            .iter()
            .for_each(|&byte| framing.push(byte));
        framing.clear();
        assert!(framing.lines().is_empty());
    }
}

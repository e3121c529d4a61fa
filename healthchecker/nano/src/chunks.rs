//! The chunked transfer coding (RFC 9112, section 7.1), as far as an excerpt of a body needs it.

/// Takes a body's bytes one by one and tells which are content.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    /// Bytes of content left in the chunk.
    left: u32,
    size: u32,
    has_size: bool,
    in_extension: bool,
}

impl Chunks {
    /// Whether `byte` is content, and not framing.
    pub(crate) fn is_content(&mut self, byte: u8) -> bool {
        if self.left > 0 {
            self.left -= 1;
            return true;
        }
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' | b'A'..=b'F' => (byte | 0x20) - b'a' + 10,
            b'\n' => {
                // After a chunk's content comes an empty line, which has no size.
                if self.has_size {
                    self.left = self.size;
                }
                *self = Self {
                    left: self.left,
                    ..Self::default()
                };
                return false;
            }
            b'\r' => return false,
            _ => {
                self.in_extension = true;
                return false;
            }
        };
        if !self.in_extension {
            self.size = self.size << 4 | u32::from(digit);
            self.has_size = true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::String;

    #[test]
    fn content() {
        for (coded, expected) in [
            ("5\r\nhello\r\n0\r\n\r\n", "hello"),
            ("3\nabc\n0\n\n", "abc"),
            ("1\r\na\r\n2;x=\"2\"\r\nbc\r\n0\r\n\r\n", "abc"),
            ("00B\r\nhello\r\nwork\r\n", "hello\r\nwork"),
            ("0\r\nTrailer: dead\r\n\r\n", ""),
            ("nonsense", ""),
            ("ffffffff\r\nx", "x"),
            ("", ""),
        ] {
            let mut chunks = Chunks::default();
            let content: String = coded
                .bytes()
                .filter(|&byte| chunks.is_content(byte))
                .map(char::from)
                .collect();
            assert_eq!(content, expected, "{coded:?}");
        }
    }
}

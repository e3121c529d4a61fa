//! What bytes travel through: the socket itself, or TLS upon it.

use std::io::{self, Read, Write};

use crate::deadline::Deadline;
use crate::stream::Stream;

#[derive(Debug)]
pub(crate) enum Channel {
    Plain(Stream),
}

impl Channel {
    pub(crate) fn set_deadline(&mut self, deadline: Deadline) {
        match self {
            Self::Plain(stream) => stream.set_deadline(deadline),
        }
    }
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
        }
    }
}

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
        }
    }
}

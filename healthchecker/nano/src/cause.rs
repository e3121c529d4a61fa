//! Why a target is unhealthy, in words.

use healthchecker_core::head::Fault;
use rustix::io::Errno;

use crate::line::{Line, nth};

macro_rules! phases {
    ($($(#[$doc:meta])* $name:ident $text:literal,)*) => {
        /// How far a check got, or what ended it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Phase {
            $($(#[$doc])* $name,)*
        }

        const TEXTS: &str = concat!($($text, "\n"),*);
    };
}

phases! {
    Connecting "connecting",
    Sending "sending the request",
    Waiting "waiting for the response",
    // From here on the phase says it all.
    Closed "closed without a response",
    ClosedEarly "closed early, before the end of the response's head",
    NotHere "neither loopback nor an address of this machine; nothing was sent",
    NotHttp "not HTTP",
    TooLarge "head larger than 64 KiB",
    Switching "101 Switching Protocols",
}

impl From<Fault> for Phase {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::TooLarge => Self::TooLarge,
            Fault::SwitchingProtocols => Self::Switching,
            _ => Self::NotHttp,
        }
    }
}

impl Phase {
    fn text(self) -> &'static [u8] {
        nth(TEXTS, self as usize)
    }

    /// Says what ended the check in this phase; `limit` is the deadline's, in milliseconds.
    #[inline(never)]
    pub(crate) fn say(self, error: Errno, line: &mut Line, limit: u32) {
        if self as u8 > Self::Waiting as u8 {
            return line.text(self.text());
        }
        line.text(match error {
            Errno::CONNREFUSED => return line.text(b"connection refused"),
            Errno::NOENT => return line.text(b"no such socket"),
            Errno::TIMEDOUT => b"timed out after ",
            Errno::CONNRESET => b"reset",
            Errno::MFILE => b"too many open files",
            _ => b"failed with os error ",
        });
        if error == Errno::TIMEDOUT {
            line.limit(limit);
        } else if !matches!(error, Errno::CONNRESET | Errno::MFILE) {
            line.number(error.raw_os_error() as u32);
        }
        line.text(b" while ");
        line.text(self.text());
    }
}

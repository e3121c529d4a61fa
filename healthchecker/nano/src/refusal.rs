//! How a command line that cannot be followed is refused: in one line that names the word at fault.

use crate::line::Line;
use crate::options::{Options, URL, name_of};

macro_rules! problems {
    ($($name:ident $text:literal,)*) => {
        /// Why a command line cannot be followed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Problem {
            $(#[doc = $text] $name,)*
        }

        /// What each says: `#` stands for the option, `%` for its word or value, `&` for another word
        /// that matters.
        const TEXTS: &[u8] = concat!($($text, "\n"),*).as_bytes();
    };
}

problems! {
    Value "#: bad value \"%\"",
    Unknown "%: unknown option; --help lists them",
    NotAlone "%: only as the command line's sole word, so that it cannot pass for a check",
    Lacked "%: healthchecker has it, healthchecker-nano does not",
    NoValue "%: takes no value",
    ValueMissing "%: needs a value",
    OptionAsValue "#: needs a value, not % (if that is the value: #=%)",
    Empty "\"\": an empty word is neither an option nor a URL",
    TwoUrls "\"%\": one URL is checked, and it is given already",
    Twice "#: given twice",
    TooManyHeaders "#: healthchecker-nano takes at most 32",
    TwoHosts "#: Host is given twice",
    TooLong "#: healthchecker-nano sends at most 4094 bytes",
    OnlyHttp "#: has no meaning for tcp:// (only for http and unix)",
    Url "#: excluded by the URL \"&\"",
    Port "--port-env: excluded by --port",
    Unset "#: the variable % is not set",
    Variable "#: the variable % is \"&\"; accepted: 1 to 65535",
    Name "#: \"&\" is neither localhost nor an address",
    OpenQuote "a quote is not closed",
}

/// Bytes shown of a word, escaped.
const MAX_WORD: usize = 200;

/// The form that each option's value takes, in the order of the names.
const ACCEPTED: &[u8] = b"http://HOST[:PORT][/PATH], tcp://HOST:PORT or unix:/SOCKET[:/PATH]
1 to 65535
the name of a variable, such as PORT
localhost, or an address such as 127.0.0.1 or ::1
a path from its first slash, percent-encoded, such as /health?full=1
GET, HEAD
'Name: value' without control characters, such as 'X-Probe: docker'
codes and ranges from 200 to 599, such as 200-299,407
a whole number with ms, s or m, from 1ms to 60m, such as 2s or 500ms";

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n')
}

impl Problem {
    /// Says what the problem is, with the option that was looked at last.
    pub(crate) fn say(self, line: &mut Line, options: &Options<'_>) {
        for &byte in lines(TEXTS).nth(self as usize).unwrap_or_default() {
            match byte {
                b'#' => {
                    if options.name != URL {
                        line.text(b"--");
                    }
                    line.text(name_of(options.name));
                }
                b'%' => line.escaped(options.word, MAX_WORD),
                b'&' => line.escaped(options.other, MAX_WORD),
                _ => line.byte(byte),
            }
        }
        if self == Self::Value {
            if !options.reason.is_empty() {
                line.text(b" (");
                line.text(options.reason.as_bytes());
                line.text(b")");
            }
            line.text(b"; accepted: ");
            line.text(lines(ACCEPTED).nth(options.name).unwrap_or_default());
        }
    }
}

//! How a command line that cannot be followed is refused: in one line that names the word at fault.

use crate::line::{Line, nth};
use crate::options::{NAMES, Options};

macro_rules! problems {
    ($($name:ident $text:literal,)*) => {
        /// Why a command line cannot be followed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Problem {
            $(#[doc = $text] $name,)*
        }

        /// What each says: `#` stands for the option, `%` for its word or value.
        const TEXTS: &str = concat!($($text, "\n"),*);
    };
}

problems! {
    Value "#: bad value \"%\"; accepted: ",
    Unknown "%: unknown option; --help lists them",
    NotAlone "%: only as the command line's sole word, so that it cannot pass for a check",
    Lacked "%: healthchecker has it, healthchecker-nano does not",
    NoValue "%: takes no value",
    ValueMissing "%: needs a value",
    OptionAsValue "#: needs a value, not % (if that is the value: #=%)",
    Empty "\"\": an empty word is neither an option nor a URL",
    Twice "#: given twice, at last as \"%\"",
    TooMuch "#: more than healthchecker-nano can send",
    OnlyHttp "#: has no meaning for tcp:// (only for http and unix)",
    Contradiction "#: excluded by \"%\"",
    Unset "#: the variable % is not set",
    Variable "#: the variable holds \"%\"; accepted: 1 to 65535",
    OpenQuote "a quote is not closed",
}

/// The form that each option's value takes, in the order of the names.
const ACCEPTED: &str = "http://HOST[:PORT][/PATH], tcp://HOST:PORT, unix:/SOCKET[:/PATH]
1 to 65535



the name of a variable, such as PORT
localhost, or an address such as 127.0.0.1 or ::1
a path from its first slash, percent-encoded, such as /health?full=1
GET, HEAD
'Name: value', such as 'X-Probe: docker', but none that frames the message
codes and ranges from 200 to 599, such as 200-299,407
a whole number with ms, s or m, from 1ms to 60m, such as 2s or 500ms";

/// Bytes shown of a word, escaped.
const MAX_WORD: usize = 200;

impl Problem {
    /// Says what the problem is, with the option that was looked at last.
    #[inline(never)]
    pub(crate) fn say(self, line: &mut Line, options: &Options<'_>) {
        for &byte in nth(TEXTS, self as usize) {
            match byte {
                b'#' => line.text(nth(NAMES, options.name)),
                b'%' => line.escaped(options.word, MAX_WORD),
                _ => line.byte(byte),
            }
        }
        if self == Self::Value {
            line.text(nth(ACCEPTED, options.name));
        }
    }
}

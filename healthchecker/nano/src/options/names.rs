//! The options by their names, and what belongs to each.

use healthchecker_core::{duration, status, target};

/// An option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// The positional argument.
    Url,
    Port,
    PortEnv,
    Host,
    Path,
    Method,
    Header,
    Status,
    Timeout,
    Verbose,
    Help,
    Version,
    /// Any that `healthchecker` has and this program lacks.
    Lacked,
}

/// The options as they are written, the form that messages show first.
const NAMES: &[(&str, Name)] = &[
    ("--port", Name::Port),
    ("--port-env", Name::PortEnv),
    ("--host", Name::Host),
    ("--path", Name::Path),
    ("--method", Name::Method),
    ("--header", Name::Header),
    ("--status", Name::Status),
    ("--timeout", Name::Timeout),
    ("--verbose", Name::Verbose),
    ("--help", Name::Help),
    ("--version", Name::Version),
    ("-p", Name::Port),
    ("-t", Name::Timeout),
    ("-h", Name::Help),
];

/// The options that `healthchecker` has and this program lacks.
const LACKED: &str = "--contains --json --wait --interval --header-file --kick \
    --cacert --cert --key --server-name --insecure";

impl Name {
    /// How many there are.
    pub(super) const COUNT: usize = Self::Lacked as usize + 1;

    /// The option that a word names, with two dashes or, as Go's flags have it, one.
    pub(super) fn of(word: &[u8]) -> Option<Self> {
        let is_word = |text: &[u8]| text == word || text.get(1..) == Some(word);
        if let Some((_, name)) = NAMES.iter().find(|(text, _)| is_word(text.as_bytes())) {
            return Some(*name);
        }
        let mut lacked = LACKED.as_bytes().split(|&byte| byte == b' ');
        lacked.any(is_word).then_some(Self::Lacked)
    }

    /// The option as messages name it.
    pub(super) fn text(self) -> &'static str {
        let known = NAMES.iter().find(|(_, name)| *name == self);
        known.map_or("url", |(text, _)| text)
    }

    /// The form that its value takes.
    pub(super) fn accepted(self) -> &'static str {
        match self {
            Self::Url => "http://HOST[:PORT][/PATH], tcp://HOST:PORT, unix:/SOCKET[:/PATH]",
            Self::Port => "1 to 65535",
            Self::PortEnv => "the name of a variable, such as PORT",
            Self::Host => "localhost, or an address such as 127.0.0.1 or ::1",
            Self::Path => target::ACCEPTED_PATH,
            Self::Method => "GET, HEAD",
            Self::Status => status::ACCEPTED,
            Self::Timeout => duration::ACCEPTED,
            _ => "",
        }
    }

    /// The others that have no place beside it.
    pub(super) fn excluded(self) -> &'static [Self] {
        match self {
            Self::Url => &[Self::Port, Self::PortEnv, Self::Host, Self::Path],
            Self::Port => &[Self::Url, Self::PortEnv],
            Self::PortEnv => &[Self::Url, Self::Port],
            Self::Host | Self::Path => &[Self::Url],
            _ => &[],
        }
    }
}

//! What ends the reading of a command line before there is a check, and what is said of it.

/// Why no check is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Help was asked for.
    Help,
    /// The version was asked for.
    Version,
    /// The command line cannot be followed.
    Refused(Problem),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

/// Why a command line cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    BadValue,
    /// Its value may be a secret, and what is said is logged.
    BadHeader,
    EmptyWord,
    Excluded,
    Lacked,
    NotAlone,
    NoValue,
    OnlyHttp,
    OpenQuote,
    OptionAsValue,
    TooMuch,
    Twice,
    Unknown,
    VariableEmpty,
    VariableNotANumber,
    VariableOutOfRange,
    VariableUnset,
    ValueMissing,
}

impl Problem {
    /// What is said of it. `#` stands for the option at fault, `%` for its word or value.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::BadValue => "#: bad value \"%\"; accepted: ",
            Self::BadHeader => {
                "#: accepted: 'Name: value', such as 'X-Probe: docker', but none that frames the message"
            }
            Self::EmptyWord => "\"\": an empty word is neither an option nor a URL",
            Self::Excluded => "#: excluded by %",
            Self::Lacked => "%: healthchecker has it, healthchecker-nano does not",
            Self::NotAlone => {
                "%: only as the command line's sole word, so that it cannot pass for a check"
            }
            Self::NoValue => "%: takes no value",
            Self::OnlyHttp => "#: has no meaning for tcp:// (only for http and unix)",
            Self::OpenQuote => "a quote is not closed",
            Self::OptionAsValue => "#: needs a value, not % (if that is the value: #=%)",
            Self::TooMuch => "#: more than healthchecker-nano can send",
            Self::Twice => "#: given twice, at last as \"%\"",
            Self::Unknown => "%: unknown option; --help lists them",
            // The value is not shown: it may be a secret, under a name that was mistaken.
            Self::VariableEmpty => "#: the variable % is empty; accepted: 1 to 65535",
            Self::VariableNotANumber => "#: the variable % is not a number; accepted: 1 to 65535",
            Self::VariableOutOfRange => "#: the variable % is out of range; accepted: 1 to 65535",
            Self::VariableUnset => "#: the variable % is not set",
            Self::ValueMissing => "%: needs a value",
        }
    }
}

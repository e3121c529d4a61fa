//! What a request below the prefix asks for: a pure reading of its path.

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command<'a> {
    Healthy(bool),
    Ready(bool),
    Live(bool),
    Component { name: &'a str, state: Condition },
}

/// What is to become of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Up,
    Down,
    Slow,
    Hang,
    Panic,
}

impl Condition {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Slow => "slow",
            Self::Hang => "hang",
            Self::Panic => "panic",
        }
    }
}

/// Why nothing is switched.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Unauthorized,
    MethodNotAllowed,
    NotFound,
    /// With what would be accepted.
    Invalid(&'static str),
}

pub(super) const BOOLS: &str = "allowed values are true or false";
pub(super) const STATES: &str = "allowed values are up, down, slow, hang or panic";
pub(super) const PASSIVE: &str = "this component makes no runs: allowed values are up or down";

/// What is asked for by what follows the prefix.
pub(crate) fn parse(rest: &str) -> Result<Command<'_>, Refusal> {
    let (what, value) = rest.split_once('/').ok_or(Refusal::NotFound)?;
    match what {
        "healthy" => Ok(Command::Healthy(truth(value)?)),
        "ready" => Ok(Command::Ready(truth(value)?)),
        "live" => Ok(Command::Live(truth(value)?)),
        "components" => {
            let (name, state) = value.split_once('/').ok_or(Refusal::NotFound)?;
            let state = match state {
                "up" => Condition::Up,
                "down" => Condition::Down,
                "slow" => Condition::Slow,
                "hang" => Condition::Hang,
                "panic" => Condition::Panic,
                _ => return Err(Refusal::Invalid(STATES)),
            };
            Ok(Command::Component { name, state })
        }
        _ => Err(Refusal::NotFound),
    }
}

/// As Go's `strconv.ParseBool` reads it.
pub(crate) fn truth(value: &str) -> Result<bool, Refusal> {
    match value {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(Refusal::Invalid(BOOLS)),
    }
}

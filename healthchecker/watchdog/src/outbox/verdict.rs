use std::time::Duration;

/// What came of telling a sink something.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The sink has it.
    Delivered,
    /// It may have it or not: try again, not sooner than the sink has asked for.
    Again {
        /// What the sink has asked for, if it did.
        after: Option<Duration>,
        /// What went wrong, in one line without secrets.
        problem: String,
    },
    /// It will never take this message.
    Refused {
        /// Why, in one line without secrets.
        problem: String,
    },
    /// It will never take any message again.
    Gone {
        /// Why, in one line without secrets.
        problem: String,
    },
}

//! The words for a status: `healthy` or `UP`.

use super::Status;

/// The words that bodies use for a status.
///
/// `application/health+json` has words of its own (`pass`, `warn`, `fail`) and
/// is not affected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Vocabulary {
    /// `healthy`, `degraded`, `unhealthy`. The default.
    #[default]
    Health,
    /// `UP` and `DOWN`. Degraded is `UP`, but where it is answered with an error
    /// status.
    UpDown,
}

impl Vocabulary {
    /// The word for a status that is, or is not, answered with success.
    pub(crate) fn word(self, status: Status, success: bool) -> &'static str {
        match self {
            Self::Health => status.as_str(),
            Self::UpDown if success => "UP",
            Self::UpDown => "DOWN",
        }
    }
}

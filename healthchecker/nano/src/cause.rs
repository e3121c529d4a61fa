//! What a check found, or why it found nothing.

use rustix::io::Errno;

use crate::text::Text;

/// The final status, 0 where a connection was all that was wanted; or what ended the check before.
pub(crate) type Finding = Result<u16, Cause>;

/// What ended a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// What the system says, in the phase that the check was in.
    System(Errno),
    /// A text that says it all.
    Said(Text),
}

impl From<Errno> for Cause {
    fn from(error: Errno) -> Self {
        Self::System(error)
    }
}

impl From<Text> for Cause {
    fn from(text: Text) -> Self {
        Self::Said(text)
    }
}

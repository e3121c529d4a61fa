//! Whom guards, heartbeats and reporters tell that something has happened.

use tokio::time::Instant;

use super::Word;

/// Who follows what guards, heartbeats and reporters say. They know no more of it,
/// and do not keep it alive.
pub(crate) trait Settle: Send + Sync {
    /// Takes in what has been said by `now`.
    fn settle(&self, now: Instant);

    /// Takes in what is said of the component of this index.
    fn hear(&self, component: usize, word: Word);
}

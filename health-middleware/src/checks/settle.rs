//! Whom guards and heartbeats tell that something has happened.

use tokio::time::Instant;

/// Who follows what guards and heartbeats say. They know no more of it, and do
/// not keep it alive.
pub(crate) trait Settle: Send + Sync {
    /// Takes in what has been said by `now`.
    fn settle(&self, now: Instant);
}

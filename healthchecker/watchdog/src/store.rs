//! What outlives the process: watches, kicks, events, tokens, monitors and what is still to be told, written by one thread, in groups, and
//! answered when they are on disk.
//!
//! Touches `outbox` and `watches`.

mod error;
mod group;
mod monitor;
mod pace;
mod sqlite;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use crate::outbox::{Delivery, Gone};
use crate::watches::{Absence, Millis, Now, Watch};

pub use error::{StoreError, StoreErrorKind};
pub use group::{Batch, Group, Row, Token};
pub use monitor::{Monitor, MonitorKind};
pub use pace::{Pace, Standing};
pub use sqlite::{Happened, History, Last, Reader, SCHEMA, Sqlite, Turned, Wish, backup};
pub use writer::{Done, Writer};

/// A database of watches.
///
/// Small enough that another database than SQLite can be put behind it. Nothing is called by two
/// threads at once.
pub trait Store: Send {
    /// All that is kept, as the last commit left it.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    fn load(&mut self) -> Result<Loaded, StoreError>;

    /// Keeps a group, all of it or nothing, and returns when it is on disk. A group that was refused, or
    /// whose fate is unknown, may be committed again.
    ///
    /// # Errors
    ///
    /// If it is not certain that it is kept.
    fn commit(&mut self, group: &Group) -> Result<(), StoreError>;

    /// Tidies up for at most about `piece`: kicks from the journal into their watches, and then what
    /// is older than it is kept. Whether there is more to do.
    ///
    /// # Errors
    ///
    /// If it cannot be written; nothing is lost by that.
    fn tidy(&mut self, keep: &Retention, now: Now, piece: Duration) -> Result<bool, StoreError>;
}

/// What a store holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loaded {
    /// All watches that are not retired.
    pub watches: Vec<Watch>,
    /// All tokens, revoked ones too.
    pub tokens: Vec<Token>,
    /// All monitors, by their ids.
    pub monitors: Vec<Monitor>,
    /// All that is still to be told, or was not, by its numbers.
    pub deliveries: Vec<Delivery>,
    /// Sinks that are gone, by name.
    pub gone: Vec<(Arc<str>, Gone)>,
    /// The absences of the last minutes.
    pub absences: Vec<Absence>,
    /// When the server was last alive.
    pub alive: Option<Now>,
    /// The latest moment that is stored, by the server's own clock.
    pub latest: Millis,
    /// A number for a new watch: greater than that of any before.
    pub next_id: u64,
}

/// How long what has happened is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Events older than this go.
    pub age: Duration,
    /// So many events stay at most, the last ones.
    pub events: u64,
    /// Watches that were retired so long ago are forgotten.
    pub tombstones: Duration,
}

impl Default for Retention {
    /// 90 days, a million events, 30 days.
    fn default() -> Self {
        let day = Duration::from_secs(24 * 3_600);
        Self {
            age: 90 * day,
            events: 1_000_000,
            tombstones: 30 * day,
        }
    }
}

#[cfg(test)]
mod tests;

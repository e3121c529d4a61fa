//! The store in a SQLite file.

mod backup;
mod commit;
mod fold;
mod history;
mod letters;
mod load;
mod open;
mod problem;
mod prune;
mod rows;
mod schema;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{Group, Loaded, Retention, Store, StoreError};
use crate::watches::Now;
use fold::Journal;

pub use backup::backup;
pub use history::{Happened, History, Last, Reader, Turned, Wish};
#[cfg(test)]
pub(super) use schema::MIGRATIONS;
pub use schema::SCHEMA;

/// A SQLite file, which this process alone may write.
///
/// WAL, `synchronous=FULL`: what is committed survives the machine's end, as far as its disk keeps its
/// word. Beside the file lies another whose name ends in `-lock`; it is empty and stays.
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
    path: PathBuf,
    /// After the connection, so that it is freed last.
    _lock: open::Lock,
    journal: Journal,
    next_event: i64,
    /// When the time was last written down.
    alive: Option<Now>,
    /// Whether it is known how far the numbers of the journal and of events are.
    is_loaded: bool,
}

impl Sqlite {
    /// Opens the file, or makes it; an older one is brought up to date.
    ///
    /// # Errors
    ///
    /// If another process has it, if it is of a newer version, of another program or damaged, or if it
    /// may not be written.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let lock = open::lock(path)?;
        let connection = open::connect(path)?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            _lock: lock,
            journal: Journal::default(),
            next_event: 1,
            alive: None,
            is_loaded: false,
        })
    }

    /// An error of SQLite's, of this file.
    fn error(&self) -> impl Fn(rusqlite::Error) -> StoreError + use<> {
        let path = self.path.clone();
        move |error| problem::error(&path, &error)
    }
}

impl Store for Sqlite {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        load::load(self).map_err(self.error())
    }

    fn commit(&mut self, group: &Group) -> Result<(), StoreError> {
        if !self.is_loaded {
            self.load()?;
        }
        commit::commit(self, group).map_err(self.error())
    }

    fn tidy(&mut self, keep: &Retention, now: Now, piece: Duration) -> Result<bool, StoreError> {
        if !self.is_loaded {
            self.load()?;
        }
        let until = Instant::now() + piece;
        let is_more = fold::fold(self, until).map_err(self.error())?;
        Ok(is_more || prune::prune(self, keep, now).map_err(self.error())?)
    }
}

//! The accounts, in an embedded key-value database on disk.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::Serialize;

use crate::database_file::DatabaseFile;

/// Id to name.
const ACCOUNTS: TableDefinition<'_, &str, &str> = TableDefinition::new("accounts");
/// One counter, written by the health check.
const CHECKS: TableDefinition<'_, &str, u64> = TableDefinition::new("checks");

const FIRST_ID: u32 = 10_000;
const SEEDED: u32 = 100;

/// Whatever the store can fail with: of the database or of its file.
pub(crate) type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// One account, as the service sends it.
#[derive(Debug, Serialize)]
pub(crate) struct Account {
    id: String,
    name: String,
}

/// The database has not been opened yet.
#[derive(Debug)]
pub(crate) struct NotOpen;

impl fmt::Display for NotOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the database is not open yet")
    }
}

impl std::error::Error for NotOpen {}

/// The accounts, once the database can be opened. A disk that is mounted late,
/// or a predecessor that has not gone yet, is a reason to be unhealthy for a
/// while, and none to end.
pub(crate) struct Accounts {
    path: PathBuf,
    store: OnceLock<Store>,
    // One attempt at a time.
    opening: Mutex<()>,
}

impl Accounts {
    /// Touches no disk: the first check opens the database at `path`.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            store: OnceLock::new(),
            opening: Mutex::new(()),
        }
    }

    /// The account with this id, or [`NotOpen`]. Blocks on the disk.
    pub(crate) fn find(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.store.get().ok_or(NotOpen)?.find(id)
    }

    /// The health check: opens the database where that is still to be done, and
    /// otherwise looks whether it works. Blocks on the disk.
    pub(crate) fn verify(&self) -> Result<(), StoreError> {
        let _one = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = self.store.get() {
            return store.verify();
        }
        let store = Store::open(&self.path).map_err(|error| {
            format!("cannot open the database {}: {error}", self.path.display())
        })?;
        let _ = self.store.set(store);
        Ok(())
    }
}

/// The open database. One process at a time may hold it.
struct Store {
    database: Database,
    // Held while writing, so that the file's length is only looked at in between.
    file: Mutex<DatabaseFile>,
}

impl Store {
    /// Opens the database at `path`, or creates it, and puts the 100 accounts
    /// 10000 to 10099 into it.
    fn open(path: &Path) -> Result<Self, StoreError> {
        let file = DatabaseFile::open(path)?;
        // No page cache besides the operating system's: it would go on answering
        // from memory after the file was overwritten.
        let database = Database::builder()
            .set_cache_size(0)
            .create_file(file.handle()?)?;
        let write = database.begin_write()?;
        {
            let mut accounts = write.open_table(ACCOUNTS)?;
            for number in 0..SEEDED {
                let id = (FIRST_ID + number).to_string();
                accounts.insert(id.as_str(), format!("Person_{number}").as_str())?;
            }
            write.open_table(CHECKS)?;
        }
        write.commit()?;
        file.remember_length()?;
        Ok(Self {
            database,
            file: Mutex::new(file),
        })
    }

    fn find(&self, id: &str) -> Result<Option<Account>, StoreError> {
        let accounts = self.database.begin_read()?.open_table(ACCOUNTS)?;
        Ok(accounts.get(id)?.map(|name| Account {
            id: id.to_owned(),
            name: name.value().to_owned(),
        }))
    }

    /// The file is still the one that was opened, and a small write reaches it.
    fn verify(&self) -> Result<(), StoreError> {
        // A panic in an earlier run says nothing about this one.
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.verify()?;
        let write = self.database.begin_write()?;
        {
            let mut checks = write.open_table(CHECKS)?;
            let runs = checks.get("runs")?.map_or(0, |runs| runs.value());
            checks.insert("runs", runs.wrapping_add(1))?;
        }
        write.commit()?;
        file.remember_length()?;
        Ok(())
    }
}

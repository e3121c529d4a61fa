//! From a path to a connection, or to a word why not.

use std::fs::{File, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::problem::error;
use super::schema;
use crate::store::{StoreError, StoreErrorKind};

/// Nobody but its owner reads or writes it.
const PRIVATE: u32 = 0o600;

/// How long a reader, such as a checkpoint of litestream's, may hold up a write.
const PATIENCE: Duration = Duration::from_secs(5);

/// Pages that are kept in memory, in KiB.
const CACHE: i64 = 16 * 1024;

/// A lock that ends with its owner, even where a child that was just forked still has the descriptor.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // The kernel does it otherwise, a moment later.
        let _ = self.0.unlock();
    }
}

/// The file beside the database whose lock says that a server has it. Not the database itself: closing
/// a second descriptor of it would drop SQLite's own locks (fcntl(2)).
pub(super) fn lock(path: &Path) -> Result<Lock, StoreError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push("-lock");
    let beside = PathBuf::from(beside);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(PRIVATE)
        .open(&beside)
        .map_err(|error| {
            let kind = match error.kind() {
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                    StoreErrorKind::ReadOnly
                }
                std::io::ErrorKind::StorageFull => StoreErrorKind::Full,
                _ => StoreErrorKind::Unavailable,
            };
            StoreError::new(kind, path, format!("{}: {error}", beside.display()))
        })?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::new(StoreErrorKind::InUse, path, "")),
        Err(TryLockError::Error(error)) => Err(StoreError::new(
            StoreErrorKind::Unavailable,
            path,
            format!("{}: {error}", beside.display()),
        )),
    }
}

/// Makes the file, if it is not there, for its owner alone: names, addresses of monitors and what has
/// come with pings are in it. SQLite, which would go by the umask, gives the files beside it the same.
pub(super) fn make(path: &Path) {
    let mut new = File::options();
    // Whatever is wrong SQLite will say.
    let _ = new.write(true).create_new(true).mode(PRIVATE).open(path);
}

pub(super) fn connect(path: &Path) -> Result<Connection, StoreError> {
    let fail = |error: rusqlite::Error| self::error(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    make(path);
    let mut connection = Connection::open_with_flags(path, flags).map_err(fail)?;
    connection.busy_timeout(PATIENCE).map_err(fail)?;
    // SQLite opens what it may not write for reading, and says nothing.
    if connection.is_readonly("main").map_err(fail)? {
        return Err(StoreError::new(StoreErrorKind::ReadOnly, path, ""));
    }
    // Before anything is written.
    schema::check(&connection, path)?;
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))
        .map_err(fail)?;
    if mode != "wal" {
        return Err(StoreError::new(
            StoreErrorKind::Unavailable,
            path,
            "its file system has no shared memory, which WAL needs",
        ));
    }
    for (name, value) in [
        // FULL: a commit is on disk when it returns.
        ("synchronous", 2),
        ("cache_size", -CACHE),
        // What a long backup has let it grow to is given back.
        ("journal_size_limit", 64 * 1024 * 1024),
    ] {
        connection.pragma_update(None, name, value).map_err(fail)?;
    }
    schema::migrate(&mut connection, schema::MIGRATIONS).map_err(fail)?;
    Ok(connection)
}

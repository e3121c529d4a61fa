//! A copy of the database while it is in use.

use std::fs::{self, File};
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::open::make;
use super::problem::error;
use super::schema;
use crate::store::{StoreError, StoreErrorKind};

/// Copies the database to a new file, whether a server uses it or not: the state of one moment. The
/// server goes on meanwhile. The copy appears under its name when it is complete and on disk.
///
/// # Errors
///
/// If the database cannot be read, or is none; if the copy is already there or cannot be written.
pub fn backup(database: &Path, copy: &Path) -> Result<(), StoreError> {
    let unavailable = |problem: std::io::Error| {
        let kind = match problem.kind() {
            std::io::ErrorKind::StorageFull => StoreErrorKind::Full,
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                StoreErrorKind::ReadOnly
            }
            _ => StoreErrorKind::Unavailable,
        };
        StoreError::new(kind, copy, problem.to_string())
    };
    let mut unfinished = copy.as_os_str().to_owned();
    unfinished.push("-unfinished");
    let unfinished = Path::new(&unfinished);
    // The name is taken first, so that two backups do not write into each other.
    drop(File::create_new(copy).map_err(unavailable)?);
    // Left over from one that was killed.
    let _ = fs::remove_file(unfinished);
    let result = write(database, unfinished).and_then(|()| {
        let file = File::open(unfinished).map_err(unavailable)?;
        file.sync_all().map_err(unavailable)?;
        fs::rename(unfinished, copy).map_err(unavailable)?;
        let directory = copy.parent().filter(|path| !path.as_os_str().is_empty());
        let directory = File::open(directory.unwrap_or(Path::new("."))).map_err(unavailable)?;
        directory.sync_all().map_err(unavailable)
    });
    if result.is_err() {
        // Neither is of any use.
        let _ = fs::remove_file(unfinished);
        let _ = fs::remove_file(copy);
    }
    result
}

fn write(database: &Path, copy: &Path) -> Result<(), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let fail = |problem: rusqlite::Error| error(database, &problem);
    let source = Connection::open_with_flags(database, flags).map_err(fail)?;
    source
        .busy_timeout(std::time::Duration::from_secs(5))
        .map_err(fail)?;
    schema::check(&source, database)?;
    let fail = |problem: rusqlite::Error| error(copy, &problem);
    make(copy);
    let mut target = Connection::open(copy).map_err(fail)?;
    {
        let backup = Backup::new(&source, &mut target).map_err(fail)?;
        // In one step it reads one moment, and no writer makes it begin anew.
        match backup.step(-1).map_err(fail)? {
            StepResult::Done => {}
            _ => {
                let detail = "the database is locked";
                return Err(StoreError::new(
                    StoreErrorKind::Unavailable,
                    database,
                    detail,
                ));
            }
        }
    }
    // It is one file that stands alone until a server opens it.
    target
        .pragma_update(None, "journal_mode", "delete")
        .map_err(fail)
}

//! Why a store does not serve.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why a store does not serve, with its file and what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    kind: StoreErrorKind,
    path: PathBuf,
    detail: String,
}

/// What sort of trouble it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// Another server has it.
    InUse,
    /// A newer version of this program has written it.
    Newer,
    /// It is no database of this program.
    Foreign,
    /// It is damaged.
    Corrupt,
    /// It may not be written.
    ReadOnly,
    /// The disk is full.
    Full,
    /// It cannot be opened, read or written for another reason.
    Unavailable,
    /// The writer has ended.
    Closed,
}

impl StoreError {
    pub(crate) fn new(kind: StoreErrorKind, path: &Path, detail: impl Into<String>) -> Self {
        Self {
            kind,
            path: path.to_owned(),
            detail: detail.into(),
        }
    }

    /// What sort of trouble it is.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remedy = match self.kind {
            StoreErrorKind::InUse => {
                "another watchdog serves from it; stop that one, or name another file"
            }
            StoreErrorKind::Newer => {
                "a newer version has written it; use that, or a backup from before"
            }
            StoreErrorKind::Foreign => "it is not a watchdog's database; name another file",
            StoreErrorKind::Corrupt => {
                "it is damaged; restore a backup, or have sqlite3's .recover read what is left"
            }
            StoreErrorKind::ReadOnly => {
                "it cannot be written; let the watchdog's user write the file and its directory"
            }
            StoreErrorKind::Full => "the disk is full; make room, and it goes on by itself",
            StoreErrorKind::Unavailable => "it cannot be used; see that its directory is there",
            StoreErrorKind::Closed => "its writer has ended; restart the server",
        };
        write!(f, "{}: {remedy}", self.path.display())?;
        if self.detail.is_empty() {
            Ok(())
        } else {
            write!(f, " ({})", self.detail)
        }
    }
}

impl std::error::Error for StoreError {}

//! The file under the database, watched from outside.
//!
//! A database with a page cache goes on answering after its file was renamed,
//! deleted or cut short, and loses everything at the next start. So the health
//! check asks the file system as well.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// An open file, the path it was opened by and the length its owner left it at.
pub(crate) struct DatabaseFile {
    path: PathBuf,
    file: File,
    length: AtomicU64,
}

/// What became of the file.
#[derive(Debug)]
pub(crate) enum FileFault {
    /// The path cannot be looked up any more.
    Missing(io::Error),
    /// The path leads to another file than the open one.
    Replaced,
    /// Somebody else changed the length.
    Resized { expected: u64, found: u64 },
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(error) => write!(f, "the database file cannot be looked up: {error}"),
            Self::Replaced => f.write_str("another file is in the place of the database file"),
            Self::Resized { expected, found } => {
                write!(
                    f,
                    "the database file has {found} bytes instead of {expected}"
                )
            }
        }
    }
}

impl std::error::Error for FileFault {}

impl DatabaseFile {
    /// Opens the file for reading and writing, creating an empty one if there is none.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        Ok(Self {
            // Kept absolute: a later change of the working directory must not matter.
            path: std::path::absolute(path)?,
            length: AtomicU64::new(file.metadata()?.len()),
            file,
        })
    }

    /// A second handle of the same open file.
    pub(crate) fn handle(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// Takes the present length for the right one. To be called after each own write.
    pub(crate) fn remember_length(&self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        self.length.store(length, Ordering::Relaxed);
        Ok(())
    }

    /// Whether the path still leads to the open file, at the length it was left at.
    pub(crate) fn verify(&self) -> Result<(), FileFault> {
        let at_path = std::fs::metadata(&self.path).map_err(FileFault::Missing)?;
        let opened = self.file.metadata().map_err(FileFault::Missing)?;
        if (at_path.dev(), at_path.ino()) != (opened.dev(), opened.ino()) {
            return Err(FileFault::Replaced);
        }
        let expected = self.length.load(Ordering::Relaxed);
        if at_path.len() != expected {
            return Err(FileFault::Resized {
                expected,
                found: at_path.len(),
            });
        }
        Ok(())
    }
}

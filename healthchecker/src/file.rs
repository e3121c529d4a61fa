//! Small files that options name, read without ever waiting for one.
//!
//! Touches `message`.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

use crate::message;

/// Why a file's content cannot be used: the file's name and the reason, and nothing of the content.
#[derive(Debug)]
pub(crate) struct FileError(String);

impl FileError {
    pub(crate) fn new(path: &Path, reason: &dyn fmt::Display) -> Self {
        let path = message::escaped(path.as_os_str().as_bytes(), 300);
        Self(format!("{path}: {reason}"))
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The content of a regular file of at most `limit` bytes. Opening a pipe would wait for its other
/// end, beyond every deadline (fifo(7)).
pub(crate) fn read(path: &Path, limit: usize) -> Result<Vec<u8>, FileError> {
    let read = || {
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(OFlags::NONBLOCK.bits() as i32)
            .open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        let mut content = Vec::new();
        file.take(limit as u64 + 1).read_to_end(&mut content)?;
        if content.len() > limit {
            return Err(io::Error::other(format!(
                "larger than {} KiB",
                limit / 1024
            )));
        }
        Ok(content)
    };
    read().map_err(|error| FileError::new(path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_up_to_the_limit() {
        let path = std::env::temp_dir().join(format!("healthchecker-file-{}", std::process::id()));
        std::fs::write(&path, [b'x'; 2048]).unwrap();
        assert_eq!(read(&path, 2048).unwrap(), [b'x'; 2048]);
        let problem = read(&path, 2047).unwrap_err().to_string();
        std::fs::remove_file(&path).unwrap();
        assert!(problem.ends_with(": larger than 1 KiB"), "{problem}");
        let problem = read(&path, 1).unwrap_err().to_string();
        assert!(problem.contains("o such file"), "{problem}");
    }

    #[test]
    fn what_is_no_file_is_not_waited_for() {
        for path in ["/", "/dev/null", "/dev/zero"] {
            let problem = read(Path::new(path), 10).unwrap_err().to_string();
            assert_eq!(problem, format!("{path}: not a regular file"));
        }
    }
}

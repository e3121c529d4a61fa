//! Files that the program opens.

use core::mem::ManuallyDrop;

use rustix::fd::{AsRawFd, OwnedFd, RawFd};
use rustix::io::{Result, fcntl_dupfd_cloexec};

/// The number of stderr.
const LAST_STREAM: RawFd = 2;

/// A file that only the process's end closes, which takes no system call.
pub(super) type File = ManuallyDrop<OwnedFd>;

/// Keeps a file that was opened, under another number where it took that of a standard stream which
/// was closed: what is said is not for it.
pub(super) fn keep(file: OwnedFd) -> Result<File> {
    let file = if file.as_raw_fd() > LAST_STREAM {
        file
    } else {
        fcntl_dupfd_cloexec(file, LAST_STREAM + 1)?
    };
    Ok(ManuallyDrop::new(file))
}

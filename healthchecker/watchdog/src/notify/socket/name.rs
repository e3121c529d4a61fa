//! A socket's name in the file system.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

use nix::fcntl::AT_FDCWD;
use nix::sys::socket::{UnixAddr, bind};
use nix::sys::stat::{FchmodatFlags, Mode, fchmodat};

/// The path that a socket is bound to, and which file that was.
pub(super) struct OnDisk {
    path: PathBuf,
    file: (u64, u64),
}

impl OnDisk {
    pub(super) fn bind(socket: &UnixDatagram, path: &Path) -> io::Result<Self> {
        if !path.is_absolute() {
            return Err(refusal(ErrorKind::InvalidInput, path, "is not absolute"));
        }
        let Ok(address) = UnixAddr::new(path) else {
            let why = "is longer than the 107 bytes that a socket's name may have";
            return Err(refusal(ErrorKind::InvalidInput, path, why));
        };
        make_room(path)?;
        bind(socket.as_raw_fd(), &address)
            .map_err(|error| refusal(io::Error::from(error).kind(), path, error.desc()))?;
        let file = number(&fs::symlink_metadata(path)?);
        let on_disk = Self {
            path: path.to_owned(),
            file,
        };
        // bind(2) has taken the umask from the mode. Follows no link: who may write to the
        // directory could have put one there meanwhile, to a file of ours.
        let mode = Mode::from_bits_truncate(0o666);
        if let Err(error) = fchmodat(AT_FDCWD, path, mode, FchmodatFlags::NoFollowSymlink) {
            on_disk.remove();
            let error = io::Error::from(error);
            return Err(refusal(
                error.kind(),
                path,
                &format!("keeps its mode: {error}"),
            ));
        }
        Ok(on_disk)
    }

    /// While the socket is open no other file can have its number.
    pub(super) fn remove(&self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|found| number(&found) == self.file) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Takes away a socket at which nobody receives.
fn make_room(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(refusal(error.kind(), path, &format!("is unknown: {error}"))),
        Ok(found) if !found.file_type().is_socket() => {
            let why = "is there and is not a socket; remove it, or name another path";
            return Err(refusal(ErrorKind::AlreadyExists, path, why));
        }
        Ok(_) => {}
    }
    match UnixDatagram::unbound()?.connect(path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
        Ok(()) => {
            let why = "is a socket that is received at; name another path";
            return Err(refusal(ErrorKind::AddrInUse, path, why));
        }
        // One of a stream, for example, at which somebody listens.
        Err(error) => {
            let why = format!("is a socket that may be in use: {error}; name another path");
            return Err(refusal(ErrorKind::AddrInUse, path, &why));
        }
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(refusal(error.kind(), path, &format!("stays: {error}")))
        }
        _ => Ok(()),
    }
}

fn number(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

fn refusal(kind: ErrorKind, path: &Path, why: &str) -> io::Error {
    io::Error::new(kind, format!("{}: {why}", path.display()))
}

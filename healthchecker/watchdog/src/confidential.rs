//! Files with secrets: read, if nobody else could have read or written them.
//!
//! Touches no room.

use std::env;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

/// Why a secret is not to be had.
#[derive(Debug)]
pub(crate) enum Problem {
    /// There is no such file.
    Missing,
    /// Any other, in one line.
    Other(String),
}

/// The directory where systemd puts the service's credentials.
pub(crate) fn credentials() -> Option<PathBuf> {
    env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from)
}

/// Reads `what`, of at most `longest` bytes.
pub(crate) fn read(file: &Path, what: &str, longest: usize) -> Result<Vec<u8>, Problem> {
    let is_credential = credentials().is_some_and(|directory| file.starts_with(directory));
    let cannot = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Problem::Missing,
        _ => Problem::Other(format!("{what} cannot be read: {error}")),
    };
    // A pipe would be waited for.
    if std::fs::metadata(file).is_ok_and(|found| !found.is_file()) {
        return Err(Problem::Other(format!("is no file; name that of {what}")));
    }
    // What is looked at is what is read.
    let open = File::open(file).map_err(cannot)?;
    let found = open.metadata().map_err(cannot)?;
    let us = geteuid().as_raw();
    check(found.mode(), found.uid(), us, is_credential, what).map_err(Problem::Other)?;
    let mut bytes = Vec::new();
    open.take(longest as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() > longest {
        return Err(Problem::Other(format!(
            "is longer than {what}, {longest} bytes"
        )));
    }
    Ok(bytes)
}

/// Whether nobody but root and `us` knows what is in it, or could have written it.
fn check(mode: u32, owner: u32, us: u32, is_credential: bool, what: &str) -> Result<(), String> {
    // systemd lets the service read its credential by an access list, which shows as the group's (acl(5)).
    let others = if is_credential { 0o037 } else { 0o077 };
    if mode & others != 0 {
        return Err(format!("others may read or write {what}; chmod 600 it"));
    }
    if owner != 0 && owner != us {
        return Err(format!(
            "belongs to user {owner}, who knows what is in it; chown it to root or to the server's user, or \
             make another one"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_may_know_is_no_secret() {
        const US: u32 = 1_000;
        for (mode, owner, is_credential, culprit) in [
            (0o100_600, US, false, ""),
            (0o100_400, 0, false, ""),
            (0o100_440, 0, false, "chmod 600"),
            (0o100_440, 0, true, ""),
            (0o100_444, 0, true, "chmod 600"),
            (0o100_460, 0, true, "chmod 600"),
            (0o100_600, 1_001, false, "belongs to user 1001"),
            (0o100_600, 1_001, true, "belongs to user 1001"),
        ] {
            let said = check(mode, owner, US, is_credential, "the master key")
                .err()
                .unwrap_or_default();
            assert!(said.contains(culprit), "{mode:o} {owner}: {said}");
            assert_eq!(
                said.is_empty(),
                culprit.is_empty(),
                "{mode:o} {owner}: {said}"
            );
        }
    }
}

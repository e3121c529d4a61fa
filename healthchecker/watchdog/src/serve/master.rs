//! The master key: read from where nobody else may look, and made at the first start.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use crate::tokens::Master;

/// The longest key, in bytes.
const LONGEST: u64 = 4_096;

/// Reads the key, or makes it where `may_make`: no token was ever made with another one.
pub(super) fn master(
    named: Option<&Path>,
    database: &Path,
    may_make: bool,
) -> Result<Master, String> {
    let credentials = env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    let is_credential = |file: &Path| {
        let mut directories = credentials.iter();
        directories.any(|directory| file.starts_with(directory))
    };
    let credential = credentials
        .as_ref()
        .map(|directory| directory.join("master.key"));
    let file = match (named, credential.filter(|file| file.exists())) {
        (Some(named), _) => named.to_owned(),
        (None, Some(credential)) => credential,
        (None, None) => {
            let file = database.with_file_name("master.key");
            if may_make && !file.exists() {
                make(&file).map_err(|error| {
                    format!("{}: the master key cannot be made: {error}", file.display())
                })?;
            }
            file
        }
    };
    read(&file, is_credential(&file)).map_err(|problem| format!("{}: {problem}", file.display()))
}

fn read(file: &Path, is_credential: bool) -> Result<Master, String> {
    let cannot = |error: io::Error| {
        match error.kind() {
        io::ErrorKind::NotFound => "the master key is missing, and there are tokens that were made with it; put it back, or \
             begin with a new database"
            .to_owned(),
        _ => format!("the master key cannot be read: {error}"),
    }
    };
    // What is looked at is what is read.
    let open = File::open(file).map_err(cannot)?;
    let found = open.metadata().map_err(cannot)?;
    check(found.mode(), found.uid(), geteuid().as_raw(), is_credential)?;
    let mut bytes = Vec::new();
    open.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > LONGEST {
        return Err("is longer than a master key, 4096 bytes".to_owned());
    }
    Master::new(&bytes).map_err(|error| error.to_string())
}

/// Whether nobody but root and `us` knows the key, or could have written it.
fn check(mode: u32, owner: u32, us: u32, is_credential: bool) -> Result<(), String> {
    // systemd lets the service read its credential by an access list, which shows as the group's (acl(5)).
    let others = if is_credential { 0o037 } else { 0o077 };
    if mode & others != 0 {
        return Err("others may read or write the master key; chmod 600 it".to_owned());
    }
    if owner != 0 && owner != us {
        return Err(format!(
            "belongs to user {owner}, who knows what is in it; chown it to root or to the server's user, or \
             make another one"
        ));
    }
    Ok(())
}

/// Whole or not at all, even if the machine ends meanwhile: tokens will be made with it.
fn make(file: &Path) -> io::Result<()> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    // White space at the end would be no part of it.
    bytes[31] |= 0x80;
    let unfinished = file.with_extension("key-unfinished");
    let _ = fs::remove_file(&unfinished);
    let mut new = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)?;
    new.write_all(&bytes)?;
    new.sync_all()?;
    fs::rename(&unfinished, file)?;
    let directory = file.parent().filter(|path| !path.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_made_once_and_for_its_owner_alone() {
        let directory = env::temp_dir().join(format!("watchdog-master-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let database = directory.join("watchdog.db");
        let refused = master(None, &database, false).unwrap_err();
        assert!(refused.contains("is missing"), "{refused}");
        let made = master(None, &database, true).unwrap();
        let again = master(None, &database, true).unwrap();
        assert_eq!(made.derive(1, "a").text(), again.derive(1, "a").text());

        let file = directory.join("master.key");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = master(None, &database, true).unwrap_err();
        assert!(refused.contains("chmod 600"), "{refused}");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&file, [7; 31]).unwrap();
        let refused = master(Some(&file), &database, true).unwrap_err();
        assert!(refused.contains("shorter than 32 bytes"), "{refused}");
        fs::remove_dir_all(&directory).unwrap();
    }
    #[test]
    fn a_key_that_others_may_know_is_none() {
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
            let said = check(mode, owner, US, is_credential)
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

//! The master key: read from where nobody else may look, and made at the first start.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::confidential::{self, Problem};
use crate::tokens::Master;

/// The longest key, in bytes.
const LONGEST: usize = 4_096;

/// Reads the key, or makes it where `may_make`: no token was ever made with another one.
pub(super) fn master(
    named: Option<&Path>,
    database: &Path,
    may_make: bool,
) -> Result<Master, String> {
    let credential = confidential::credentials().map(|directory| directory.join("master.key"));
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
    let missing = if may_make {
        "the master key is missing; write 32 random bytes there, as `head -c 32 /dev/urandom` gives them, or \
         leave [tokens] master out, and it is made beside the database"
    } else {
        "the master key is missing, and there are tokens that were made with it; put it back, or begin with a \
         new database"
    };
    read(&file, missing).map_err(|problem| format!("{}: {problem}", file.display()))
}

fn read(file: &Path, missing: &str) -> Result<Master, String> {
    let bytes = confidential::read(file, "the master key", LONGEST);
    let bytes = bytes.map_err(|problem| match problem {
        Problem::Missing => missing.to_owned(),
        Problem::Other(problem) => problem,
    })?;
    Master::new(&bytes).map_err(|error| error.to_string())
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
    use std::env;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_made_once_and_for_its_owner_alone() {
        let directory = env::temp_dir().join(format!("watchdog-master-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let database = directory.join("watchdog.db");
        let refused = master(None, &database, false).unwrap_err();
        assert!(refused.contains("there are tokens"), "{refused}");
        let named = directory.join("named.key");
        let refused = master(Some(&named), &database, false).unwrap_err();
        assert!(refused.contains("there are tokens"), "{refused}");
        // Where it is named it is not made, and no token was.
        let refused = master(Some(&named), &database, true).unwrap_err();
        assert!(refused.contains("head -c 32"), "{refused}");
        assert!(!refused.contains("there are tokens"), "{refused}");
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
}

//! Where the token is found.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::grammar::shown;
use crate::secret::Secret;

/// So many bytes count; whatever follows is ignored.
const DIGITS: usize = 64;

/// The token of a file that an option names: any file, a pipe too.
pub(super) fn from_file(path: &Path) -> Result<Secret, String> {
    let mut bytes = Vec::with_capacity(DIGITS);
    File::open(path)
        .and_then(|file| file.take(DIGITS as u64).read_to_end(&mut bytes))
        .map_err(|error| cannot(path, &error.to_string()))?;
    digits(&bytes).ok_or_else(|| {
        let why = "is no token: its first 64 characters must be 0-9 and a-f";
        cannot(path, why)
    })
}

/// The token that `variable` holds, or the first of the files that there is. Of one that is found and is
/// none the search does not go on: another one would be somebody else's.
pub(super) fn search(variable: Option<OsString>, home: Option<OsString>) -> Result<Secret, String> {
    if let Some(value) = variable.filter(|value| !value.is_empty()) {
        return digits(value.as_bytes()).ok_or_else(|| {
            "$WD_TOKEN is no token: its first 64 characters must be 0-9 and a-f".to_owned()
        });
    }
    for path in places(home.as_deref()) {
        // A pipe that lies about would be waited for, for ever.
        match fs::metadata(&path) {
            Ok(found) if found.is_file() => return from_file(&path),
            Ok(_) => return Err(cannot(&path, "is no file")),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(cannot(&path, &error.to_string())),
        }
    }
    Err(
        "there is no token; set $WD_TOKEN, or write it into .wd_token, $HOME/.wd_token or \
         /etc/wd/token, or name its file with --token-file"
            .to_owned(),
    )
}

fn places(home: Option<&OsStr>) -> impl Iterator<Item = PathBuf> {
    let home = home.filter(|home| !home.is_empty());
    let home = home.map(|home| Path::new(home).join(".wd_token"));
    [PathBuf::from(".wd_token")]
        .into_iter()
        .chain(home)
        .chain([PathBuf::from("/etc/wd/token")])
}

fn digits(bytes: &[u8]) -> Option<Secret> {
    Secret::parse(str::from_utf8(bytes.get(..DIGITS)?).ok()?)
}

fn cannot(path: &Path, why: &str) -> String {
    format!("{}: {why}", shown(path.as_os_str()))
}

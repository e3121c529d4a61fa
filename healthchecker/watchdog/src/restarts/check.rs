//! Whether what is to be run can be, and whether nobody else could have had it run something else.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, eaccess};
use rustix::process::geteuid;

use super::walk::{Found, What, Wrong, look, walk};
use crate::config::WatchConfig;
use crate::watches::Key;

/// Why nothing is run: a program that cannot be, or that somebody else may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsafe {
    subject: String,
    path: PathBuf,
    problem: String,
}

impl Unsafe {
    /// The part of the path that is to blame.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for Unsafe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            subject,
            path,
            problem,
        } = self;
        write!(f, "{subject}: {path:?} {problem}")
    }
}

impl std::error::Error for Unsafe {}

/// Looks whether all programs of restarts are there and can be run, and whether root and this process's
/// user alone may write to them, to the configuration's file and to all directories above them. Links
/// are followed, and each step is looked at. Without restarts everything is well.
///
/// A sticky directory such as `/tmp` is refused too. An interpreter that a script names is not looked
/// at, and access lists only as far as the mode shows them.
///
/// # Errors
///
/// The first part of a path with which that is not so, its mode or owner, and what to do about it.
pub fn check<'a>(
    watches: impl IntoIterator<Item = (&'a Key, &'a WatchConfig)>,
    configuration: &Path,
) -> Result<(), Unsafe> {
    let restarts = watches
        .into_iter()
        .filter_map(|(key, watch)| Some((key, watch.restart.as_ref()?)));
    let mut is_any = false;
    for (key, restart) in restarts {
        is_any = true;
        let program = restart.exec.first().map_or("", String::as_str);
        let subject = format!("watch.{}.restart.exec", key.name());
        let (path, _) = find(&subject, Path::new(program))?;
        eaccess(&path, AccessFlags::X_OK).map_err(|_| Unsafe {
            subject,
            problem: "is no program that can be run: chmod +x it, or name another".to_owned(),
            path,
        })?;
    }
    if is_any {
        let subject = "the configuration, which has restarts";
        let whole = std::path::absolute(configuration)
            .map_err(|error| unsafe_(subject, unseen(configuration, error)))?;
        find(subject, &whole)?;
    }
    Ok(())
}

fn find(subject: &str, path: &Path) -> Result<(PathBuf, Found), Unsafe> {
    walk(path, geteuid().as_raw(), look).map_err(|wrong| unsafe_(subject, wrong))
}

fn unseen(path: &Path, error: io::Error) -> Wrong {
    Wrong {
        path: path.to_owned(),
        what: What::Unseen(error),
    }
}

pub(super) fn unsafe_(subject: &str, wrong: Wrong) -> Unsafe {
    let problem = match wrong.what {
        What::Unseen(error) => format!("cannot be looked at: {error}"),
        What::Writable(mode) => format!(
            "can be written to by others than its owner (mode {mode:04o}): chmod go-w it, or use a \
             place that only root or the server's user can write to"
        ),
        What::Owner(owner) => format!(
            "belongs to user {owner}, who is neither root nor the server's user: chown it, or use a \
             place that belongs to one of them"
        ),
        What::NoFile => "is no regular file: name a program's file".to_owned(),
        What::NoDirectory => "is no directory, but the path goes on".to_owned(),
        What::Links => "is one symbolic link too many, perhaps in a circle".to_owned(),
    };
    Unsafe {
        subject: subject.to_owned(),
        path: wrong.path,
        problem,
    }
}

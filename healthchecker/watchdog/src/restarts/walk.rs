//! Every directory, link and file on the way to a path, and who may change them: pure, but for the
//! looking.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

/// As many links as the kernel follows.
const LINKS: u32 = 40;

/// What lies at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    File,
    Link(PathBuf),
    Other,
}

/// What lies at a path, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) owner: u32,
    pub(super) mode: u32,
}

/// What is wrong with a path, and with which part of it.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) path: PathBuf,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// It cannot be looked at.
    Unseen(io::Error),
    /// Somebody else may change it: with its mode and owner.
    Writable(u32),
    Owner(u32),
    NoFile,
    NoDirectory,
    Links,
}

/// Goes to a file by an absolute path, as the kernel would, and finds it if nobody but root and `us`
/// may change it or the way to it.
pub(super) fn walk(
    path: &Path,
    us: u32,
    look: impl Fn(&Path) -> io::Result<Found>,
) -> Result<(PathBuf, Found), Wrong> {
    let mut at = PathBuf::from("/");
    let mut found = step(&at, us, &look)?;
    let mut rest = words(path);
    let mut links = 0;
    while let Some(word) = rest.pop_front() {
        if found.kind != Kind::Directory {
            return Err(wrong(&at, What::NoDirectory));
        }
        if word == ".." {
            // What is above has been looked at on the way here.
            at.pop();
            continue;
        }
        let next = at.join(&word);
        let there = step(&next, us, &look)?;
        if let Kind::Link(to) = &there.kind {
            links += 1;
            if links > LINKS {
                return Err(wrong(&next, What::Links));
            }
            if to.is_absolute() {
                at = PathBuf::from("/");
            }
            let mut way = words(to);
            way.append(&mut rest);
            rest = way;
        } else {
            (at, found) = (next, there);
        }
    }
    match found.kind {
        Kind::File => Ok((at, found)),
        _ => Err(wrong(&at, What::NoFile)),
    }
}

fn step(path: &Path, us: u32, look: impl Fn(&Path) -> io::Result<Found>) -> Result<Found, Wrong> {
    let found = look(path).map_err(|error| wrong(path, What::Unseen(error)))?;
    if found.owner != 0 && found.owner != us {
        return Err(wrong(path, What::Owner(found.owner)));
    }
    // Everybody may write to a link, by its mode; who may replace it is its directory's matter.
    if !matches!(found.kind, Kind::Link(_)) && found.mode & 0o022 != 0 {
        return Err(wrong(path, What::Writable(found.mode)));
    }
    Ok(found)
}

fn wrong(path: &Path, what: What) -> Wrong {
    let path = path.to_owned();
    Wrong { path, what }
}

fn words(path: &Path) -> VecDeque<OsString> {
    let words = path.components().filter_map(|component| match component {
        Component::Normal(word) => Some(word.to_owned()),
        Component::ParentDir => Some(OsString::from("..")),
        _ => None,
    });
    words.collect()
}

/// Looks at the file system.
pub(super) fn look(path: &Path) -> io::Result<Found> {
    let data = fs::symlink_metadata(path)?;
    let kind = if data.is_dir() {
        Kind::Directory
    } else if data.is_file() {
        Kind::File
    } else if data.is_symlink() {
        Kind::Link(fs::read_link(path)?)
    } else {
        Kind::Other
    };
    Ok(Found {
        kind,
        owner: data.uid(),
        mode: data.mode() & 0o7777,
    })
}

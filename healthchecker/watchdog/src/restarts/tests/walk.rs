//! The way to a file, on a file system that is a table.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use super::super::check::unsafe_;
use super::super::walk::{Found, Kind, walk};

const US: u32 = 1000;

/// Paths with owner and mode; a path with ` -> ` is a link, one with a `/` at its end a directory.
fn files(lines: &[(&str, u32, u32)]) -> HashMap<PathBuf, Found> {
    let mut files = HashMap::new();
    for &(line, owner, mode) in lines {
        let (path, kind) = match line.split_once(" -> ") {
            Some((path, to)) => (path, Kind::Link(to.into())),
            None => match line.strip_suffix('/') {
                Some("") => ("/", Kind::Directory),
                Some(path) => (path, Kind::Directory),
                None => (line, Kind::File),
            },
        };
        files.insert(PathBuf::from(path), Found { kind, owner, mode });
    }
    files
}

/// Where a way leads, or what is wrong with what.
fn go(lines: &[(&str, u32, u32)], path: &str) -> String {
    let mut all = vec![("/", 0, 0o755), ("/a/", 0, 0o755), ("/a/b/", US, 0o755)];
    all.extend_from_slice(lines);
    let files = files(&all);
    let look = |path: &Path| {
        files
            .get(path)
            .cloned()
            .ok_or(io::ErrorKind::NotFound.into())
    };
    match walk(Path::new(path), US, look) {
        Ok((path, _)) => path.display().to_string(),
        Err(wrong) => unsafe_("it", wrong).to_string(),
    }
}

#[test]
fn roots_and_ours_are_good() {
    for (owner, mode) in [(0, 0o755), (US, 0o700), (0, 0o4711)] {
        assert_eq!(go(&[("/a/b/run", owner, mode)], "/a/b/run"), "/a/b/run");
    }
}

#[test]
fn every_part_of_a_way_is_looked_at() {
    let file = ("/a/b/run", 0, 0o755);
    for (part, owner, mode, what) in [
        (
            "/",
            0,
            0o775,
            "it: \"/\" can be written to by others than its owner (mode 0775)",
        ),
        (
            "/a/",
            0,
            0o777,
            "it: \"/a\" can be written to by others than its owner (mode 0777)",
        ),
        (
            "/a/b/",
            0,
            0o1777,
            "it: \"/a/b\" can be written to by others than its owner (mode 1777)",
        ),
        (
            "/a/b/run",
            0,
            0o757,
            "it: \"/a/b/run\" can be written to by others than its owner (mode 0757)",
        ),
        (
            "/a/b/run",
            US,
            0o775,
            "it: \"/a/b/run\" can be written to by others than its owner (mode 0775)",
        ),
        ("/", 7, 0o755, "it: \"/\" belongs to user 7, who is neither"),
        (
            "/a/",
            7,
            0o755,
            "it: \"/a\" belongs to user 7, who is neither",
        ),
        (
            "/a/b/run",
            7,
            0o555,
            "it: \"/a/b/run\" belongs to user 7, who is neither",
        ),
        ("/a/b/run/", 0, 0o755, "it: \"/a/b/run\" is no regular file"),
        (
            "/a/b",
            0,
            0o755,
            "it: \"/a/b\" is no directory, but the path goes on",
        ),
    ] {
        let found = go(&[file, (part, owner, mode)], "/a/b/run");
        assert!(found.starts_with(what), "{found}");
    }
    assert_eq!(
        go(&[], "/a/b/run"),
        "it: \"/a/b/run\" cannot be looked at: entity not found"
    );
}

#[test]
fn links_are_followed_and_their_ways_looked_at() {
    let link = |to: &str, path: &str, extra: &[(&str, u32, u32)]| {
        let line = format!("/a/link -> {to}");
        let mut lines = vec![(&*line, 0, 0o777), ("/a/b/run", 0, 0o755)];
        lines.extend_from_slice(extra);
        go(&lines, path)
    };
    for to in [
        "b/run",
        "/a/b/run",
        "../a/./b/run",
        "../../../a/b/../b/run",
        "b//run",
    ] {
        assert_eq!(link(to, "/a/link", &[]), "/a/b/run", "{to}");
    }
    assert_eq!(link("b", "/a/link/run", &[]), "/a/b/run");
    assert_eq!(link("/a", "/a/link/b/run", &[]), "/a/b/run");
    assert_eq!(link("/a/b", "/a/link/../b/run", &[]), "/a/b/run");
    let beside = [("/t/", 0, 0o1777), ("/t/run", 0, 0o755)];
    let found = link("/t/run", "/a/link", &beside);
    assert!(found.starts_with("it: \"/t\" can be written to"), "{found}");
    let found = link("link", "/a/link", &[]);
    assert!(
        found.starts_with("it: \"/a/link\" is one symbolic link too many"),
        "{found}"
    );
    let found = link("b/run", "/a/link", &[("/a/link -> b/run", 7, 0o777)]);
    assert!(
        found.starts_with("it: \"/a/link\" belongs to user 7"),
        "{found}"
    );
    let found = link("b/run/../run", "/a/link", &[]);
    assert!(
        found.starts_with("it: \"/a/b/run\" is no directory"),
        "{found}"
    );
}

//! On a path: what may be there, and what is left.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

use super::*;

/// A directory that goes with its value.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("watchdog-{name}-{}", id()));
        fs::create_dir(&path).expect("a directory");
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn at(path: &Path) -> io::Result<Socket> {
    Socket::open(&Place::Path(path.to_owned()))
}

#[test]
fn serves_and_goes() {
    let directory = Directory::new("serves");
    let path = directory.0.join("notify");
    for _ in 0..2 {
        let mut socket = at(&path).expect("a socket");
        assert_eq!(socket.name(), path.as_os_str());
        send(&socket, b"READY=1");
        assert_eq!(next(&mut socket).sender, Some(id()));
        drop(socket);
        assert!(fs::symlink_metadata(&path).is_err());
    }
}

#[test]
fn a_stale_socket_is_replaced() {
    let directory = Directory::new("stale");
    let path = directory.0.join("notify");
    drop(UnixDatagram::bind(&path).expect("a socket"));
    drop(at(&path).expect("a socket"));
    drop(UnixListener::bind(&path).expect("a socket"));
    drop(at(&path).expect("a socket"));
}

#[test]
fn what_else_is_there_stays() {
    let directory = Directory::new("stays");
    let path = |name| directory.0.join(name);
    fs::write(path("file"), "mine").expect("a file");
    fs::create_dir(path("directory")).expect("a directory");
    drop(UnixDatagram::bind(path("stale")).expect("a socket"));
    symlink(path("stale"), path("link")).expect("a link");
    symlink(path("nothing"), path("dangling")).expect("a link");
    let _live = UnixDatagram::bind(path("live")).expect("a socket");
    let _listens = UnixListener::bind(path("listens")).expect("a socket");
    for (name, part) in [
        ("file", "not a socket"),
        ("directory", "not a socket"),
        ("link", "not a socket"),
        ("dangling", "not a socket"),
        ("live", "received at"),
        ("listens", "may be in use"),
    ] {
        let found = fs::symlink_metadata(path(name)).expect("a file");
        let error = at(&path(name)).expect_err(name).to_string();
        assert!(error.contains(part) && error.contains(name), "{error}");
        let after = fs::symlink_metadata(path(name)).expect("a file");
        assert_eq!(found.modified().ok(), after.modified().ok());
    }
    assert_eq!(fs::read(path("file")).expect("a file"), b"mine");
    // Our own is no different while it lives.
    let _own = at(&path("own")).expect("a socket");
    assert!(at(&path("own")).is_err());
}

#[test]
fn no_such_place() {
    let directory = Directory::new("none");
    let long = directory.0.join("x".repeat(200));
    let within = directory.0.join("missing/notify");
    for (path, part) in [
        (Path::new("notify"), "not absolute"),
        (Path::new(""), "not absolute"),
        (&long, "107 bytes"),
        (&within, "missing/notify"),
    ] {
        let error = at(path).expect_err("an error").to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn another_file_at_its_path_is_not_removed() {
    let directory = Directory::new("another");
    let path = directory.0.join("notify");
    let socket = at(&path).expect("a socket");
    fs::remove_file(&path).expect("removed");
    // The numbers of files that are gone are taken again, but not while the socket is open.
    let other = UnixDatagram::bind(&path).expect("a socket");
    drop(socket);
    assert!(fs::symlink_metadata(&path).is_ok());
    drop(other);
}

//! Files that cannot be used, and disks that are full.

use std::process::Command as Process;

use super::*;

fn refused(path: &Path) -> StoreError {
    Sqlite::open(path).map(drop).unwrap_err()
}

#[test]
fn a_second_server_on_the_same_file() {
    let directory = Directory::new();
    let store = Sqlite::open(&directory.file()).unwrap();
    let error = refused(&directory.file());
    assert_eq!(error.kind(), StoreErrorKind::InUse);
    assert!(
        error.to_string().contains("watchdog.db: another watchdog"),
        "{error}"
    );
    drop(store);
    Sqlite::open(&directory.file()).unwrap();
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_left_alone() {
    let directory = Directory::new();
    drop(Sqlite::open(&directory.file()).unwrap());
    let newer = SCHEMA + 1;
    let file = rusqlite::Connection::open(directory.file()).unwrap();
    file.execute("UPDATE meta SET value = ? WHERE key = 'schema'", [newer])
        .unwrap();
    drop(file);
    let before = std::fs::read(directory.file()).unwrap();
    let error = refused(&directory.file());
    assert_eq!(error.kind(), StoreErrorKind::Newer);
    assert!(
        error.to_string().contains(&format!("version {newer}")),
        "{error}"
    );
    assert_eq!(std::fs::read(directory.file()).unwrap(), before);
    let copy = directory.0.join("copy");
    assert_eq!(
        backup(&directory.file(), &copy).unwrap_err().kind(),
        StoreErrorKind::Newer
    );
    assert!(!copy.exists());
}

#[test]
fn what_is_no_database_of_ours() {
    let directory = Directory::new();
    std::fs::write(directory.file(), "[watch.worker]\n".repeat(100)).unwrap();
    assert_eq!(refused(&directory.file()).kind(), StoreErrorKind::Foreign);
    let other = directory.0.join("other.db");
    let file = rusqlite::Connection::open(&other).unwrap();
    file.execute_batch("CREATE TABLE watch (id)").unwrap();
    drop(file);
    assert_eq!(refused(&other).kind(), StoreErrorKind::Foreign);
    // An empty file is as good as none.
    let empty = directory.0.join("empty.db");
    std::fs::write(&empty, "").unwrap();
    assert_eq!(Sqlite::open(&empty).unwrap().load().unwrap().watches, []);
}

#[test]
fn a_damaged_file() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let mut table = Table::new(Limits::default(), at(0));
    let batches: Vec<_> = (1..2_000)
        .map(|id| do_it(&mut table, at(0), one(&format!("w{id}"), id, kick())))
        .collect();
    store.commit(&group(batches)).unwrap();
    drop(store);
    let mut bytes = std::fs::read(directory.file()).unwrap();
    // Pages from the third on, as a disk that lies would.
    for byte in bytes.iter_mut().skip(2 * 4096).step_by(3) {
        *byte ^= 0x5a;
    }
    std::fs::write(directory.file(), bytes).unwrap();
    let error = Sqlite::open(&directory.file())
        .and_then(|mut store| store.load())
        .unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
    assert!(error.to_string().contains("restore a backup"), "{error}");
}

#[test]
fn a_row_that_nobody_of_us_has_written() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    store.commit(&group([first().1])).unwrap();
    drop(store);
    for (column, value) in [
        ("state", "'asleep'"),
        ("timeout_ms", "-1"),
        ("name", "'..'"),
    ] {
        let file = rusqlite::Connection::open(directory.file()).unwrap();
        file.execute_batch(&format!("UPDATE watch SET {column} = {value}"))
            .unwrap();
        drop(file);
        let error = Sqlite::open(&directory.file()).unwrap().load().unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
    }
}

#[test]
fn no_such_directory() {
    let directory = Directory::new();
    let path = directory.0.join("nowhere/watchdog.db");
    let error = refused(&path);
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(error.to_string().contains("nowhere"), "{error}");
}

/// A file system of its own, which root may mount and others may not.
struct Mount(Directory);

impl Mount {
    fn new(options: &str) -> Option<Self> {
        let directory = Directory::new();
        let is_mounted = run(
            "mount",
            &["-t", "tmpfs", "-o", options, "tmpfs"],
            &directory.0,
        );
        if !is_mounted {
            eprintln!("skipped: mounting a tmpfs takes root");
            return None;
        }
        Some(Self(directory))
    }

    fn change(&self, options: &str) -> bool {
        run("mount", &["-o", options], &self.0.0)
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        run("umount", &["--lazy"], &self.0.0);
    }
}

fn run(program: &str, arguments: &[&str], path: &Path) -> bool {
    let mut process = Process::new(program);
    let status = process
        .args(arguments)
        .arg(path)
        .stderr(std::process::Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

#[test]
fn a_file_system_that_may_not_be_written() {
    let Some(mount) = Mount::new("size=4m") else {
        return;
    };
    drop(Sqlite::open(&mount.0.file()).unwrap());
    assert!(mount.change("remount,ro"));
    let error = refused(&mount.0.file());
    assert_eq!(error.kind(), StoreErrorKind::ReadOnly);
    assert!(
        error.to_string().contains("let the watchdog's user write"),
        "{error}"
    );
}

#[test]
fn a_full_disk_refuses_and_goes_on_when_there_is_room() {
    let Some(mount) = Mount::new("size=600k") else {
        return;
    };
    let store = Sqlite::open(&mount.0.file()).unwrap();
    let pace = Pace {
        gather: Duration::ZERO,
        retry: Duration::from_millis(20),
        ..Pace::default()
    };
    let writer = Writer::start(store, pace).unwrap();
    let mut table = Table::new(Limits::default(), at(0));
    let mut kept = 0;
    let error = loop {
        let id = kept + 1;
        let batch = do_it(
            &mut table,
            at(id),
            one(&format!("w{id}"), id, fault("disk")),
        );
        match submit(&writer, batch).recv().unwrap() {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 100_000, "it is never full");
    };
    assert_eq!(error.kind(), StoreErrorKind::Full, "{error}");
    assert!(kept > 10, "{kept}");
    // Refused at once from now on, and not forgotten.
    let batch = do_it(&mut table, at(kept + 2), one("last", kept + 2, kick()));
    let again = submit(&writer, batch).recv().unwrap().unwrap_err();
    assert_eq!(again.kind(), StoreErrorKind::Full);
    assert!(mount.change("remount,size=8m"));
    let bound = std::time::Instant::now() + Duration::from_secs(20);
    while writer.standing().lost.is_some() {
        assert!(std::time::Instant::now() < bound, "it does not come back");
        std::thread::yield_now();
    }
    writer.finish();
    let mut store = Sqlite::open(&mount.0.file()).unwrap();
    assert_eq!(store.load().unwrap().watches, all(&table));
}

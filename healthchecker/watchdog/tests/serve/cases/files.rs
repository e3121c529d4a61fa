//! The database and what lies beside it: whose it is, who may read it, and what is no database.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use libtest_mimic::{Completion, Failed, Trial};
use rusqlite::Connection;

use super::plain;
use crate::home::{Home, binary, refused, run};
use crate::proof::mint;
use crate::skip;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = plain(&[
        (
            "files: nobody else may read them",
            nobody_else_may_read_them,
        ),
        ("files: one server at a time", one_server_at_a_time),
        ("files: what is no database", what_is_no_database),
        ("files: of a newer version", of_a_newer_version),
        (
            "files: a master key that is missing, or everybody's",
            master_key,
        ),
        ("files: a backup while it serves", backup),
    ]);
    trials.push(Trial::ignorable_test(
        "files: a directory that may not be written",
        read_only,
    ));
    trials
}

/// What is said when no server can start here: one line.
fn no_start(home: &Home) -> String {
    let words = home.words();
    refused(&run(words.iter().map(String::as_str)))
}

fn nobody_else_may_read_them() {
    let home = Home::new("");
    let mut command = Command::new("sh");
    command
        .args(["-c", "umask 000; exec \"$0\" \"$@\""])
        .arg(binary());
    command.args(home.words());
    let server = home.start_by(command);
    assert_eq!(server.client().get("/?id=a").status, 200);
    let copy = home.text("copy.db");
    let config = home.text("watchdog.toml");
    let database = home.text("watchdog.db");
    let made = run(["backup", "--config", &config, "--store", &database, &copy]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let mut seen = Vec::new();
    for entry in fs::read_dir(&home.path).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if name != "watchdog.toml" {
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
            seen.push(name);
        }
    }
    for name in [
        "watchdog.db",
        "watchdog.db-wal",
        "watchdog.db-lock",
        "master.key",
        "copy.db",
    ] {
        assert!(seen.iter().any(|seen| seen == name), "{name}: {seen:?}");
    }
}

fn one_server_at_a_time() {
    let home = Home::new("");
    let server = home.start();
    let said = no_start(&home);
    assert!(
        said.contains("watchdog.db: another watchdog serves from it"),
        "{said}"
    );
    assert_eq!(server.client().get("/?id=a").status, 200);
    server.kill();
    home.start().term();
}

fn what_is_no_database() {
    let home = Home::new("");
    let database = home.file("watchdog.db");
    for text in ["hello".repeat(1_000), "SQLite format 3\0".repeat(500)] {
        fs::write(&database, &text).unwrap();
        let said = no_start(&home);
        assert!(said.contains("watchdog.db: "), "{said}");
        assert!(
            fs::read(&database).unwrap() == text.as_bytes(),
            "it was changed"
        );
        assert!(!home.file("master.key").exists());
    }
    fs::remove_file(&database).unwrap();
    let other = Connection::open(&database).unwrap();
    other
        .execute_batch("CREATE TABLE recipe (name TEXT)")
        .unwrap();
    drop(other);
    let said = no_start(&home);
    assert!(
        said.contains("it is not a watchdog's database; name another file"),
        "{said}"
    );

    // One of ours whose middle is gone.
    fs::remove_file(&database).unwrap();
    let server = home.start();
    let mut client = server.client();
    for number in 0..300 {
        assert_eq!(client.get(&format!("/?id=n{number}")).status, 200);
    }
    server.term();
    drop(
        Connection::open(&database).map(|ours| ours.pragma_update(None, "journal_mode", "delete")),
    );
    let mut bytes = fs::read(&database).unwrap();
    let length = bytes.len();
    bytes[4_096..length - 4_096].fill(0xa5);
    fs::write(&database, bytes).unwrap();
    let said = no_start(&home);
    assert!(said.contains("it is damaged; restore a backup"), "{said}");
}

fn of_a_newer_version() {
    let home = Home::new("");
    home.start().term();
    let database = home.file("watchdog.db");
    let ours = Connection::open(&database).unwrap();
    let newer = "UPDATE meta SET value = value + 1 WHERE key = 'schema'";
    assert_eq!(ours.execute(newer, []).unwrap(), 1);
    drop(ours);
    let said = no_start(&home);
    assert!(
        said.contains("a newer version has written it; use that"),
        "{said}"
    );
}

fn master_key() {
    let home = Home::new("");
    let server = home.start();
    mint(&mut server.client(), &home.root(), "dc", "kick");
    server.term();
    let key = home.file("master.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(no_start(&home).contains("chmod 600"));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    fs::rename(&key, home.file("elsewhere")).unwrap();
    let said = no_start(&home);
    assert!(
        said.contains("master.key: the master key is missing"),
        "{said}"
    );
    assert!(
        !key.exists(),
        "another one would make every token worthless"
    );
    fs::write(&key, "short").unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(no_start(&home).contains("shorter than 32 bytes"));
}

fn backup() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let token = mint(&mut client, &home.root(), "dc", "kick status");
    assert_eq!(client.get(&format!("/ping/{token}/a?create=1")).status, 201);
    let (database, copy) = (home.text("watchdog.db"), home.text("copy.db"));
    let made = run(["backup", "--store", &database, &copy]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let again = refused(&run(["backup", "--store", &database, &copy]));
    assert!(again.contains("copy.db"), "{again}");
    assert_eq!(client.get(&format!("/ping/{token}/b?create=1")).status, 201);
    server.kill();
    // It is the state of then, and good to begin with.
    for file in ["watchdog.db-wal", "watchdog.db-shm"] {
        let _ = fs::remove_file(home.file(file));
    }
    fs::rename(&copy, &database).unwrap();
    let server = home.start();
    let mut client = server.client();
    assert_eq!(client.api(&token, "GET", "watches/dc.a", "").status, 200);
    assert_eq!(client.api(&token, "GET", "watches/dc.b", "").status, 404);
}

fn read_only() -> Result<Completion, Failed> {
    let home = Home::new("");
    let allow = |mode| fs::set_permissions(&home.path, fs::Permissions::from_mode(mode)).unwrap();
    allow(0o555);
    if fs::write(home.file("probe"), "").is_ok() {
        // To root nothing is forbidden: a mount is.
        allow(0o755);
        let Some(()) = bind_read_only(&home) else {
            return skip("it is root, and there are no namespaces to mount in");
        };
        return Ok(Completion::Completed);
    }
    let said = no_start(&home);
    allow(0o755);
    assert!(
        said.contains("it cannot be written; let the watchdog's user write"),
        "{said}"
    );
    Ok(Completion::Completed)
}

fn bind_read_only(home: &Home) -> Option<()> {
    let line =
        "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" || exit 99; exec \"$@\"";
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", line])
        .arg(&home.path)
        .arg(binary())
        .args(home.words())
        .output()
        .ok()?;
    if output.status.code() != Some(1) || !output.stderr.starts_with(b"watchdog: ") {
        return None;
    }
    let said = refused(&output);
    assert!(
        said.contains("it cannot be written; let the watchdog's user write"),
        "{said}"
    );
    Some(())
}

//! How a command ends, or does not begin: exit codes, and that nothing of it is restarted.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use libtest_mimic::{Failed, Trial};

use super::{Case, expect, hold, twice};
use crate::watch::{Place, Run};

pub(super) fn trials() -> Vec<Trial> {
    twice(&[
        ("its exit code comes through", codes as Case),
        ("128 and the signal that ended it", signals),
        ("127: not found", not_found),
        ("126: cannot be run", cannot_be_run),
        ("an end is no hang", no_hang),
    ])
}

fn codes(place: Place) -> Result<(), Failed> {
    for code in [0, 3, 70, 255] {
        let outcome = Run::new(place, &format!("--once -- act note=here exit={code}")).finish()?;
        let exited = format!("exited: exit code {code} (pid ");
        expect(&outcome, code, &["watchdog: started (pid ", &exited])?;
        hold(outcome.out == ["here"], &outcome)?;
    }
    Ok(())
}

fn signals(place: Place) -> Result<(), Failed> {
    // 35 is a real-time signal.
    for (number, name) in [
        (15, "SIGTERM"),
        (9, "SIGKILL"),
        (11, "SIGSEGV"),
        (35, "signal 35"),
    ] {
        let kill = format!("kill -{number} $$");
        let run = Run::of(place, ["run", "--once", "--", "sh", "-c", &kill]);
        let outcome = run.shell("ulimit -c 0").finish()?;
        let ended = format!("exited: ended by {name}");
        expect(&outcome, 128 + number, &["started", &ended])?;
    }
    Ok(())
}

fn not_found(place: Place) -> Result<(), Failed> {
    for program in ["no-such-program", "/no/such/program", "/etc/passwd/program"] {
        let outcome = Run::new(place, &format!("--once -- {program}")).finish()?;
        expect(
            &outcome,
            127,
            &[&format!("not started: {program} cannot be started: ")],
        )?;
    }
    Ok(())
}

fn cannot_be_run(place: Place) -> Result<(), Failed> {
    let directory = Directory::new("cannot-be-run");
    let not_executable = directory.file("not-executable", "#!/bin/sh\n", 0o644);
    let no_format = directory.file("no-format", "\u{1}\u{2}\u{3}\u{4}", 0o755);
    for program in [not_executable, no_format, directory.0.clone()] {
        let program = program.display();
        let outcome = Run::new(place, &format!("--notify -- {program}")).finish()?;
        expect(
            &outcome,
            126,
            &[&format!("not started: {program} cannot be started: ")],
        )?;
    }
    Ok(())
}

fn no_hang(place: Place) -> Result<(), Failed> {
    for (watched, code) in [
        ("--notify", 0),
        ("--check=tcp://127.0.0.1:1 --start-period=0", 4),
    ] {
        let outcome = Run::new(place, &format!("{watched} -- act exit={code}")).finish()?;
        expect(
            &outcome,
            code,
            &["started", &format!("exited: exit code {code}")],
        )?;
    }
    Ok(())
}

/// A directory that is removed in the end.
pub(super) struct Directory(pub(super) PathBuf);

impl Directory {
    pub(super) fn new(name: &str) -> Self {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("watchdog-{name}-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).expect("a directory");
        Self(path)
    }

    pub(super) fn file(&self, name: &str, content: &str, mode: u32) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

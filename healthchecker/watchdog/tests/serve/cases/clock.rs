//! Clocks that step, and a server that was stopped and does not know it.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use libtest_mimic::{Completion, Failed, Trial};
use nix::sys::signal::Signal;

use crate::home::{Home, SECOND, binary};
use crate::lines::until;
use crate::skip;

const FAKETIME: [&str; 2] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::ignorable_test("clock: an hour's step, either way", steps),
        Trial::test("clock: stopped for twelve seconds", || {
            stopped();
            Ok(())
        }),
    ]
}

fn kick(server: &crate::home::Server, root: &str, name: &str, timeout: Duration) {
    let body = format!("{{\"timeout_ms\":{}}}", timeout.as_millis());
    let rest = format!("watches/{name}/kick");
    assert_eq!(server.client().api(root, "POST", &rest, &body).status, 200);
}

fn steps() -> Result<Completion, Failed> {
    let Some(library) = FAKETIME.into_iter().find(|path| Path::new(path).exists()) else {
        return skip("libfaketime is not installed");
    };
    let home = Home::new("");
    let clock = home.file("clock");
    std::fs::write(&clock, "+0").unwrap();
    let mut command = Command::new(binary());
    command.args(home.words()).envs([
        ("LD_PRELOAD", library),
        ("FAKETIME_NO_CACHE", "1"),
        // A step of the wall's clock, as by ntpd: the others go on.
        ("DONT_FAKE_MONOTONIC", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ]);
    command.env("FAKETIME_TIMESTAMP_FILE", &clock);
    let server = home.start_by(command);
    let root = home.root();
    // By whole hours, what the server takes for the wall's time.
    let hours = || {
        kick(&server, &root, "clock", 1_000 * SECOND);
        let shown = server
            .client()
            .api(&root, "GET", "watches/clock", "")
            .json();
        let last = humantime::parse_rfc3339(shown["last"].as_str().expect("a moment"));
        let now = SystemTime::now() + Duration::from_secs(24 * 3_600);
        let ahead = now.duration_since(last.expect("a moment")).expect("a day");
        24 - i64::try_from((ahead.as_secs() + 60) / 3_600).expect("hours")
    };
    kick(&server, &root, "long", 1_000 * SECOND);
    assert_eq!(hours(), 0);
    for (offset, name) in [(1, "ahead"), (-1, "behind"), (0, "back")] {
        std::fs::write(&clock, format!("{:+}", offset * 3_600)).unwrap();
        let begun = Instant::now();
        until("the wall's clock has stepped", || {
            hours() == offset || begun.elapsed() > 20 * SECOND
        });
        if hours() != offset {
            return skip("libfaketime does not reach this binary");
        }
        // Silence is seen after its time, neither at once nor in an hour.
        let kicked = Instant::now();
        kick(&server, &root, name, 2 * SECOND);
        let (told, _) = server.err.wait(&format!("down: {name}"));
        let took = told - kicked;
        assert!(took >= 2 * SECOND && took < 4 * SECOND, "{name}: {took:?}");
    }
    let said = server.err.all();
    assert!(
        !said
            .iter()
            .any(|line| line.contains("absent") || line.contains("long")),
        "{said:#?}"
    );
    Ok(Completion::Completed)
}

fn stopped() {
    let home = Home::new("");
    let server = home.start();
    let root = home.root();
    kick(&server, &root, "short", 5 * SECOND);
    kick(&server, &root, "long", 600 * SECOND);
    let begun = Instant::now();
    server.signal(Signal::SIGSTOP);
    until("twelve seconds", || begun.elapsed() > 12 * SECOND);
    server.signal(Signal::SIGCONT);
    let back = Instant::now();
    server.err.wait("absent: for 1");
    let (told, _) = server.err.wait("down: short");
    let waited = told - back;
    assert!(waited > 4 * SECOND && waited < 7 * SECOND, "{waited:?}");
    let said = server.term();
    assert_eq!(
        said.iter().filter(|line| line.contains("down:")).count(),
        1,
        "{said:#?}"
    );
}

//! What is configured is run when a watch is silent, and nothing else ever is.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use libtest_mimic::{Completion, Trial};

use crate::home::{Home, refused, run};
use crate::lines::until;
use crate::skip;

type Case = (&'static str, fn(Home));

const CASES: &[Case] = &[
    (
        "restarts: run on silence, with its own environment",
        |home| on_silence(&home),
    ),
    ("restarts: at most so many", |home| at_most(&home)),
    ("restarts: never for what is not configured", |home| {
        never_for_others(&home)
    }),
    ("restarts: unsafe paths are refused", |home| {
        unsafe_paths(&home)
    }),
    (
        "restarts: a command that hangs does not hold the end up",
        |home| hangs(&home),
    ),
];

pub(crate) fn trials() -> Vec<Trial> {
    let all = CASES.iter().map(|(name, case)| {
        Trial::ignorable_test(*name, || {
            let Some(home) = Home::safe() else {
                return skip("there is no place that only its owner can write to");
            };
            case(home);
            Ok(Completion::Completed)
        })
    });
    all.collect()
}

/// Puts in a program that writes down how it was started, and a watch that has it run.
fn furnish(home: &Home, watch: &str, restart: &str) {
    let program = home.file("restart");
    let seen = home.text("seen");
    let text = format!("#!/bin/sh\n{{ env; echo \"ARGS $*\"; echo END; }} >> {seen}\n");
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let program = home.text("restart");
    home.configure(&format!(
        "[heartbeat]\ntimeout = \"1s\"\ngrace = \"0s\"\n{watch}\n[watch.worker.restart]\n\
         exec = [\"{program}\", \"two words\", \"$HOME;id\"]\n{restart}\n"
    ));
}

const WORKER: &str = "[watch.worker]\nopen_to = [\"heartbeat\"]\ntimeout = \"1s\"\ngrace = \"0s\"";

fn seen(home: &Home) -> String {
    fs::read_to_string(home.file("seen")).unwrap_or_default()
}

fn on_silence(home: &Home) {
    furnish(home, WORKER, "start_grace = \"1s\"");
    let server = home.start();
    assert_eq!(server.client().get("/?id=worker").status, 200);
    server.err.wait("down: worker");
    until("it was run", || seen(home).contains("END\n"));
    let seen = seen(home);
    assert!(seen.contains("ARGS two words $HOME;id\n"), "{seen}");
    for variable in [
        "WATCHDOG_NAME=worker\n",
        "WATCHDOG_REASON=",
        "WATCHDOG_ATTEMPT=1\n",
    ] {
        assert!(seen.contains(variable), "{variable}: {seen}");
    }
    // What sh sets by itself, and no more.
    for line in seen.split("ARGS").next().unwrap().lines() {
        let name = line.split('=').next().unwrap();
        let is_known = name.starts_with("WATCHDOG_")
            || matches!(name, "PWD" | "OLDPWD" | "SHLVL" | "_" | "PATH");
        assert!(is_known, "{line}");
    }
    server.err.wait("restart: ");
    // A beat ends it.
    assert_eq!(server.client().get("/?id=worker").status, 200);
    server.err.wait("up: worker");
}

fn at_most(home: &Home) {
    furnish(home, WORKER, "start_grace = \"1s\"\nmax = 1");
    let server = home.start();
    assert_eq!(server.client().get("/?id=worker").status, 200);
    server.err.wait("gave up: worker");
    let said = server.term();
    assert_eq!(seen(home).matches("END\n").count(), 1);
    let gave_up = said.iter().filter(|line| line.contains("gave up: worker"));
    assert_eq!(gave_up.count(), 1, "{said:#?}");
    assert_eq!(
        said.iter()
            .filter(|line| line.contains(": down: worker"))
            .count(),
        1,
        "{said:#?}"
    );
    // It is as it was after a restart of the server, and a beat leads back.
    let server = home.start();
    let root = home.root();
    let shown = server
        .client()
        .api(&root, "GET", "watches/worker", "")
        .json();
    assert_eq!(shown["state"], "gave-up", "{shown}");
    assert_eq!(server.client().get("/?id=worker").status, 200);
    server.err.wait("up: worker");
    until("silent again, it is run again", || {
        seen(home).matches("END\n").count() == 2
    });
}

fn never_for_others(home: &Home) {
    let safe = "[watch.worker]\ntimeout = \"1s\"\ngrace = \"0s\"";
    furnish(home, safe, "");
    let server = home.start();
    let mut client = server.client();
    for id in [
        "worker",
        "%24(id)",
        "%3Bid",
        "..%2F..%2Fbin%2Fsh",
        "worker%20x",
    ] {
        assert_eq!(client.get(&format!("/?id={id}")).status, 200, "{id}");
        let id = id
            .replace("%24", "$")
            .replace("%3B", ";")
            .replace("%2F", "/")
            .replace("%20", " ");
        server.err.wait(&format!("down: heartbeat/{id}"));
    }
    let said = server.term();
    assert_eq!(seen(home), "", "{said:#?}");
}

fn unsafe_paths(home: &Home) {
    furnish(home, WORKER, "");
    let file = home.text("watchdog.toml");
    let check = || run(["check-config", &file]);
    assert_eq!(check().status.code(), Some(0), "{:?}", check());
    for (name, mode, usual) in [
        ("restart", 0o777, 0o755),
        ("watchdog.toml", 0o666, 0o644),
        ("restart", 0o644, 0o755),
        ("", 0o777, 0o755),
    ] {
        let set =
            |mode| fs::set_permissions(home.file(name), fs::Permissions::from_mode(mode)).unwrap();
        set(mode);
        let said = refused(&check());
        assert!(said.contains(home.path.to_str().unwrap()), "{said}");
        let words = home.words();
        assert_eq!(refused(&run(words.iter().map(String::as_str))), said);
        set(usual);
    }
    fs::remove_file(home.file("restart")).unwrap();
    assert!(refused(&check()).contains("/restart"));
}

fn hangs(home: &Home) {
    furnish(home, WORKER, "");
    fs::write(
        home.file("restart"),
        format!(
            "#!/bin/sh\ntrap '' TERM\necho $$ >> {}\nexec sleep 600\n",
            home.text("seen")
        ),
    )
    .unwrap();
    let server = home.start();
    assert_eq!(server.client().get("/?id=worker").status, 200);
    until("it runs", || seen(home).ends_with('\n'));
    let pid = seen(home).trim().to_owned();
    let begun = std::time::Instant::now();
    server.term();
    let took = begun.elapsed();
    assert!(took < std::time::Duration::from_secs(20), "{took:?}");
    until("nothing of it is left", || {
        !std::path::Path::new(&format!("/proc/{pid}")).exists()
    });
}

//! Silence is seen, once, in time, and not where it was the server that did not listen.

use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use super::plain;
use crate::home::{Home, SECOND, Server};
use crate::lines::until;

pub(crate) fn trials() -> Vec<Trial> {
    plain(&[
        ("silence: seen in time and told once", seen_in_time),
        ("silence: many at once, all told", many_at_once),
        ("silence: a restart is none", a_restart_is_none),
        (
            "silence: what stays dead over a restart is told once",
            what_stays_dead,
        ),
        (
            "silence: whoever was down before is not told again",
            down_before,
        ),
        ("silence: an id is told as one", an_id_is_told_as_one),
        ("silence: a watch that never begins", never_begins),
    ])
}

/// Kicks it with the shortest timeout: when that was asked, and when it was answered.
fn kick(server: &Server, root: &str, name: &str, timeout: Duration) -> (Instant, Instant) {
    let body = format!("{{\"timeout_ms\":{}}}", timeout.as_millis());
    let asked = Instant::now();
    let rest = format!("watches/{name}/kick");
    let reply = server.client().api(root, "POST", &rest, &body);
    assert_eq!(reply.status, 200, "{reply:?}");
    (asked, Instant::now())
}

fn seen_in_time() {
    let home = Home::new("");
    let server = home.start();
    let root = home.root();
    let (asked, answered) = kick(&server, &root, "a", SECOND);
    let (told, line) = server.err.wait("down: ");
    assert_eq!(line, "watchdog: down: a: no kick has come in time");
    assert!(
        told >= asked + SECOND,
        "{:?} too early",
        asked + SECOND - told
    );
    let late = told.saturating_duration_since(answered + SECOND);
    assert!(late < SECOND, "{late:?} too late");
    kick(&server, &root, "a", 60 * SECOND);
    server.err.wait("up: a");
    let fault = |reason: &str| {
        let body = format!("{{\"reason\":\"{reason}\"}}");
        server.client().api(&root, "POST", "watches/a/fault", &body)
    };
    for reason in ["disk 91", "disk 92"] {
        assert_eq!(fault(reason).status, 200);
    }
    server.err.wait("down: a: disk 91");
    let said = server.term();
    let of_a = |what: &str| said.iter().filter(|line| line.contains(what)).count();
    assert_eq!((of_a("down: a"), of_a("up: a")), (2, 1), "{said:#?}");
}

fn many_at_once() {
    const MANY: usize = 1_000;
    let watch = |number| format!("[watch.w{number}]\nfirst = \"1s\"\ngrace = \"0s\"\n");
    let home = Home::new(&(0..MANY).map(watch).collect::<String>());
    let server = home.start();
    let all = format!("{{state=\"timeout\"}} {MANY}");
    until("all are down", || {
        server.client().get("/metrics").body.contains(&all)
    });
    let said = server.term();
    let down = said.iter().filter(|line| line.contains(": down: w"));
    let lost = said.iter().find(|line| line.contains("lost"));
    assert_eq!((down.count(), lost), (MANY, None));
}

fn a_restart_is_none() {
    let home = Home::new("");
    let server = home.start();
    let root = home.root();
    let (_, kicked) = kick(&server, &root, "a", 2 * SECOND);
    server.kill();
    // Its deadline passes while nobody listens.
    until("the deadline passes", || kicked.elapsed() > 2 * SECOND);
    let server = home.start();
    let begun = Instant::now();
    let (_, line) = server.err.wait("absent: ");
    assert!(
        line.ends_with("whoever was awaited has more time now: 1 watches"),
        "{line}"
    );
    until("half of what it has now", || begun.elapsed() > SECOND);
    assert_eq!(server.err.count("down:"), 0, "{:#?}", server.err.all());
    kick(&server, &root, "a", 60 * SECOND);
    let said = server.term();
    assert!(
        !said
            .iter()
            .any(|line| line.contains("down:") || line.contains("up:")),
        "{said:#?}"
    );
}

fn what_stays_dead() {
    let home = Home::new("");
    let server = home.start();
    let root = home.root();
    let (_, kicked) = kick(&server, &root, "a", SECOND);
    kick(&server, &root, "b", 600 * SECOND);
    server.kill();
    until("the deadline passes", || kicked.elapsed() > SECOND);
    let server = home.start();
    let begun = Instant::now();
    let (told, _) = server.err.wait("down: a");
    assert!(told - begun < 3 * SECOND);
    // The next start has nothing more to say of it.
    server.kill();
    let server = home.start();
    server.err.wait("absent: ");
    kick(&server, &root, "a", 600 * SECOND);
    server.err.wait("up: a");
    let said = server.term();
    assert!(!said.iter().any(|line| line.contains("down:")), "{said:#?}");
}

fn down_before() {
    let home = Home::new("");
    let server = home.start();
    let root = home.root();
    let fault = server
        .client()
        .api(&root, "POST", "watches/a/fault", r#"{"reason":"why"}"#);
    assert_eq!(fault.status, 200);
    server.err.wait("down: a: why");
    server.term();
    let server = home.start();
    let shown = server.client().api(&root, "GET", "watches/a", "").json();
    assert_eq!(
        (&shown["state"], &shown["reason"]),
        (&"fault".into(), &"why".into())
    );
    let said = server.term();
    assert!(!said.iter().any(|line| line.contains("down:")), "{said:#?}");
}

fn an_id_is_told_as_one() {
    let home = Home::new("[heartbeat]\ntimeout = \"1s\"\ngrace = \"0s\"");
    let server = home.start();
    // Whoever may only beat cannot have it said of another's watch that it is down.
    assert_eq!(server.client().get("/?id=prod.db").status, 200);
    let (_, line) = server.err.wait("down: ");
    assert_eq!(
        line,
        "watchdog: down: heartbeat/prod.db: no kick has come in time"
    );
}

fn never_begins() {
    let home = Home::new("[watch.worker]\nfirst = \"1s\"\ngrace = \"0s\"\n[watch.other]");
    let server = home.start();
    server.err.wait("down: worker");
    let said = server.term();
    assert!(!said.iter().any(|line| line.contains("other")), "{said:#?}");
}

use proptest::prelude::*;

use super::*;
use crate::watches::{LONGEST_NAME, Limits, Now, State, Table, apply};

const NOW: Now = Now {
    mono: 1_000_000,
    wall: 5_000_000,
};

const CONFIGURED: Times = Times {
    timeout: 60_000,
    grace: 0,
};

/// The configuration opens `worker` and nothing else.
fn opened(key: &Key) -> Option<Times> {
    (key.name() == "worker").then_some(CONFIGURED)
}

fn go_error(status: u16, line: &'static str) -> Answer {
    Answer {
        status,
        headers: vec![
            ("content-type", "text/plain; charset=utf-8".into()),
            ("x-content-type-options", "nosniff".into()),
        ],
        body: line.as_bytes().into(),
    }
}

#[test]
fn ids() {
    let longest = "x".repeat(LONGEST_NAME);
    for (query, expected) in [
        ("id=worker", Some("worker")),
        ("id=Worker+1", Some("Worker 1")),
        (
            "id=%2Fusr%2Fbin%2Fworker%3B+rm+-rf",
            Some("/usr/bin/worker; rm -rf"),
        ),
        ("id=M%C3%BCller", Some("Müller")),
        ("x=1&id=a&id=b", Some("a")),
        ("id=a=b", Some("a=b")),
        ("id=..", Some("..")),
        (&*format!("id={longest}"), Some(&*longest)),
        (&format!("id={longest}x"), None),
        ("", None),
        ("id", None),
        ("id=", None),
        ("id=&id=b", None),
        ("ID=worker", None),
        ("name=worker", None),
        ("id=a%0Ab", None),
        ("id=a%00", None),
        ("id=%7F", None),
        ("id=%C2%85", None),
        ("id=%E2%80%A8", None),
        ("id=%FF", None),
    ] {
        for method in ["GET", "POST"] {
            let found = parse(method, "/", query);
            match expected {
                Some(id) => assert_eq!(found.unwrap().id(), id, "{query:?}"),
                None => assert_eq!(found, Err(go_error(400, "invalid data\n")), "{query:?}"),
            }
        }
    }
}

#[test]
fn other_methods_and_paths() {
    for method in ["HEAD", "PUT", "DELETE", "OPTIONS", "get", ""] {
        let expected = go_error(405, "method not allowed\n").with("allow", "GET, POST");
        assert_eq!(parse(method, "/", "id=worker"), Err(expected), "{method}");
    }
    for path in ["", "//", "/index.html", "/?id=worker", "*"] {
        let expected = go_error(404, "not found\n");
        assert_eq!(parse("GET", path, "id=worker"), Err(expected), "{path}");
    }
    assert!(has_id("id=") && has_id("a=b&id=c") && !has_id("") && !has_id("a=id"));
}

#[test]
fn answers() {
    for (outcome, expected) in [
        (Outcome::Done(1), Answer::new(200)),
        (Outcome::Created, Answer::new(200)),
        (Outcome::Full, go_error(429, "too many ids\n")),
        (Outcome::Missing, go_error(404, "unknown id\n")),
    ] {
        assert_eq!(answer(outcome), expected);
    }
    assert!(Answer::new(200).headers.is_empty() && Answer::new(200).body.is_empty());
}

/// A table to which beats are applied, and their answers' statuses.
struct Bench(Table, u64);

impl Bench {
    fn new() -> Self {
        Self(Table::new(Limits::default(), NOW), 0)
    }

    fn beat(&mut self, rules: &Rules, query: &str) -> u16 {
        self.1 += 1;
        let command = parse("GET", "/", query).and_then(|beat| beat.command(rules, opened, self.1));
        match command {
            Ok(command) => answer(apply(&mut self.0, NOW, command).outcome).status,
            Err(answer) => answer.status,
        }
    }

    fn times(&self, namespace: Namespace, name: &str) -> Option<(Times, State)> {
        let watch = self.0.get(&Key::new(namespace, name).unwrap())?;
        let times = Times {
            timeout: watch.timeout,
            grace: watch.grace,
        };
        Some((times, watch.state))
    }
}

#[test]
fn an_id_only_selects() {
    let mut bench = Bench::new();
    let rules = Rules::default();
    for id in ["worker", "other", "Worker", "worker.disk"] {
        assert_eq!(bench.beat(&rules, &format!("id={id}")), 200);
    }
    assert_eq!(
        bench.times(Namespace::Named, "worker"),
        Some((CONFIGURED, State::Up))
    );
    assert_eq!(bench.times(Namespace::Heartbeat, "worker"), None);
    for id in ["other", "Worker", "worker.disk"] {
        let expected = Some((rules.times, State::Up));
        assert_eq!(bench.times(Namespace::Heartbeat, id), expected, "{id}");
    }
    assert_eq!(bench.times(Namespace::Named, "other"), None);
    assert_eq!((rules.times.timeout, rules.times.grace), (10_000, 5_000));
}

#[test]
fn strict_refuses_what_is_not_configured() {
    let mut bench = Bench::new();
    assert_eq!(bench.beat(&Rules::default(), "id=other"), 200);
    let rules = Rules {
        is_strict: true,
        ..Rules::default()
    };
    assert_eq!(bench.beat(&rules, "id=worker"), 200);
    assert_eq!(bench.beat(&rules, "id=new"), 404);
    assert_eq!(bench.beat(&rules, "id=other"), 404);
    assert_eq!(bench.0.len(), 2);
}

#[test]
fn unknown_ids_are_a_thousand() {
    let mut bench = Bench::new();
    let rules = Rules::default();
    for number in 0..1_000 {
        assert_eq!(bench.beat(&rules, &format!("id={number}")), 200);
    }
    assert_eq!(bench.beat(&rules, "id=1000"), 429);
    assert_eq!(bench.beat(&rules, "id=999"), 200);
    assert_eq!(bench.beat(&rules, "id=worker"), 200);
}

proptest! {
    #[test]
    fn nothing_panics(method in "GET|POST|.{0,5}", path in "/|.{0,5}", query in "(id=)?.{0,20}|id=[%0-9A-F]{0,12}") {
        if let Ok(beat) = parse(&method, &path, &query) {
            prop_assert!(!beat.id().is_empty() && beat.id().len() <= LONGEST_NAME);
            prop_assert!(!beat.id().contains(char::is_control));
            prop_assert!(beat.command(&Rules::default(), |_| None, 1).is_ok());
        }
    }
}

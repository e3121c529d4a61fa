//! What becomes of a watch.

use super::*;

fn authority(key: &str, _: Signal) -> Option<String> {
    (key == "k3y").then(|| "dc.server1".to_owned())
}

/// A table to which pings are applied a second apart.
struct Bench {
    table: Table,
    now: Now,
    effects: Vec<Effects>,
}

impl Bench {
    fn new() -> Self {
        let now = Now {
            mono: 1_000 * SECOND,
            wall: 5_000 * SECOND,
        };
        Self {
            table: Table::new(Limits::default(), now),
            now,
            effects: Vec::new(),
        }
    }

    fn send(&mut self, path: &str, query: &str, body: &str) -> (u16, String) {
        self.pass(SECOND);
        let commands = parse("POST", path, query, body.as_bytes())
            .and_then(|ping| ping.commands(authority, || (1, Some(NUMBER))));
        let answer = match commands {
            Ok(commands) => {
                self.effects = commands
                    .into_iter()
                    .map(|command| apply(&mut self.table, self.now, command))
                    .collect();
                answer(self.effects[0].outcome)
            }
            Err(answer) => answer,
        };
        (
            answer.status,
            String::from_utf8(answer.body.into_owned()).unwrap(),
        )
    }

    fn ok(&mut self, rest: &str, query: &str) {
        let sent = self.send(&format!("/ping/k3y/job{rest}"), query, "");
        assert_eq!(sent, (200, "OK".to_owned()), "{rest}?{query}");
    }

    fn pass(&mut self, span: Millis) {
        let end = self.now.mono + span;
        while self.now.mono < end {
            let step = SECOND.min(end - self.now.mono);
            self.now.mono += step;
            self.now.wall += step;
            apply(&mut self.table, self.now, Command::Expire { most: 10 });
        }
    }

    fn state(&self) -> State {
        self.table.get_by_uuid(NUMBER).unwrap().state
    }

    fn said(&self) -> Vec<(&str, &[u8])> {
        let events = self.effects.iter().flat_map(|effects| &effects.events);
        events.map(|event| (&*event.reason, &*event.body)).collect()
    }
}

#[test]
fn a_watch_is_made_once() {
    let mut bench = Bench::new();
    let job = "/ping/k3y/job";
    assert_eq!(bench.send(job, "", ""), (404, "not found".into()));
    assert_eq!(
        bench.send("/ping/other/job", "create=1", ""),
        (404, "not found".into())
    );
    assert_eq!(bench.send(job, "create=1", ""), (201, "Created".into()));
    assert_eq!(
        bench.send(job, "create=1&timeout=60", ""),
        (200, "OK".into())
    );
    assert_eq!(
        bench.send(&format!("/ping/{UUID}/"), "", ""),
        (200, "OK".into())
    );
    let other = UUID.replace('5', "6");
    assert_eq!(
        bench.send(&format!("/ping/{other}"), "create=1", ""),
        (404, "not found".into())
    );
    let watch = bench.table.get_by_uuid(NUMBER).unwrap();
    assert_eq!(
        (watch.key.name(), watch.kind),
        ("dc.server1.job", Kind::Job)
    );
    assert_eq!((watch.timeout, watch.grace), (24 * HOUR, HOUR));
}

#[test]
fn each_signal_makes_one_too() {
    for (rest, state) in [
        ("", State::Up),
        ("/0", State::Up),
        ("/fail", State::Fault),
        ("/1", State::Fault),
        ("/start", State::New),
        ("/log", State::New),
    ] {
        let mut bench = Bench::new();
        let path = format!("/ping/k3y/job{rest}");
        assert_eq!(
            bench.send(&path, "create=1", "hello"),
            (201, "Created".into()),
            "{rest}"
        );
        assert_eq!(bench.state(), state, "{rest}");
        let said = bench.said();
        assert!(
            said.iter().any(|(_, body)| body == b"hello"),
            "{rest}: {said:?}"
        );
        assert_eq!(said.iter().filter(|(_, body)| !body.is_empty()).count(), 1);
    }
}

#[test]
fn failures_say_why() {
    let mut bench = Bench::new();
    bench.send("/ping/k3y/job", "create=1", "");
    bench.send("/ping/k3y/job/fail", "", "no space");
    assert_eq!(bench.said(), [("reported a failure", &b"no space"[..])]);
    bench.ok("", "");
    assert_eq!(bench.state(), State::Up);
    bench.ok("/255", "");
    assert_eq!(bench.said(), [("exit status 255", &b""[..])]);
    bench.ok("/log", "");
    assert_eq!(bench.state(), State::Fault);
    bench.ok("/0", "");
    assert_eq!(bench.state(), State::Up);
}

#[test]
fn a_run_that_does_not_end_is_down() {
    let (one, two) = (
        format!("rid={UUID}"),
        format!("rid={}", UUID.replace('5', "6")),
    );
    for (ends, is_down) in [
        (vec![], true),
        (vec![("", "")], false),
        (vec![("", &*one)], false),
        (vec![("/0", &*one)], false),
        (vec![("", &*two)], true),
        (vec![("/log", &*one)], true),
        (vec![("/start", &*two), ("", &*one)], true),
    ] {
        let mut bench = Bench::new();
        bench.send("/ping/k3y/job", "create=1&grace=60", "");
        bench.ok("/start", &one);
        for (rest, query) in &ends {
            bench.ok(rest, query);
        }
        bench.pass(57 * SECOND - ends.len() as u64 * SECOND);
        assert_eq!(bench.state(), State::Up, "{ends:?}");
        bench.pass(6 * SECOND);
        assert_eq!(bench.state() == State::Timeout, is_down, "{ends:?}");
    }
    // Any failure ends it.
    let mut bench = Bench::new();
    bench.send("/ping/k3y/job", "create=1&grace=60", "");
    bench.ok("/start", &one);
    bench.ok("/fail", &two);
    bench.ok("", &two);
    bench.pass(120 * SECOND);
    assert_eq!(bench.state(), State::Up);
}

use proptest::prelude::*;

use super::*;
use crate::watches::{Effects, Limits, Millis, Now, State, Table, apply};

const UUID: &str = "5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";
const NUMBER: u128 = 0x5bf6_6975_d4c7_4bf5_bcc8_b8d8_a82e_a278;

const SECOND: Millis = 1_000;
const HOUR: Millis = 3_600 * SECOND;

fn by_uuid() -> Subject {
    Subject::Uuid(NUMBER)
}

fn by_slug(slug: &str) -> Subject {
    Subject::Slug {
        key: "k3y".into(),
        slug: slug.into(),
    }
}

fn plain(status: u16, text: &'static str) -> Answer {
    Answer {
        status,
        headers: vec![
            ("content-type", "text/plain; charset=utf-8".into()),
            ("cache-control", "no-store".into()),
            ("ping-body-limit", "10000".into()),
            ("access-control-allow-origin", "*".into()),
        ],
        body: text.as_bytes().into(),
    }
}

fn get(path: &str, query: &str) -> Result<Ping, Answer> {
    parse("GET", path, query, b"")
}

#[test]
fn paths() {
    for (rest, expected) in [
        (UUID.to_owned(), Some((by_uuid(), Signal::Success))),
        (UUID.to_uppercase(), Some((by_uuid(), Signal::Success))),
        (format!("{UUID}/"), Some((by_uuid(), Signal::Success))),
        (format!("{UUID}/start"), Some((by_uuid(), Signal::Start))),
        (format!("{UUID}/fail"), Some((by_uuid(), Signal::Fail))),
        (format!("{UUID}/log"), Some((by_uuid(), Signal::Log))),
        (format!("{UUID}/0"), Some((by_uuid(), Signal::Exit(0)))),
        (format!("{UUID}/255"), Some((by_uuid(), Signal::Exit(255)))),
        (format!("{UUID}/007"), Some((by_uuid(), Signal::Exit(7)))),
        (
            "k3y/backup".into(),
            Some((by_slug("backup"), Signal::Success)),
        ),
        (
            "k3y/a.b-c_d".into(),
            Some((by_slug("a.b-c_d"), Signal::Success)),
        ),
        ("k3y/256".into(), Some((by_slug("256"), Signal::Success))),
        (
            "k3y/started".into(),
            Some((by_slug("started"), Signal::Success)),
        ),
        (
            "k3y/backup/start".into(),
            Some((by_slug("backup"), Signal::Start)),
        ),
        (
            "k3y/backup/fail".into(),
            Some((by_slug("backup"), Signal::Fail)),
        ),
        (
            "k3y/backup/log".into(),
            Some((by_slug("backup"), Signal::Log)),
        ),
        (
            "k3y/backup/17".into(),
            Some((by_slug("backup"), Signal::Exit(17))),
        ),
        // A uuid is a slug like any other, and never a key.
        (
            format!("k3y/{UUID}"),
            Some((by_slug(UUID), Signal::Success)),
        ),
        (format!("{UUID}/backup"), None),
        (format!("{UUID}/backup/start"), None),
        (format!("{UUID}/start/"), None),
        (format!("{UUID}//"), None),
        (format!("{UUID}/256"), None),
        (
            format!("{UUID}/99999999999999999999999999999999999999999"),
            None,
        ),
        (format!("{UUID}/-1"), None),
        (format!("{UUID}/+1"), None),
        (format!("{UUID}/1.0"), None),
        (format!("{UUID}/START"), None),
        ("k3y".into(), None),
        ("k3y/".into(), None),
        ("".into(), None),
        ("/".into(), None),
        ("/backup".into(), None),
        ("k3y/start".into(), None),
        ("k3y/fail".into(), None),
        ("k3y/log".into(), None),
        ("k3y/0".into(), None),
        ("k3y/255".into(), None),
        ("k3y/backup/".into(), None),
        ("k3y/backup/256".into(), None),
        ("k3y/backup/stop".into(), None),
        ("k3y/backup/start/".into(), None),
        ("k3y/backup/start/1".into(), None),
        ("k3y/Backup".into(), None),
        ("k3y/back%75p".into(), None),
        ("k3y/bäckup".into(), None),
        ("k3y/..".into(), None),
        ("k3y/.backup".into(), None),
        ("k.y/backup".into(), None),
        ("kéy/backup".into(), None),
        (format!("k3y/{}", "x".repeat(201)), None),
        (UUID.replace('-', ""), None),
        (format!("{{{UUID}}}"), None),
        (UUID.replace('5', "g"), None),
        (UUID.replacen('-', "a", 1), None),
        ("00000000a0000-0000-0000-000000000000".into(), None),
    ] {
        let path = format!("/ping/{rest}");
        match (get(&path, ""), expected) {
            (Ok(ping), Some(expected)) => {
                assert_eq!((ping.subject, ping.signal), expected, "{path}");
            }
            (found, Some(_)) => panic!("{path}: {found:?}"),
            (found, None) => {
                assert_eq!(found, Err(plain(400, "invalid url format")), "{path}");
            }
        }
    }
    for path in ["/ping", "/pings/x", "", "/", "ping/x", "/PING/x"] {
        assert_eq!(get(path, ""), Err(plain(404, "not found")), "{path}");
    }
}

#[test]
fn methods() {
    let path = format!("/ping/{UUID}");
    for method in ["HEAD", "GET", "POST"] {
        assert!(parse(method, &path, "", b"").is_ok(), "{method}");
    }
    for method in ["PUT", "DELETE", "OPTIONS", "PATCH", "get", ""] {
        let expected = plain(405, "method not allowed").with("allow", "HEAD, GET, POST");
        assert_eq!(parse(method, &path, "", b""), Err(expected), "{method}");
    }
}

#[test]
fn runs() {
    let path = format!("/ping/{UUID}/start");
    for (query, expected) in [
        ("", Ok(None)),
        ("run=1", Ok(None)),
        ("rid=5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278", Ok(Some(NUMBER))),
        ("rid=5BF66975-D4C7-4BF5-BCC8-B8D8A82EA278", Ok(Some(NUMBER))),
        (
            "rid=x&rid=5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278",
            Ok(Some(NUMBER)),
        ),
        ("rid=00000000-0000-0000-0000-000000000000", Ok(Some(0))),
        ("rid", Err(())),
        ("rid=", Err(())),
        ("rid=1", Err(())),
        ("rid=5bf66975d4c74bf5bcc8b8d8a82ea278", Err(())),
        ("rid=+bf66975-d4c7-4bf5-bcc8-b8d8a82ea278", Err(())),
        ("rid=%2Bbf66975-d4c7-4bf5-bcc8-b8d8a82ea278", Err(())),
        ("rid=5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278%00", Err(())),
        ("rid=ébf66975-d4c7-4bf5-bcc8-b8d8a82ea27", Err(())),
    ] {
        let found = get(&path, query).map(|ping| ping.rid);
        let expected = expected.map_err(|()| plain(400, "invalid uuid format"));
        assert_eq!(found, expected, "{query}");
    }
}

#[test]
fn what_is_created() {
    let day = 24 * HOUR;
    let longest = format!("create=1&timeout={0}&grace={0}", 366 * 86_400);
    for (query, expected) in [
        ("", Ok(None)),
        ("create", Ok(None)),
        ("create=0", Ok(None)),
        ("create=true", Ok(None)),
        ("create=1&create=0", Ok(None)),
        ("timeout=bad&grace=bad", Ok(None)),
        ("create=1", Ok(Some((day, HOUR)))),
        ("create=1&timeout=60", Ok(Some((60 * SECOND, HOUR)))),
        ("create=1&timeout=1&grace=0", Ok(Some((SECOND, 0)))),
        ("create=1&timeout=1.5s&grace=250ms", Ok(Some((1_500, 250)))),
        (
            "grace=1d12h&timeout=7d&create=1",
            Ok(Some((7 * day, 36 * HOUR))),
        ),
        (&*longest, Ok(Some((366 * day, 366 * day)))),
        ("create=1&timeout=366d1ms", Err("invalid timeout")),
        ("create=1&timeout=31622401", Err("invalid timeout")),
        (
            "create=1&timeout=99999999999999999999",
            Err("invalid timeout"),
        ),
        (
            "create=1&timeout=18446744073709551615",
            Err("invalid timeout"),
        ),
        ("create=1&timeout=0", Err("invalid timeout")),
        ("create=1&timeout=999ms", Err("invalid timeout")),
        ("create=1&timeout=-1", Err("invalid timeout")),
        ("create=1&timeout=", Err("invalid timeout")),
        ("create=1&timeout=NaN", Err("invalid timeout")),
        ("create=1&timeout=1.5", Err("invalid timeout")),
        ("create=1&timeout=60&timeout=x", Err("invalid timeout")),
        ("create=1&grace=367d", Err("invalid grace")),
        ("create=1&grace=", Err("invalid grace")),
        ("create=1&grace=1e3", Err("invalid grace")),
    ] {
        let found = get("/ping/k3y/backup", query);
        let found = found.map(|ping| ping.create.map(|times| (times.timeout, times.grace)));
        assert_eq!(found, expected.map_err(|text| plain(400, text)), "{query}");
    }
    // None is made for a uuid, and what would make it is not looked at.
    let ping = get(&format!("/ping/{UUID}"), "create=1&timeout=bad").unwrap();
    assert!(!ping.creates());
}

#[test]
fn secrets_are_not_shown() {
    for path in ["/ping/k3y/backup", &format!("/ping/{UUID}")] {
        let shown = format!("{:?}", get(path, "").unwrap());
        assert!(!shown.contains("k3y") && !shown.contains("5bf6"), "{shown}");
    }
}

#[test]
fn bodies_are_cut() {
    for (sent, kept) in [
        (0, 0),
        (1, 1),
        (10_000, 10_000),
        (10_001, 10_000),
        (1_000_000, 10_000),
    ] {
        let body: Vec<u8> = (0..sent).map(|at: u32| at as u8).collect();
        let ping = parse("POST", "/ping/k3y/backup", "", &body).unwrap();
        assert_eq!(*ping.body, body[..kept]);
    }
}

fn authority(key: &str, _: Signal) -> Option<String> {
    (key == "k3y").then(|| "dc.server1".to_owned())
}

#[test]
fn names() {
    let longest = format!("/ping/k3y/{}", "x".repeat(189));
    let too_long = format!("/ping/k3y/{}", "x".repeat(190));
    for (path, under, expected) in [
        ("/ping/k3y/backup", Some(""), Ok("backup")),
        ("/ping/k3y/backup", Some("dc"), Ok("dc.backup")),
        ("/ping/k3y/backup", Some("dc."), Ok("dc.backup")),
        (
            "/ping/k3y/a.b/fail",
            Some("dc.server1"),
            Ok("dc.server1.a.b"),
        ),
        ("/ping/k3y/backup", None, Err(plain(404, "not found"))),
        (
            &longest,
            Some("dc.server1"),
            Ok(&*format!("dc.server1.{}", "x".repeat(189))),
        ),
        (
            &too_long,
            Some("dc.server1"),
            Err(plain(400, "invalid url format")),
        ),
        (
            "/ping/k3y/backup",
            Some("No Name"),
            Err(plain(400, "invalid url format")),
        ),
    ] {
        let ping = get(path, "").unwrap();
        let signal = ping.signal();
        let authority = |key: &str, asked| {
            assert_eq!((key, asked), ("k3y", signal));
            under.map(str::to_owned)
        };
        let commands = ping.commands(authority, || panic!("nothing is made"));
        match (commands, expected) {
            (Ok(commands), Ok(name)) => {
                let Command::One { target, fresh, .. } = &commands[0] else {
                    panic!("{commands:?}");
                };
                let key = Key::new(Namespace::Named, name).unwrap();
                assert_eq!((target, fresh), (&Target::Key(key), &None));
            }
            (found, expected) => assert_eq!(found.err(), expected.err(), "{path}"),
        }
    }
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

#[test]
fn answers() {
    for (outcome, expected) in [
        (Outcome::Done(1), plain(200, "OK")),
        (Outcome::Created, plain(201, "Created")),
        (Outcome::Missing, plain(404, "not found")),
        (Outcome::Full, plain(429, "too many watches")),
        (Outcome::Bounds, plain(400, "invalid timeout")),
    ] {
        assert_eq!(answer(outcome), expected);
    }
}

proptest! {
    #[test]
    fn nothing_panics(
        method in "GET|HEAD|POST|.{0,4}",
        path in "/ping/([a-z0-9./+é%-]{0,40})|/ping/[0-9a-f-]{36}(/.{0,5})?|.{0,10}",
        query in "((rid|create|timeout|grace)=[0-9a-fdhms.%é-]{0,36}&?){0,4}|.{0,20}",
        body in prop::collection::vec(any::<u8>(), 0..20),
        under in "[a-z.]{0,5}|.{0,5}",
    ) {
        if let Ok(ping) = parse(&method, &path, &query, &body) {
            let commands = ping.commands(|_, _| Some(under), || (1, None));
            prop_assert!(commands.is_err() || !commands.unwrap().is_empty());
        }
    }
}

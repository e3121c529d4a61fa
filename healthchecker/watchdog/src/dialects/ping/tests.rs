use proptest::prelude::*;

use super::*;
use crate::watches::{Effects, Limits, Millis, Now, State, Table, apply};

mod applied;
mod paths;

const UUID: &str = "5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";
const NUMBER: u128 = 0x5bf6_6975_d4c7_4bf5_bcc8_b8d8_a82e_a278;

const SECOND: Millis = 1_000;
const HOUR: Millis = 3_600 * SECOND;

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

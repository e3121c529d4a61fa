//! What is refused, and why.

use super::*;

mod fields;
mod names;
mod paths;

/// All that has a body, and one that it takes.
const WITH_BODY: [(&str, &str, &str); 10] = [
    ("PUT", "watches/dc.a", "{}"),
    ("POST", "watches/dc.a/kick", "{}"),
    ("POST", "watches/dc.a/fault", r#"{"reason":"x"}"#),
    ("POST", "watches/dc.a/start", "{}"),
    ("POST", "retire", r#"{"prefix":"dc.z"}"#),
    ("POST", "clear", r#"{"prefix":"dc.z"}"#),
    ("POST", "pause", r#"{"prefix":"dc.z"}"#),
    ("POST", "resume", r#"{"prefix":"dc.z"}"#),
    ("POST", "tokens", r#"{"prefix":"dc.z"}"#),
    ("POST", "tokens/2/rotate", "{}"),
];

fn house() -> House {
    let mut house = House::new();
    house.beat(Namespace::Named, "dc.a");
    house.mint("dc.a", "kick", NEVER);
    house
}

#[test]
fn bodies_that_are_no_json() {
    let deep = "[".repeat(30_000);
    let deep_field = format!(r#"{{"prefix":{deep}"#);
    let objects = r#"{"a":"#.repeat(10_000);
    for (method, target, fit) in WITH_BODY {
        let mut house = house();
        let trailing = format!("{fit}x");
        let twice = format!("{fit}{fit}");
        let bad: Vec<(&[u8], &str)> = vec![
            (b"{", "bad_json"),
            (b"}", "bad_json"),
            (b"[]", "bad_json"),
            (b" [\"dc\"]", "bad_json"),
            (b"[60000,5000]", "bad_json"),
            (b"null", "bad_value"),
            (b"7", "bad_value"),
            (b"\"dc\"", "bad_value"),
            (b"true", "bad_value"),
            (b"prefix=dc", "bad_json"),
            (b"{'prefix':'dc'}", "bad_json"),
            (b"{\"prefix\":\"dc\",}", ""),
            (b"\xef\xbb\xbf{}", "bad_json"),
            (b"\xff\xfe", "bad_json"),
            (b"\0", "bad_json"),
            (trailing.as_bytes(), "bad_json"),
            (twice.as_bytes(), "bad_json"),
            (deep.as_bytes(), "bad_json"),
            (deep_field.as_bytes(), ""),
            (objects.as_bytes(), ""),
        ];
        for (body, code) in bad {
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            let authorization = format!("Bearer {}", house.token);
            let answer = house.answer(method, target, Some(&authorization), None, body);
            assert_eq!(answer.status, 400, "{method} {target} {shown}");
            let error: Value = serde_json::from_slice(&answer.body).unwrap();
            let message = error["error"]["message"].as_str().unwrap();
            assert!(
                code.is_empty() || error["error"]["code"] == code,
                "{shown}: {error}"
            );
            assert!(
                message.contains("the body") && message.len() <= 500,
                "{message}"
            );
        }
        assert_eq!((house.names(), house.rows.len()), (vec!["dc.a"], 0));
        let (status, text) = house.ask(method, target, fit);
        assert!(status < 300, "{method} {target}: {text}");
    }
}

#[test]
fn reasons_and_bodies_are_cut() {
    let mut house = house();
    let reason = format!(
        r#"{{"reason":"a\r\nb\u0000\u001b\u0085\u2029{}"}}"#,
        "ä".repeat(1_000)
    );
    house.json("POST", "watches/dc.a/fault", &reason);
    let watch = house.json("GET", "watches/dc.a", "");
    let kept = format!("a  b    {}", "ä".repeat(246));
    assert_eq!(watch["reason"], *kept);
    // Whole characters of it.
    for (body, length) in [
        ("x".repeat(10_001), 10_000),
        ("ä€".repeat(4_000), 10_000),
        (format!("x{}", "ä".repeat(5_000)), 9_999),
    ] {
        let kick = format!(r#"{{"body":"{body}"}}"#);
        let authorization = format!("Bearer {}", house.token);
        let call = Call {
            method: "POST",
            path: "/api/watchdog/v1/watches/dc.a/kick",
            authorization: Some(&authorization),
            body: kick.as_bytes(),
            ..Call::default()
        };
        let request = parse(&call).unwrap().unwrap();
        let grant = request.check(&house.tokens, house.now.wall).unwrap();
        let seen = Seen {
            table: &house.table,
            tokens: &house.tokens,
            now: house.now,
        };
        let Ok(Act::Do(
            Command::One {
                deed: Deed::Kick { body: kept, .. },
                ..
            },
            _,
        )) = request.act(&grant, &seen, 1, 1)
        else {
            panic!("no kick");
        };
        assert_eq!(kept.len(), length);
        assert!(std::str::from_utf8(&kept).is_ok());
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    let mut house = house();
    house.table = Table::new(
        Limits {
            watches: 1,
            heartbeats: 0,
        },
        house.now,
    );
    house.beat(Namespace::Named, "dc.a");
    for (method, path, body) in [
        ("PUT", "watches/dc.b", ""),
        ("POST", "watches/dc.b/kick", ""),
        ("POST", "watches/dc.b/fault", r#"{"reason":""}"#),
    ] {
        assert_eq!(
            house.refused(method, path, body),
            code(409, "full"),
            "{path}"
        );
    }
    for (outcome, status) in [
        (Outcome::Bounds, 400),
        (Outcome::Unfit, 409),
        (Outcome::Missing, 404),
    ] {
        assert_eq!(
            Reply::count()
                .answer(outcome, &house.table, house.now)
                .status,
            status
        );
    }
}

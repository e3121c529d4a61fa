//! What is refused, and why.

use super::*;

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
fn fields_that_are_none_or_not_so() {
    let uuid = "5f0c2a34-9b7e-4f3e-8a1d-0123456789ab";
    let labels = format!(r#"{{"labels":"{}"}}"#, "a".repeat(501));
    let note = format!(r#"{{"prefix":"dc","note":"{}"}}"#, "ä".repeat(101));
    let long = format!(r#"{{"prefix":"{}"}}"#, "a".repeat(201));
    let rid = format!(r#"{{"rid":"{}"}}"#, uuid.replace('-', ""));
    let put = ("PUT", "watches/dc.a");
    let kick = ("POST", "watches/dc.a/kick");
    let fault = ("POST", "watches/dc.a/fault");
    let pause = ("POST", "pause");
    let mint = ("POST", "tokens");
    let rotate = ("POST", "tokens/2/rotate");
    let within = "must be from 1000 to 31622400000 milliseconds";
    for ((method, target), body, said) in [
        (
            put,
            r#"{"timeout":5}"#,
            "line 1 column 10: unknown field `timeout`, expected one of `kind`, `timeout_ms`",
        ),
        (
            put,
            r#"{"timeout_ms":5000,"timeout_ms":5000}"#,
            "column 31: duplicate field `timeout_ms`",
        ),
        (
            put,
            "{\n \"timeout_ms\":\n null}",
            "line 3 column 5: invalid type: null",
        ),
        (
            put,
            r#"{"timeout_ms":"5000"}"#,
            "invalid type: string \"5000\", expected u64",
        ),
        (put, r#"{"timeout_ms":0}"#, within),
        (put, r#"{"timeout_ms":999}"#, within),
        (put, r#"{"timeout_ms":31622400001}"#, within),
        (put, r#"{"timeout_ms":18446744073709551615}"#, within),
        (
            put,
            r#"{"timeout_ms":18446744073709551616}"#,
            "floating point",
        ),
        (put, r#"{"timeout_ms":-1}"#, "invalid value: integer `-1`"),
        (put, r#"{"timeout_ms":1.5}"#, "floating point"),
        (put, r#"{"timeout_ms":1e4}"#, "floating point"),
        (put, r#"{"timeout_ms":1e999}"#, "number out of range"),
        (put, r#"{"timeout_ms":05000}"#, "invalid number"),
        (put, r#"{"timeout_ms":NaN}"#, "expected value"),
        (put, r#"{"timeout_ms":[[[[]]]]}"#, "invalid type: sequence"),
        (
            put,
            r#"{"grace_ms":31622400001}"#,
            "grace_ms must be from 0 to 31622400000 milliseconds",
        ),
        (put, r#"{"first_ms":0}"#, "first_ms must be from 1000"),
        (
            put,
            r#"{"kind":"instance"}"#,
            "unknown variant `instance`, expected `kick` or `job`",
        ),
        (put, r#"{"kind":7}"#, "line 1 column"),
        (put, r#"{"ping_url":1}"#, "expected a boolean"),
        (put, r#"{"ping_url":null}"#, "expected a boolean"),
        (put, &labels, "labels must be one line of at most 500 bytes"),
        (put, r#"{"labels":"a\nb"}"#, "labels must be one line"),
        (put, r#"{"labels":"\ud800"}"#, "line 1 column"),
        (put, r#"{"labels":"\udc00\ud800"}"#, "line 1 column"),
        (
            put,
            r#"{"restart":{"exec":["/bin/sh"]}}"#,
            "unknown field `restart`",
        ),
        (put, r#"{"open_to":1}"#, "unknown field `open_to`"),
        (put, r#"{"payload":"x"}"#, "unknown field `payload`"),
        (kick, r#"{"timeout_ms":0}"#, within),
        (kick, r#"{"grace_ms":31622400001}"#, "grace_ms must be"),
        (kick, r#"{"rid":""}"#, "rid must be a uuid"),
        (kick, &rid, "rid must be a uuid"),
        (kick, r#"{"rid":null}"#, "invalid type: null"),
        (kick, r#"{"body":7}"#, "expected a string"),
        (kick, r#"{"first_ms":5000}"#, "unknown field `first_ms`"),
        (fault, "", "missing field `reason`"),
        (fault, r#"{"body":"x"}"#, "missing field `reason`"),
        (fault, r#"{"reason":null}"#, "invalid type: null"),
        (fault, r#"{"reason":"\ud800x"}"#, "line 1 column"),
        (fault, "{\"reason\":\"a\tb\"}", "control character"),
        (
            fault,
            r#"{"reason":"x","REASON":"y"}"#,
            "unknown field `REASON`",
        ),
        (
            ("POST", "watches/dc.a/start"),
            r#"{"rid":"x"}"#,
            "rid must be a uuid",
        ),
        (("POST", "retire"), "", "missing field `prefix`"),
        (
            ("POST", "retire"),
            r#"{"prefix":".."}"#,
            "prefix: the name consists of dots",
        ),
        (
            ("POST", "retire"),
            r#"{"prefix":"dc","for_ms":1}"#,
            "unknown field `for_ms`, expected `prefix`",
        ),
        (
            ("POST", "clear"),
            r#"{"prefix":"DC"}"#,
            "it takes 1 to 200 bytes of a-z",
        ),
        (("POST", "resume"), &long, "longer than 200 bytes"),
        (("POST", "retire"), r#"{"prefix":"dc\u0000"}"#, "character"),
        (
            ("POST", "retire"),
            r#"{"prefix":["dc"]}"#,
            "invalid type: sequence",
        ),
        (
            pause,
            r#"{"prefix":"dc","for_ms":0}"#,
            "for_ms must be from 1 to 31622400000",
        ),
        (
            pause,
            r#"{"prefix":"dc","for_ms":31622400001}"#,
            "for_ms must be",
        ),
        (pause, r#"{"prefix":"dc","for_ms":"1h"}"#, "expected u64"),
        (
            pause,
            r#"{"prefix":"dc","maintenance":"yes"}"#,
            "expected a boolean",
        ),
        (mint, r#"{"verbs":["kick"]}"#, "missing field `prefix`"),
        (mint, r#"{"prefix":"dc..","verbs":[]}"#, "verbs is empty"),
        (
            mint,
            r#"{"prefix":"dc","verbs":"kick"}"#,
            "expected a sequence",
        ),
        (
            mint,
            r#"{"prefix":"dc","verbs":["fly"]}"#,
            "fly is no verb: take some of kick, fault",
        ),
        (
            mint,
            r#"{"prefix":"dc","verbs":["kick fault"]}"#,
            "kick fault is no verb",
        ),
        (
            mint,
            r#"{"prefix":"dc","verbs":["kick\u000bfault"]}"#,
            "is no verb",
        ),
        (mint, r#"{"prefix":"dc","verbs":["kick",""]}"#, "is no verb"),
        (mint, r#"{"prefix":"dc","verbs":[" "]}"#, "is no verb"),
        (
            mint,
            r#"{"prefix":"dc","verbs":["Kick"]}"#,
            "Kick is no verb",
        ),
        (
            mint,
            r#"{"prefix":"dc","expires_in_ms":999}"#,
            "expires_in_ms must be from 1000",
        ),
        (
            mint,
            r#"{"prefix":"dc","expires_in_ms":18446744073709551615}"#,
            "expires_in_ms must be",
        ),
        (
            mint,
            r#"{"prefix":"dc","serial":1}"#,
            "unknown field `serial`",
        ),
        (mint, &note, "note must be one line of at most 200 bytes"),
        (
            mint,
            r#"{"prefix":"dc","note":"a\u0085b"}"#,
            "note must be one line",
        ),
        (
            rotate,
            r#"{"overlap_ms":31622400001}"#,
            "overlap_ms must be from 0",
        ),
        (rotate, r#"{"overlap_ms":-5}"#, "integer `-5`"),
        (rotate, r#"{"verbs":["retire"]}"#, "unknown field `verbs`"),
        (rotate, r#"{"prefix":"dc"}"#, "unknown field `prefix`"),
    ] {
        let mut house = house();
        let before = house
            .table
            .get(&Key::new(Namespace::Named, "dc.a").unwrap())
            .cloned();
        let (status, text) = house.ask(method, target, body);
        assert_eq!(status, 400, "{method} {target} {body:.80}: {text}");
        let error: Value = serde_json::from_str(&text).unwrap();
        let message = error["error"]["message"].as_str().unwrap();
        assert!(message.contains(said), "{body:.80}: {message}");
        let after = house
            .table
            .get(&Key::new(Namespace::Named, "dc.a").unwrap())
            .cloned();
        assert_eq!((before, house.rows.len()), (after, 0));
    }
}

#[test]
fn names_that_are_none() {
    let long = "a".repeat(201);
    for name in [
        "", ".", "...", "A", "dc.A", "dc%2ea", "dc a", "dc+a", "dc%00", "dc\u{e4}", "dc\n", "dc:a",
        &long,
    ] {
        let mut house = House::with("", ALL);
        for (method, rest, body) in [
            ("GET", "", ""),
            ("PUT", "", ""),
            ("DELETE", "", ""),
            ("POST", "/kick", ""),
            ("POST", "/fault", r#"{"reason":""}"#),
            ("POST", "/start", ""),
        ] {
            let found = house.refused(method, &format!("watches/{name}{rest}"), body);
            assert_eq!(found, code(400, "bad_name"), "{method} {name}");
        }
        assert!(house.table.is_empty());
    }
    // The longest is one.
    let mut house = House::with("", ALL);
    assert_eq!(
        house.ask("PUT", &format!("watches/{}", &long[1..]), "").0,
        201
    );
    // What a server hears of as a route's word is a name, too.
    for name in ["kick", "retire", "openapi.json", "-", "_", "a..b", ".a"] {
        assert_eq!(
            house.ask("POST", &format!("watches/{name}/kick"), "").0,
            200,
            "{name}"
        );
    }
    for serial in [
        "",
        "x",
        "-1",
        "+1",
        "1.0",
        "18446744073709551616",
        "%31",
        "\u{663}",
    ] {
        assert_eq!(
            house.refused("DELETE", &format!("tokens/{serial}"), ""),
            code(400, "bad_value"),
            "{serial}"
        );
        let rotate = format!("tokens/{serial}/rotate");
        assert_eq!(
            house.refused("POST", &rotate, ""),
            code(400, "bad_value"),
            "{serial}"
        );
    }
}

#[test]
fn parameters_that_are_none_or_not_so() {
    let mut house = house();
    for (target, said) in [
        (
            "watches?name=x",
            "there is no parameter name: leave it out, or use namespace, prefix, state, limit, after",
        ),
        (
            "watches?prefix=dc&prefix=x",
            "the parameter prefix is there twice",
        ),
        ("watches?prefix=DC", "prefix: the name has a character"),
        ("watches?prefix=%00", "prefix: the name has a character"),
        ("watches?after=..", "the name consists of dots"),
        ("watches?state=", "state must be new, up"),
        ("watches?state=UP", "state must be new, up"),
        ("watches?state=retired", "state must be new, up"),
        ("watches?limit=0", "limit must be"),
        ("watches?limit=10001", "limit must be"),
        ("watches?limit=-1", "limit must be"),
        ("watches?limit=%2B1", "limit must be"),
        ("watches?limit=", "limit must be"),
        ("watches?limit=18446744073709551616", "limit must be"),
        (
            "watches?namespace=registry",
            "namespace must be named or heartbeat",
        ),
        ("watches?namespace=", "namespace must be named or heartbeat"),
        ("watches?%FF", "there is no parameter"),
        ("watches/dc.a?state=up", "there is no parameter state"),
        ("tokens?state=up", "there is no parameter state"),
        ("tokens?after=x", "after must be the number of a token"),
        ("tokens?limit=0", "limit must be"),
        ("tokens?prefix=DC", "prefix: the name has a character"),
    ] {
        let (status, text) = house.ask("GET", target, "");
        assert_eq!(status, 400, "{target}");
        assert!(text.contains(said), "{target}: {text}");
    }
    for (method, target, body) in WITH_BODY {
        let target = format!("{target}?token=5ecret");
        assert_eq!(
            house.refused(method, &target, body),
            code(400, "bad_value"),
            "{target}"
        );
    }
    assert_eq!(house.ask("GET", "watches?", "").0, 200);
    assert_eq!(house.ask("GET", "watches?&&prefix=dc&", "").0, 200);
}

#[test]
fn paths_methods_and_types() {
    let mut house = house();
    for path in [
        "",
        "watch",
        "watches/a/b",
        "watches/a/kick/",
        "watches//kick/x",
        "Watches",
        "tokens/1/2/3",
        "retire/",
        "openapi.json/",
    ] {
        assert_eq!(
            house.refused("GET", path, ""),
            code(404, "no_route"),
            "{path}"
        );
    }
    for (template, allow, methods) in super::super::routes::ROUTES {
        let path = template.replace("{name}", "dc.a").replace("{serial}", "2");
        for method in [
            "GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "",
        ] {
            let known = if method == "HEAD" { "GET" } else { method };
            if methods.iter().any(|(taken, _)| *taken == known) {
                continue;
            }
            // Before anything else is looked at.
            let answer = house.answer(method, &path, None, Some("text/plain"), b"x");
            assert_eq!(
                (answer.status, answer.header("allow")),
                (405, Some(*allow)),
                "{method} {path}"
            );
        }
    }
    let authorization = format!("Bearer {}", house.token);
    for (method, target, body) in WITH_BODY {
        for (kind, is_good) in [
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=application/json", false),
            ("", false),
            ("text/json", false),
            ("application/jsonx", false),
            ("application/json, text/plain", false),
            ("application/json", true),
            ("Application/JSON ; charset=utf-8", true),
        ] {
            let mut house = self::house();
            let answer = house.answer(
                method,
                target,
                Some(&authorization),
                Some(kind),
                body.as_bytes(),
            );
            assert_eq!(answer.status == 415, !is_good, "{method} {target} {kind}");
            assert_eq!(answer.status < 300, is_good, "{method} {target} {kind}");
        }
        let mut large = body.as_bytes().to_vec();
        large.resize(BODY_LIMIT, b' ');
        let mut house = self::house();
        let found = house
            .answer(method, target, Some(&authorization), None, &large)
            .status;
        assert!(found < 300, "{method} {target}: {found}");
        large.push(b' ');
        let found = house
            .answer(method, target, Some(&authorization), None, &large)
            .status;
        assert_eq!(found, 413, "{method} {target}");
    }
    for path in [
        "",
        "/",
        "/api/watchdog/v1",
        "/api/watchdog/v2/watches",
        "/API/watchdog/v1/watches",
        "//api/watchdog/v1/watches",
        "api/watchdog/v1/watches",
        "/ping/a",
    ] {
        assert!(
            parse(&Call {
                method: "GET",
                path,
                ..Call::default()
            })
            .is_none(),
            "{path}"
        );
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

//! Each route, byte for byte.

use super::*;

const UP: &str = concat!(
    r#"{"name":"dc.server1","namespace":"named","kind":"kick","state":"up","is_down":false,"#,
    r#""reason":"","timeout_ms":60000,"grace_ms":5000,"deadline":"2016-12-01T18:53:32.000Z","#,
    r#""last":"2016-12-01T18:52:32.000Z","since":"2016-12-01T18:52:32.000Z","episode":0,"#,
    r#""down_ms":0,"ping_uuid":null,"labels":""}"#
);

#[test]
fn kick_show_and_list() {
    let mut house = House::new();
    let kick = r#"{"timeout_ms": 60000, "grace_ms": 5000}"#;
    let created = good(200, r#"{"created":true}"#);
    assert_eq!(house.ask("POST", "watches/dc.server1/kick", kick), created);
    assert_eq!(house.ask("GET", "watches/dc.server1", ""), good(200, UP));
    assert_eq!(house.ask("HEAD", "watches/dc.server1", ""), good(200, UP));
    let page = format!(r#"{{"watches":[{UP}],"next":null}}"#);
    assert_eq!(house.ask("GET", "watches", ""), good(200, &page));
    assert_eq!(
        house.ask("GET", "watches?prefix=dc.server1&state=up", ""),
        good(200, &page)
    );
    // A body need not be.
    let created = good(200, r#"{"created":false}"#);
    assert_eq!(house.ask("POST", "watches/dc.server1/kick", ""), created);
    assert_eq!(house.ask("POST", "watches/dc.server1/kick", " \n"), created);
    house.pass(65);
    let down = UP
        .replace(r#""up","is_down":false"#, r#""timeout","is_down":true"#)
        .replace(
            r#"since":"2016-12-01T18:52:32"#,
            r#"since":"2016-12-01T18:53:37"#,
        )
        .replace(
            r#""episode":0,"down_ms":0"#,
            r#""episode":1,"down_ms":3000"#,
        );
    house.pass(3);
    assert_eq!(house.ask("GET", "watches/dc.server1", ""), good(200, &down));
}

#[test]
fn what_a_kick_makes_is_usual() {
    let mut house = House::new();
    house.ask("POST", "watches/dc.a/kick", "{}");
    house.ask("POST", "watches/dc.b/fault", r#"{"reason":""}"#);
    house.ask("PUT", "watches/dc.c", "");
    house.ask("PUT", "watches/dc.d", r#"{"kind":"job"}"#);
    for (name, timeout, grace) in [
        ("dc.a", 300_000, 0),
        ("dc.b", 300_000, 0),
        ("dc.c", 300_000, 0),
        ("dc.d", 86_400_000, 3_600_000),
    ] {
        let watch = house.json("GET", &format!("watches/{name}"), "");
        assert_eq!(
            (&watch["timeout_ms"], &watch["grace_ms"]),
            (&timeout.into(), &grace.into())
        );
    }
}

#[test]
fn fault() {
    let mut house = House::new();
    let fault = r#"{"reason": "no\tspace\u2028left", "body": "df"}"#;
    let created = good(200, r#"{"created":true}"#);
    assert_eq!(
        house.ask("POST", "watches/dc.server1/fault", fault),
        created
    );
    let created = good(200, r#"{"created":false}"#);
    assert_eq!(
        house.ask("POST", "watches/dc.server1/fault", fault),
        created
    );
    let shown = concat!(
        r#"{"name":"dc.server1","namespace":"named","kind":"kick","state":"fault","is_down":true,"#,
        r#""reason":"no space left","timeout_ms":300000,"grace_ms":0,"deadline":null,"#,
        r#""last":null,"since":"2016-12-01T18:52:32.000Z","episode":1,"#,
        r#""down_ms":0,"ping_uuid":null,"labels":""}"#
    );
    assert_eq!(house.ask("GET", "watches/dc.server1", ""), good(200, shown));
}

#[test]
fn put_makes_and_configures() {
    let mut house = House::new();
    let put = r#"{"kind":"job","timeout_ms":90000000,"grace_ms":60000,"first_ms":5000,
        "labels":"team=db","ping_url":true}"#;
    let made = concat!(
        r#"{"name":"dc.backup","namespace":"named","kind":"job","state":"new","is_down":false,"#,
        r#""reason":"","timeout_ms":90000000,"grace_ms":60000,"#,
        r#""deadline":"2016-12-01T18:52:37.000Z","last":null,"#,
        r#""since":"2016-12-01T18:52:32.000Z","episode":0,"down_ms":0,"#,
        r#""ping_uuid":"5f0c2a34-9b7e-4f3e-8a1d-012345670001","labels":"team=db"}"#
    );
    assert_eq!(house.ask("PUT", "watches/dc.backup", put), good(201, made));
    // Again, it is the same.
    assert_eq!(house.ask("PUT", "watches/dc.backup", put), good(200, made));
    assert_eq!(house.ask("PUT", "watches/dc.backup", "{}"), good(200, made));
    let changed = made.replace("90000000", "1000").replace("team=db", "");
    let put = r#"{"timeout_ms":1000,"labels":""}"#;
    assert_eq!(
        house.ask("PUT", "watches/dc.backup", put),
        good(200, &changed)
    );
    // What never starts is down.
    house.pass(5);
    house.pass(60);
    assert_eq!(
        house.json("GET", "watches/dc.backup", "")["state"],
        "timeout"
    );
    // What a watch is stays.
    let unfit = code(409, "unfit");
    assert_eq!(
        house.refused("PUT", "watches/dc.backup", r#"{"kind":"kick"}"#),
        unfit
    );
    house.ask("POST", "watches/dc.a/kick", "");
    assert_eq!(
        house.refused("PUT", "watches/dc.a", r#"{"kind":"job"}"#),
        unfit
    );
    assert_eq!(
        house.refused("PUT", "watches/dc.a", r#"{"ping_url":true}"#),
        unfit
    );
    assert_eq!(
        house
            .ask("PUT", "watches/dc.a", r#"{"kind":"kick","ping_url":false}"#)
            .0,
        200
    );
}

#[test]
fn a_job_starts_and_ends() {
    let mut house = House::new();
    let rid = r#"{"rid":"5f0c2a34-9b7e-4f3e-8a1d-0123456789ab"}"#;
    assert_eq!(
        house.refused("POST", "watches/dc.job/start", rid),
        code(404, "no_watch")
    );
    house.ask("PUT", "watches/dc.job", r#"{"kind":"job","grace_ms":5000}"#);
    let one = good(200, r#"{"watches":1}"#);
    assert_eq!(house.ask("POST", "watches/dc.job/start", rid), one);
    house.pass(4);
    let other = rid.replace("ab\"", "ac\"");
    house.ask("POST", "watches/dc.job/kick", &other);
    house.pass(2);
    assert_eq!(house.json("GET", "watches/dc.job", "")["state"], "timeout");
    house.ask("POST", "watches/dc.job/start", "");
    house.ask("POST", "watches/dc.job/kick", "");
    house.pass(6);
    assert_eq!(house.json("GET", "watches/dc.job", "")["state"], "up");
}

#[test]
fn delete_is_one_and_retire_is_many() {
    let mut house = House::new();
    for name in ["dc.server1", "dc.server1.disk", "dc.server10", "dc.x"] {
        house.beat(Namespace::Named, name);
    }
    house.beat(Namespace::Heartbeat, "dc.server1");
    let one = good(200, r#"{"watches":1}"#);
    assert_eq!(house.ask("DELETE", "watches/dc.server1", ""), one);
    assert_eq!(house.names(), ["dc.server1.disk", "dc.server10", "dc.x"]);
    let error = concat!(
        r#"{"error":{"code":"no_watch","message":"there is no watch of this name: "#,
        r#"PUT makes one, and so does a kick"}}"#
    );
    assert_eq!(
        house.ask("DELETE", "watches/dc.server1", ""),
        good(404, error)
    );
    let retire = r#"{"prefix":"dc.server1"}"#;
    assert_eq!(
        house.ask("POST", "retire", retire),
        good(200, r#"{"watches":2}"#)
    );
    assert_eq!(
        house.ask("POST", "retire", retire),
        good(200, r#"{"watches":0}"#)
    );
    assert_eq!(house.names(), ["dc.x"]);
    assert_eq!(house.table.len(), 2);
}

#[test]
fn clear_pause_and_resume() {
    let mut house = House::new();
    house.ask("POST", "watches/dc.a/fault", r#"{"reason":"x"}"#);
    house.ask("POST", "watches/dc.b/kick", r#"{"timeout_ms":60000}"#);
    house.pass(7);
    let dc = r#"{"prefix":"dc"}"#;
    let two = good(200, r#"{"watches":2}"#);
    let state = |house: &mut House, name: &str| {
        let watch = house.json("GET", &format!("watches/{name}"), "");
        (watch["state"].clone(), watch["down_ms"].clone())
    };
    assert_eq!(state(&mut house, "dc.a"), ("fault".into(), 7_000.into()));
    assert_eq!(house.ask("POST", "clear", dc), two);
    assert_eq!(state(&mut house, "dc.a"), ("fault".into(), 0.into()));
    let pause = r#"{"prefix":"dc","for_ms":9000,"maintenance":true}"#;
    assert_eq!(house.ask("POST", "pause", pause), two);
    assert_eq!(state(&mut house, "dc.b").0, "maintenance");
    assert_eq!(house.json("GET", "watches/dc.a", "")["is_down"], true);
    house.pass(9);
    assert_eq!(state(&mut house, "dc.b").0, "up");
    for pause in [dc, r#"{"prefix":"dc","for_ms":null,"maintenance":false}"#] {
        assert_eq!(house.ask("POST", "pause", pause), two);
        house.pass(100);
        assert_eq!(state(&mut house, "dc.b").0, "paused");
        assert_eq!(house.ask("POST", "resume", dc), two);
        assert_eq!(state(&mut house, "dc.b").0, "up");
    }
}

#[test]
fn the_document_needs_no_token() {
    let mut house = House::new();
    for method in ["GET", "HEAD"] {
        let answer = house.answer(method, "openapi.json", None, Some("text/plain"), b"x");
        assert_eq!((answer.status, &*answer.body), (200, DOCUMENT.as_bytes()));
    }
}

#[test]
fn what_the_server_says_by_itself() {
    for (answer, status, body) in [
        (
            too_often(1_001),
            429,
            r#"{"error":{"code":"too_many_requests","message":"too many requests: try again in 2 s"}}"#,
        ),
        (
            store_lost(),
            503,
            r#"{"error":{"code":"store_lost","message":"the server cannot store anything now, and nothing was done: try again later"}}"#,
        ),
        (
            too_large(),
            413,
            r#"{"error":{"code":"body_too_large","message":"the body has more than 65536 bytes: send less"}}"#,
        ),
        (
            length_required(),
            411,
            r#"{"error":{"code":"length_required","message":"the body's length is not known: send content-length"}}"#,
        ),
    ] {
        document::check_answer("POST", "/api/watchdog/v1/watches/a/kick", &answer);
        let text = std::str::from_utf8(&answer.body).unwrap();
        assert_eq!((answer.status, text), (status, body));
    }
}

//! A token reaches its own labels and nothing beside them, and does what its verbs say.

use super::*;

/// What a token for `dc.server1` asks of another name.
fn asked_of(name: &str) -> Vec<(&'static str, String, String)> {
    let watch = |rest: &str| format!("watches/{name}{rest}");
    let prefix = format!(r#"{{"prefix":"{name}"}}"#);
    let post = |path: &str, body: &str| ("POST", path.to_owned(), body.to_owned());
    vec![
        ("GET", watch(""), String::new()),
        ("PUT", watch(""), "{}".to_owned()),
        ("DELETE", watch(""), String::new()),
        ("POST", watch("/kick"), String::new()),
        ("POST", watch("/fault"), r#"{"reason":"x"}"#.to_owned()),
        ("POST", watch("/start"), String::new()),
        post("retire", &prefix),
        post("clear", &prefix),
        post("pause", &prefix),
        post("resume", &prefix),
        post("tokens", &prefix),
    ]
}

#[test]
fn a_neighbour_s_token_is_as_good_as_none() {
    for beside in [
        "dc.server10",
        "dc",
        "dc.server",
        "dc.server2",
        "x",
        "server1",
        "x.dc.server1",
        "dc.server1-a",
    ] {
        let mut house = House::with("dc.server1", ALL);
        house.beat(Namespace::Named, beside);
        let before = house
            .table
            .get(&Key::new(Namespace::Named, beside).unwrap())
            .cloned();
        for (method, target, body) in asked_of(beside) {
            let found = house.refused(method, &target, &body);
            assert_eq!(found, code(403, "wrong_token"), "{method} {target}");
        }
        for query in [
            "",
            "?prefix=dc",
            "?prefix=dc.server10",
            "?prefix=x",
            "?limit=1",
        ] {
            let page = house.ask("GET", &format!("watches{query}"), "");
            assert_eq!(page, good(200, r#"{"watches":[],"next":null}"#), "{query}");
        }
        let after = house
            .table
            .get(&Key::new(Namespace::Named, beside).unwrap())
            .cloned();
        assert_eq!(before, after);
        assert_eq!((house.tokens.rows().count(), house.rows.len()), (1, 0));
    }
    // Of its own it may all of it.
    for name in ["dc.server1", "dc.server1.disk"] {
        for (method, target, body) in asked_of(name) {
            let mut house = House::with("dc.server1", ALL);
            house.beat(Namespace::Named, name);
            let (status, text) = house.ask(method, &target, &body);
            assert!(status < 300, "{method} {target}: {text}");
        }
    }
}

/// What a prefix selects as text, an authority takes away again.
#[test]
fn sweeps_end_where_the_authority_ends() {
    let all = [
        "dc.server1",
        "dc.server1.disk",
        "dc.server10",
        "dc.server1-a",
    ];
    for path in ["retire", "clear", "pause", "resume"] {
        for prefix in ["dc.server1", "dc.server1."] {
            let mut house = House::with("dc.server1", ALL);
            for name in all {
                house.beat(Namespace::Named, name);
            }
            let body = format!(r#"{{"prefix":"{prefix}"}}"#);
            let count = if prefix.ends_with('.') { 1 } else { 2 };
            let found = house.ask("POST", path, &body);
            assert_eq!(
                found,
                good(200, &format!(r#"{{"watches":{count}}}"#)),
                "{path} {prefix}"
            );
            for name in ["dc.server10", "dc.server1-a"] {
                let key = Key::new(Namespace::Named, name).unwrap();
                let watch = house.table.get(&key).expect("it is there");
                assert_eq!(watch.hold(), None);
            }
        }
    }
    // Everything is for a token of everything, and not to be removed by a slip.
    let mut house = House::with("dc", ALL);
    for path in ["clear", "pause", "resume"] {
        assert_eq!(
            house.refused("POST", path, r#"{"prefix":""}"#),
            code(403, "wrong_token")
        );
    }
    let mut house = House::with("", ALL);
    house.beat(Namespace::Named, "a");
    house.beat(Namespace::Heartbeat, "a");
    let one = good(200, r#"{"watches":1}"#);
    assert_eq!(house.ask("POST", "pause", r#"{"prefix":""}"#), one);
    assert_eq!(
        house.refused("POST", "retire", r#"{"prefix":""}"#),
        code(400, "bad_value")
    );
    assert_eq!(house.table.len(), 2);
}

#[test]
fn each_route_needs_its_verb_and_no_other() {
    let words: Vec<&str> = ALL.split(' ').collect();
    let prefix = r#"{"prefix":"dc"}"#;
    for (method, target, body, needed) in [
        ("GET", "watches", "", "status"),
        ("GET", "watches/dc.a", "", "status"),
        ("PUT", "watches/dc.a", "", "kick status"),
        (
            "PUT",
            "watches/dc.new",
            r#"{"ping_url":true}"#,
            "kick fault status",
        ),
        ("DELETE", "watches/dc.a", "", "retire"),
        ("POST", "watches/dc.a/kick", "", "kick"),
        ("POST", "watches/dc.a/fault", r#"{"reason":""}"#, "fault"),
        ("POST", "watches/dc.a/start", "", "kick"),
        ("POST", "retire", prefix, "retire"),
        ("POST", "clear", prefix, "clear"),
        ("POST", "pause", prefix, "pause"),
        ("POST", "resume", prefix, "pause"),
        ("GET", "tokens", "", "auth"),
        ("POST", "tokens", prefix, "auth"),
        ("POST", "tokens/1/rotate", "", "auth"),
        ("DELETE", "tokens/1", "", "auth"),
    ] {
        let mut house = House::with("dc", needed);
        house.beat(Namespace::Named, "dc.a");
        let (status, text) = house.ask(method, target, body);
        assert!(status < 300, "{method} {target}: {text}");
        for missing in needed.split(' ') {
            let others: Vec<_> = words
                .iter()
                .filter(|word| **word != missing)
                .copied()
                .collect();
            let mut house = House::with("dc", &others.join(" "));
            house.beat(Namespace::Named, "dc.a");
            let found = house.refused(method, target, body);
            assert_eq!(
                found,
                code(403, "missing_verb"),
                "{method} {target} without {missing}"
            );
            assert_eq!(
                (house.names(), house.tokens.rows().count()),
                (vec!["dc.a"], 1)
            );
        }
    }
}

/// Who has the uuid may kick and fault with it, whatever becomes of the token.
#[test]
fn ping_urls_are_shown_to_who_may_ping() {
    let mut house = House::new();
    let put = house.json("PUT", "watches/dc.a", r#"{"ping_url":true}"#);
    assert!(put["ping_uuid"].is_string());
    for (verbs, is_shown) in [
        ("status kick fault", true),
        ("status kick", false),
        ("status fault auth retire pause", false),
        ("status", false),
    ] {
        house.token = house.mint("dc", verbs, NEVER);
        let one = house.json("GET", "watches/dc.a", "");
        let page = house.json("GET", "watches", "");
        assert_eq!(one["ping_uuid"].is_string(), is_shown, "{verbs}");
        assert_eq!(
            page["watches"][0]["ping_uuid"].is_string(),
            is_shown,
            "{verbs}"
        );
        if verbs == "status kick" {
            assert!(house.json("PUT", "watches/dc.a", "")["ping_uuid"].is_null());
        }
    }
}

#[test]
fn who_has_no_token_gets_nothing() {
    let mut house = House::new();
    let token = house.token.clone();
    for (method, target, body) in asked_of("dc.a") {
        let answer = house.answer(method, &target, None, None, body.as_bytes());
        assert_eq!(
            (answer.status, answer.header("www-authenticate")),
            (401, Some("Bearer"))
        );
        for wrong in [
            String::new(),
            "Bearer".into(),
            "Bearer ".into(),
            token.clone(),
            format!("Basic {token}"),
            format!("Bearer {}", token.to_uppercase().replace('A', "B")),
            format!("Bearer {}", &token[1..]),
            format!("Bearer {token}0"),
            format!("Bearer {token},"),
            format!("Bearer {}", "0".repeat(64)),
        ] {
            let answer = house.answer(method, &target, Some(&wrong), None, body.as_bytes());
            assert_eq!(answer.status, 403, "{method} {target} {wrong}");
            assert!(!String::from_utf8_lossy(&answer.body).contains(&token[1..63]));
        }
    }
    assert!(house.table.is_empty());
    let expires = house.now.wall;
    house.token = house.mint("dc", ALL, expires);
    assert_eq!(
        house.refused("GET", "watches", ""),
        code(403, "expired_token")
    );
    house.tokens.revoke(2, expires);
    assert_eq!(
        house.refused("GET", "watches", ""),
        code(403, "revoked_token")
    );
}

#[test]
fn what_is_logged_has_no_secret() {
    let house = House::new();
    let authorization = format!("Bearer {}", house.token);
    let call = Call {
        method: "POST",
        path: "/api/watchdog/v1/tokens",
        query: "",
        authorization: Some(&authorization),
        content_type: None,
        body: br#"{"prefix":"dc"}"#,
        ..Call::default()
    };
    let mut tokens = house.tokens;
    let request = parse(&call).unwrap().unwrap();
    let mut shown = format!("{call:?} {request:?}");
    let grant = request.check(&tokens, 0).unwrap();
    let seen = Seen {
        table: &house.table,
        tokens: &tokens,
        now: house.now,
    };
    let act = request.act(&grant, &seen, 1, 1).unwrap();
    shown += &format!("{act:?}");
    let Act::Change(change) = act else {
        panic!("{shown}")
    };
    let (_, answer) = change.make(&mut tokens, 0).unwrap();
    let made: Value = serde_json::from_slice(&answer.body).unwrap();
    shown += &format!("{answer:?}");
    assert!(!shown.contains(&house.token) && !shown.contains(made["token"].as_str().unwrap()));
}

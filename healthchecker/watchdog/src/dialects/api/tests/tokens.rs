//! Tokens through the API: seen, made, replaced and revoked, and never more than one has.

use super::*;

#[test]
fn mint_list_rotate_and_revoke() {
    let mut house = House::new();
    let wish =
        r#"{"prefix":"dc.server1.","verbs":["kick","auth"],"expires_in_ms":86400000,"note":"x"}"#;
    let made = concat!(
        r#"{"serial":2,"prefix":"dc.server1","verbs":["kick","auth"],"#,
        r#""expires":"2016-12-02T18:52:32.000Z","revoked":null,"note":"x","#,
        r#""token":"1810c2d3e89ece4d3f24a9b14ed90350aa00d3a058ff976f5b9c8aa2137bc816"}"#
    );
    assert_eq!(house.ask("POST", "tokens", wish), good(201, made));
    let rotate = r#"{"overlap_ms":60000}"#;
    let rotated = house.ask("POST", "tokens/2/rotate", rotate);
    let (serial, token) = (r#""serial":3"#, r#""token":"5c4a"#);
    assert!(
        rotated.0 == 201 && rotated.1.contains(serial),
        "{rotated:?} {token}"
    );
    let row = |serial: u64, expires: &str, revoked: &str| {
        format!(
            concat!(
                r#"{{"serial":{},"prefix":"dc.server1","verbs":["kick","auth"],"#,
                r#""expires":"{}","revoked":{},"note":"x"}}"#
            ),
            serial, expires, revoked
        )
    };
    let first = concat!(
        r#"{"serial":1,"prefix":"dc","verbs":["kick","fault","status","retire","clear","auth","#,
        r#""monitor","pause","signed"],"expires":null,"revoked":null,"note":""}"#
    );
    let second = row(2, "2016-12-01T18:53:32.000Z", "null");
    let third = row(3, "2016-12-02T18:52:32.000Z", "null");
    let page = format!(r#"{{"tokens":[{first},{second},{third}],"next":null}}"#);
    assert_eq!(house.ask("GET", "tokens", ""), good(200, &page));
    let page = format!(r#"{{"tokens":[{second}],"next":2}}"#);
    assert_eq!(
        house.ask("GET", "tokens?prefix=dc.s&limit=1", ""),
        good(200, &page)
    );
    let page = format!(r#"{{"tokens":[{third}],"next":null}}"#);
    assert_eq!(
        house.ask("GET", "tokens?prefix=dc.s&limit=1&after=2", ""),
        good(200, &page)
    );
    let revoked = row(
        3,
        "2016-12-02T18:52:32.000Z",
        r#""2016-12-01T18:52:32.000Z""#,
    );
    assert_eq!(house.ask("DELETE", "tokens/3", ""), good(200, &revoked));
    house.pass(1);
    assert_eq!(house.ask("DELETE", "tokens/3", ""), good(200, &revoked));
    assert_eq!(
        house.refused("POST", "tokens/3/rotate", ""),
        code(404, "no_such_token")
    );
    // All that has changed is to be stored, as it is now.
    let stored: Vec<u64> = house.rows.iter().map(|row| row.serial).collect();
    assert_eq!(stored, [2, 2, 3, 3, 3]);
    for row in house.tokens.rows().filter(|row| row.serial > 1) {
        assert_eq!(
            house.rows.iter().rfind(|kept| kept.serial == row.serial),
            Some(row)
        );
    }
    // What was made is a token.
    house.token = serde_json::from_str::<Value>(made).unwrap()["token"]
        .as_str()
        .unwrap()
        .into();
    assert_eq!(house.ask("POST", "watches/dc.server1/kick", "").0, 200);
    assert_eq!(
        house.refused("POST", "watches/dc.server10/kick", ""),
        code(403, "wrong_token")
    );
    house.pass(60);
    assert_eq!(
        house.refused("POST", "watches/dc.server1/kick", ""),
        code(403, "expired_token")
    );
}

#[test]
fn what_is_not_said_is_usual() {
    let mut house = House::new();
    let expires = house.now.wall + 1_000_000;
    house.token = house.mint("dc", "auth kick retire", expires);
    let made = house.json("POST", "tokens", r#"{"prefix":"dc"}"#);
    assert_eq!(made["verbs"], serde_json::json!(["kick"]));
    assert_eq!(
        (&made["note"], &made["expires"]),
        (
            &"made by token 2".into(),
            &"2016-12-01T19:09:12.000Z".into()
        )
    );
    // One day of overlap is more than the old one has.
    house.json("POST", "tokens/2/rotate", "");
    assert_eq!(house.rows[1].expires, expires);
    let mut house = House::new();
    house.json("POST", "tokens/1/rotate", "");
    assert_eq!(
        (house.rows[0].expires, house.rows[1].expires),
        (house.now.wall + 86_400_000, NEVER)
    );
}

/// Neither by making one nor by replacing one does a token come to more than it has.
#[test]
fn nobody_rises() {
    let mut house = House::new();
    let end = house.now.wall + 60_000;
    let strong = house.mint("dc.server1", ALL, NEVER);
    let above = house.token.clone();
    house.mint("dc.server10", "kick", NEVER);
    house.mint("", "kick", NEVER);
    house.token = house.mint("dc.server1", "auth kick", end);
    for verbs in [
        "retire",
        "signed",
        "kick\",\"signed",
        "status",
        "monitor",
        "kick retire",
        "pause",
    ] {
        let wish = format!(r#"{{"prefix":"dc.server1","verbs":["{verbs}"]}}"#);
        let found = house.refused("POST", "tokens", &wish);
        let expected = if verbs.contains(' ') {
            code(400, "bad_value")
        } else {
            code(403, "more_than_yours")
        };
        assert_eq!(found, expected, "{verbs}");
    }
    for prefix in ["", "dc", "dc.", "dc.server10", "dc.server", "x"] {
        let wish = format!(r#"{{"prefix":"{prefix}","verbs":["kick"]}}"#);
        assert_eq!(
            house.refused("POST", "tokens", &wish),
            code(403, "wrong_token"),
            "{prefix}"
        );
    }
    // One of the same names that may do more.
    assert_eq!(
        house.refused("POST", "tokens/2/rotate", ""),
        code(403, "more_than_yours")
    );
    // Those of others are not there, as those that are not.
    for serial in [0, 1, 3, 4, 6, u64::MAX] {
        let missing = code(404, "no_such_token");
        assert_eq!(
            house.refused("POST", &format!("tokens/{serial}/rotate"), ""),
            missing,
            "{serial}"
        );
        assert_eq!(
            house.refused("DELETE", &format!("tokens/{serial}"), ""),
            missing,
            "{serial}"
        );
    }
    let texts = ["tokens/3", "tokens/99"].map(|target| house.ask("DELETE", target, ""));
    assert_eq!(texts[0], texts[1]);
    for query in ["", "?prefix=dc", "?prefix=", "?prefix=dc.server1"] {
        let page = house.json("GET", &format!("tokens{query}"), "");
        let serials: Vec<_> = page["tokens"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["serial"].as_u64().unwrap())
            .collect();
        assert_eq!(
            (serials, page["next"].is_null()),
            (vec![2, 5], true),
            "{query}"
        );
    }
    assert_eq!(
        house.json("GET", "tokens?prefix=dc.server10", "")["tokens"],
        serde_json::json!([])
    );
    assert!(house.rows.is_empty());
    // None lives longer than who made it, not even its own successor.
    let long = r#"{"prefix":"dc.server1","verbs":["kick","auth"],"expires_in_ms":86400000}"#;
    house.json("POST", "tokens", long);
    house.json(
        "POST",
        "tokens/5/rotate",
        r#"{"expires_in_ms":86400000,"overlap_ms":86400000}"#,
    );
    assert!(
        house.rows.iter().all(|row| row.expires == end),
        "{:?}",
        house.rows
    );
    let weak = house.mint("dc.server1", "kick", NEVER);
    house.json("POST", "tokens/8/rotate", r#"{"overlap_ms":0}"#);
    assert_eq!(house.tokens.row(9).unwrap().expires, end);
    // A replaced one ends, as it was said.
    house.token = weak;
    assert_eq!(
        house.refused("POST", "watches/dc.server1/kick", ""),
        code(403, "expired_token")
    );
    for token in [strong, above] {
        house.token = token;
        assert_eq!(house.ask("POST", "watches/dc.server1/kick", "").0, 200);
    }
}

#[test]
fn there_are_only_so_many_of_a_prefix() {
    let mut house = House::new();
    let wish = r#"{"prefix":"dc.a"}"#;
    for _ in 0..16 {
        house.json("POST", "tokens", wish);
    }
    assert_eq!(house.refused("POST", "tokens", wish), code(409, "full"));
    assert_eq!(
        house.refused("POST", "tokens/2/rotate", ""),
        code(409, "full")
    );
    assert_eq!(house.tokens.row(2).unwrap().expires, NEVER);
    house.json("DELETE", "tokens/2", "");
    house.json("POST", "tokens", wish);
}

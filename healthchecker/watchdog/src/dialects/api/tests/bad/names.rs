//! Names, numbers of tokens, and parameters.

use super::*;

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

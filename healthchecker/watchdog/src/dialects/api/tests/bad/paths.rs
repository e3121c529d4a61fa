//! Paths, methods, and what is said of a body.

use super::*;

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

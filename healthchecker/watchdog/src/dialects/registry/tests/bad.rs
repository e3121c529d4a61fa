use super::*;

/// A whole registration with one member another.
fn with(name: &str, value: &str) -> String {
    let mut all = vec![
        ("id", "\"1\""),
        ("name", "\"api\""),
        ("address", "\"10.0.0.5\""),
        ("port", "8080"),
    ];
    all.retain(|(found, _)| *found != name);
    all.push((name, value));
    let members: Vec<_> = all
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn refused(body: &str) -> String {
    let answer = ask("POST", "/register", "", body).expect_err(body);
    let (status, text) = text(&answer);
    assert_eq!((status, text.lines().count()), (400, 1), "{text}");
    assert!(text.ends_with('\n'), "{text}");
    text.trim_end().to_owned()
}

#[test]
fn what_is_wrong_is_named() {
    let port = "port must be a whole number from 1 to 65535";
    let long = format!("\"{}\"", "x".repeat(201));
    let many = format!("[{}]", vec!["\"a\""; 65].join(","));
    let pairs: Vec<_> = (0..65).map(|number| format!("\"{number}\":\"\"")).collect();
    let pairs = format!("{{{}}}", pairs.join(","));
    for (name, value, problem) in [
        ("id", "null", "id is missing"),
        ("id", "\"\"", "id is missing"),
        ("id", "7", "id must be a text"),
        (
            "id",
            "\"a\\u0000\"",
            "id: the name has a character that names cannot have",
        ),
        ("id", &*long, "id: the name is longer than 200 bytes"),
        (
            "name",
            "\"a\\nevent: x\"",
            "name: the name has a character that names cannot have",
        ),
        (
            "name",
            "\"a\\u001fb\"",
            "name: the name has a character that names cannot have",
        ),
        (
            "name",
            "\"a\\u2028\"",
            "name: the name has a character that names cannot have",
        ),
        ("name", &long, "name: the name is longer than 200 bytes"),
        ("address", "\"\"", "address is missing"),
        (
            "address",
            "\"a b\"",
            "address must be a host's name or address, without a port",
        ),
        (
            "address",
            "\"a/b\"",
            "address must be a host's name or address, without a port",
        ),
        (
            "address",
            "\"ä\"",
            "address must be a host's name or address, without a port",
        ),
        (
            "port",
            "null",
            "port is missing: a whole number from 1 to 65535",
        ),
        ("port", "0", port),
        ("port", "65536", port),
        ("port", "-1", port),
        ("port", "1.5", port),
        ("port", "80.0", port),
        ("port", "8e1", port),
        ("port", "1e999", "the body is no JSON: number out of range"),
        ("port", "18446744073709551696", port),
        ("port", "\"80\"", port),
        ("port", "[80]", port),
        ("port", "true", port),
        ("version", "1", "version must be a text"),
        ("tags", "\"a\"", "tags must be a list of at most 64 texts"),
        ("tags", "[1]", "tags must be a list of at most 64 texts"),
        ("tags", &many, "tags must be a list of at most 64 texts"),
        (
            "metadata",
            "[]",
            "metadata must be an object with at most 64 texts",
        ),
        (
            "metadata",
            "{\"a\":1}",
            "metadata must be an object with at most 64 texts",
        ),
        (
            "metadata",
            &pairs,
            "metadata must be an object with at most 64 texts",
        ),
        (
            "weight",
            "-1",
            "weight must be a whole number from 0 to 65535",
        ),
        ("ttl", "30", "ttl must be a duration up to 366d in quotes"),
        (
            "ttl",
            "\"30\"",
            "ttl must be a duration up to 366d in quotes",
        ),
        ("ttl", "\"999ms\"", "ttl must be 1s to 366d"),
        (
            "ttl",
            "\"367d\"",
            "ttl must be a duration up to 366d in quotes",
        ),
        (
            "remove_after",
            "\"29s\"",
            "remove_after must not be shorter than ttl",
        ),
    ] {
        let found = refused(&with(name, value));
        assert!(found.starts_with(problem), "{name} {value:.40}: {found}");
    }
}

#[test]
fn what_is_no_object_is_refused() {
    let deep = format!("{}{}", "[".repeat(60_000), "]".repeat(60_000));
    let long = format!("{{\"x\":{}", "{\"a\":".repeat(10_000));
    for (body, problem) in [
        ("", "the body is empty: send {"),
        (" \r\n", "the body is empty: send {"),
        ("[]", "the body must be an object"),
        ("null", "the body must be an object"),
        ("{\"id\":", "the body is no JSON: "),
        ("{\"id\":\"\\ud800\"}", "the body is no JSON: "),
        ("{} {}", "the body is no JSON: "),
        ("{\"id\":\"a\nb\"}", "the body is no JSON: "),
        (&deep, "the body is no JSON: recursion limit"),
        (&long, "the body is no JSON: recursion limit"),
    ] {
        let found = refused(body);
        assert!(found.starts_with(problem), "{body:.40}: {found}");
    }
    let call = Call {
        method: "POST",
        path: "/register",
        body: b"{\"id\":\"\xff\"}",
        ..Call::default()
    };
    assert_eq!(parse(&call, &rules()).unwrap_err().status, 400);
}

#[test]
fn what_is_taken() {
    let port = |value: &str| match ask("PUT", "/register", "", &with("port", value)) {
        Ok(Request::Register(found)) => found.service.port,
        other => panic!("{other:?}"),
    };
    assert_eq!((port("1"), port("65535"), port(" 80 ")), (1, 65_535, 80));
    // The last of two counts, as with Go, and what is not known is left alone.
    let twice =
        r#"{"id":"0","id":"1","name":"api","address":"::1","port":1,"port":2,"x":{"y":[]}}"#;
    let Ok(Request::Register(found)) = ask("GET", "/register", "", twice) else {
        panic!("refused");
    };
    assert_eq!(found.key, Key::instance("api", "1").unwrap());
    assert_eq!((found.service.port, &*found.service.address), (2, "::1"));
    let Ok(Request::Register(found)) = ask("POST", "/register", "", &with("ttl", "\"90s\"")) else {
        panic!("refused");
    };
    assert_eq!((found.times.timeout, found.times.grace), (90_000, 90_000));
    let whole = format!("[\"{}\"]", "x".repeat(9_800));
    assert!(ask("POST", "/register", "", &with("tags", &whole)).is_ok());
    let more = format!("[\"{}\"]", "x".repeat(10_000));
    assert_eq!(
        refused(&with("tags", &more)),
        "what is to be kept of it is longer than 10000 bytes"
    );
}

#[test]
fn queries_without_what_they_need() {
    let long = format!("name={}&id=1", "x".repeat(201));
    for (path, query, problem) in [
        ("/heartbeat", "", "name is missing: ?name=NAME&id=ID\n"),
        (
            "/heartbeat",
            "name=&id=1",
            "name is missing: ?name=NAME&id=ID\n",
        ),
        ("/heartbeat", "name=a", "id is missing: ?name=NAME&id=ID\n"),
        ("/drain", "name=a&id=", "id is missing: ?name=NAME&id=ID\n"),
        ("/deregister", "name=%ff&id=1", "name is not UTF-8\n"),
        (
            "/deregister",
            "name=a&id=%1f",
            "id: the name has a character that names cannot have\n",
        ),
        (
            "/deregister",
            &long,
            "name: the name is longer than 200 bytes\n",
        ),
        ("/discover", "", "name is missing: ?name=NAME&id=ID\n"),
        (
            "/discover",
            "name=a%0d%0ab",
            "name: the name has a character that names cannot have\n",
        ),
        (
            "/discover",
            "name=a&strategy=best",
            "strategy must be round-robin or random\n",
        ),
        (
            "/watch",
            "name=%00",
            "name: the name has a character that names cannot have\n",
        ),
    ] {
        let answer = ask("GET", path, query, "").expect_err(query);
        assert_eq!(text(&answer), (400, problem), "{path}?{query:.40}");
    }
}

#[test]
fn methods_that_change_nothing_change_nothing() {
    for (path, allowed) in [
        ("/register", "GET, POST, PUT, DELETE"),
        ("/heartbeat", "GET, POST, PUT, DELETE"),
        ("/discover", "GET, HEAD, POST, PUT"),
        ("/watch", "GET"),
    ] {
        for method in ["HEAD", "OPTIONS", "TRACE", "PATCH", "get"] {
            let answer = ask(method, path, "name=a&id=1", "");
            if allowed.split(", ").any(|allowed| allowed == method) {
                assert!(answer.is_ok());
                continue;
            }
            let answer = answer.expect_err(path);
            assert_eq!(text(&answer), (405, "method not allowed\n"));
            assert_eq!(answer.header("allow"), Some(allowed));
        }
    }
    assert_eq!(ask("GET", "/other", "", "").unwrap_err().status, 404);
}

#[test]
fn an_address_has_no_port_and_no_more_than_a_host_has() {
    for address in [
        "10.0.0.5:80",
        "host:80",
        "[::1]:80",
        "[host]",
        "[::1",
        "::1]",
        "%0a",
        "::1%",
        "::1%a%b",
        "[]",
        ":",
    ] {
        let said = refused(&with("address", &format!("\"{address}\"")));
        assert_eq!(
            said, "address must be a host's name or address, without a port",
            "{address}"
        );
    }
    for address in [
        "host",
        "a_b.c-d",
        "::1",
        "[::1]",
        "fe80::1%eth0",
        "[fe80::1%2]",
    ] {
        let body = with("address", &format!("\"{address}\""));
        assert!(ask("POST", "/register", "", &body).is_ok(), "{address}");
    }
}

/// What is shown of it may be six times as long as what came.
#[test]
fn what_is_kept_is_measured_as_it_is_shown() {
    let body = with("version", &format!("\"{}\"", "<".repeat(2_000)));
    let said = refused(&body);
    assert_eq!(said, "what is to be kept of it is longer than 10000 bytes");
}

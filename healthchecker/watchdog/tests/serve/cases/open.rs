//! Heartbeats, ping URLs, and the server's own API.

mod api;

use libtest_mimic::Trial;

use super::plain;
use crate::home::Home;
use crate::proof::mint;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = plain(&[
        ("heartbeats", heartbeats),
        ("heartbeats: strict", strict),
        (
            "heartbeats: no page of another site",
            no_page_of_another_site,
        ),
        ("ping: by slug and by uuid", pings),
        ("ping: jobs", jobs),
        (
            "ping: no more than the token may",
            no_more_than_the_token_may,
        ),
    ]);
    trials.extend(api::trials());
    trials
}

fn heartbeats() {
    let home =
        Home::new("[watch.worker]\nopen_to = [\"heartbeat\"]\n[watch.safe]\ntimeout = \"1h\"");
    let server = home.start();
    let mut client = server.client();
    for (method, target) in [
        ("GET", "/?id=worker"),
        ("POST", "/?id=worker"),
        ("GET", "/?id=W%C3%B6rker+%22%5C"),
        ("GET", "/?id=a&id=b"),
    ] {
        let reply = client.ask(method, target, &[], b"");
        assert_eq!(reply.said(), (200, ""), "{target}");
    }
    for target in [
        "/",
        "/?",
        "/?id=",
        "/?ID=a",
        "/?id=a%0ab",
        "/?id=%ff",
        "/?id=%00",
        "/?id=%e2%80%a8",
    ] {
        let reply = client.get(target);
        assert_eq!(reply.said(), (400, "invalid data\n"), "{target}");
        assert_eq!(
            reply.header("content-type"),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
    let long = format!("/?id={}", "a".repeat(201));
    assert_eq!(client.get(&long).status, 400);
    assert_eq!(client.ask("HEAD", "/?id=worker", &[], b"").status, 405);
    assert_eq!(client.get("/other?id=worker").said(), (404, "not found\n"));

    // An id reaches what is opened to it, and no other watch of its name.
    let root = home.root();
    let show = |client: &mut crate::client::Client, rest: &str| {
        client
            .api(&root, "GET", &format!("watches/{rest}"), "")
            .json()["state"]
            .clone()
    };
    assert_eq!(client.get("/?id=safe").status, 200);
    assert_eq!(show(&mut client, "worker"), "up");
    assert_eq!(show(&mut client, "safe"), "new");
    assert_eq!(show(&mut client, "safe?namespace=heartbeat"), "up");
    // A fault is ended by it no further than that.
    for (name, state) in [("worker", "up"), ("safe", "fault")] {
        let rest = format!("watches/{name}/fault");
        let fault = client.api(&root, "POST", &rest, r#"{"reason":"why"}"#);
        assert_eq!(fault.status, 200, "{fault:?}");
        assert_eq!(show(&mut client, name), "fault");
        assert_eq!(client.get(&format!("/?id={name}")).status, 200);
        assert_eq!(show(&mut client, name), state, "{name}");
    }
}

fn strict() {
    let home = Home::new("[heartbeat]\nstrict = true\n[watch.worker]\nopen_to = [\"heartbeat\"]");
    let server = home.start();
    let mut client = server.client();
    assert_eq!(client.get("/?id=worker").status, 200);
    assert_eq!(client.get("/?id=other").said(), (404, "unknown id\n"));
}

fn no_page_of_another_site() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    for (status, headers) in [
        (200, &[("Sec-Fetch-Site", "none")][..]),
        (403, &[("Sec-Fetch-Site", "cross-site")]),
        (403, &[("Sec-Fetch-Site", "same-site")]),
        (403, &[("Origin", "http://evil.example")]),
        (403, &[("Origin", "null")]),
        (403, &[("Host", "evil.example")]),
        (200, &[("Host", "localhost:1")]),
    ] {
        let reply = client.ask("GET", "/?id=worker", headers, b"");
        assert_eq!(reply.status, status, "{headers:?}");
    }
}

fn pings() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let key = mint(&mut client, &home.root(), "dc", "kick fault status");
    assert_eq!(
        client.get(&format!("/ping/{key}/backup")).said(),
        (404, "not found")
    );
    let target = format!("/ping/{key}/backup?create=1&timeout=60&grace=5");
    let made = client.ask("POST", &target, &[], &[b'x'; 20_000]);
    assert_eq!(made.said(), (201, "Created"));
    assert_eq!(made.header("ping-body-limit"), Some("10000"));
    assert_eq!(made.header("access-control-allow-origin"), Some("*"));
    for method in ["GET", "HEAD", "POST"] {
        let reply = client.ask(method, &target, &[], b"");
        assert_eq!(reply.status, 200, "{method}");
        assert_eq!(reply.body, if method == "HEAD" { "" } else { "OK" });
    }
    let shown = client.api(&key, "GET", "watches/dc.backup", "").json();
    assert_eq!(
        (&shown["timeout_ms"], &shown["grace_ms"]),
        (&60_000.into(), &5_000.into())
    );
    let put = client.api(&key, "PUT", "watches/dc.other", r#"{"ping_url":true}"#);
    assert_eq!(put.status, 201, "{put:?}");
    let uuid = put.json()["ping_uuid"].as_str().unwrap().to_owned();
    for (target, said) in [
        (format!("/ping/{uuid}"), (200, "OK")),
        (format!("/ping/{uuid}/"), (200, "OK")),
        (format!("/ping/{uuid}/255"), (200, "OK")),
        (format!("/ping/{uuid}/256"), (400, "invalid url format")),
        (format!("/ping/{key}/Backup"), (400, "invalid url format")),
        (
            format!("/ping/{key}/backup?rid=1"),
            (400, "invalid uuid format"),
        ),
        (
            "/ping/00000000-0000-4000-8000-000000000000".into(),
            (404, "not found"),
        ),
        (
            format!("/ping/{}/backup", "0".repeat(64)),
            (404, "not found"),
        ),
    ] {
        assert_eq!(client.get(&target).said(), said, "{target}");
    }
    assert_eq!(client.ask("PUT", &target, &[], b"").status, 405);
    // The uuid is the same after a kill.
    server.kill();
    let server = home.start();
    let mut client = server.client();
    assert_eq!(client.get(&format!("/ping/{uuid}")).said(), (200, "OK"));
}

fn jobs() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let key = mint(&mut client, &home.root(), "dc", "kick fault status");
    let state = |client: &mut crate::client::Client| {
        let shown = client.api(&key, "GET", "watches/dc.job", "").json();
        (shown["state"].clone(), shown["reason"].clone())
    };
    for (signal, seen) in [
        ("/start?create=1", ("new", "")),
        ("/log", ("new", "")),
        ("/0", ("up", "")),
        ("/3", ("fault", "exit status 3")),
        ("/log", ("fault", "exit status 3")),
        ("", ("up", "")),
        ("/fail", ("fault", "reported a failure")),
    ] {
        let reply = client.get(&format!("/ping/{key}/job{signal}"));
        assert!(matches!(reply.status, 200 | 201), "{signal}: {reply:?}");
        assert_eq!(
            state(&mut client),
            (seen.0.into(), seen.1.into()),
            "{signal}"
        );
    }
    // A run that does not end is a failure: grace from its start.
    let target = format!("/ping/{key}/run/start?create=1&grace=1");
    assert_eq!(client.get(&target).status, 201);
    server.err.wait("down: dc.run: its run has not ended");
}

fn no_more_than_the_token_may() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let root = home.root();
    let [kick, fault] = ["kick", "fault"].map(|verb| mint(&mut client, &root, "dc", verb));
    let mut ask = |key: &str, signal: &str| client.get(&format!("/ping/{key}/job{signal}")).status;
    assert_eq!(ask(&kick, "?create=1"), 201);
    for signal in ["/fail", "/1", "/255"] {
        assert_eq!(ask(&kick, signal), 404, "{signal}");
    }
    assert_eq!(ask(&fault, "/3"), 200);
    for signal in ["", "/0", "/start", "/log"] {
        assert_eq!(ask(&fault, signal), 404, "{signal}");
    }
    let said = server.term();
    let told: Vec<_> = said.iter().filter(|line| line.contains("dc.job")).collect();
    assert_eq!(told, ["watchdog: down: dc.job: exit status 3"]);
}

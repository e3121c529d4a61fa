//! Services and their instances.

mod checks;
mod hostile;
mod watch;

use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::Value;

use super::plain;
use crate::client::Client;
use crate::home::Home;
use crate::lines::until;
use crate::proof::mint;
use crate::stream::Stream;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = plain(&[
        ("registry: as the guide has it", guide),
        ("registry: silence", silence),
        ("registry: drained, and again", drained),
        ("registry: one of several", one_of_several),
        ("registry: kill -9 keeps the instances", kill_keeps),
        ("registry: no page of another site", no_page_of_another_site),
        ("registry: for Prometheus", prometheus),
        ("registry: only where it is spoken", only_where_spoken),
        ("page: a browser is led to it", led_to_the_page),
    ]);
    trials.extend(checks::trials());
    trials.extend(hostile::trials());
    trials.extend(watch::trials());
    trials
}

/// A registration with some members more.
pub(super) fn body(name: &str, id: &str, more: &str) -> String {
    format!(r#"{{"id":"{id}","name":"{name}","address":"10.0.0.5","port":8080{more}}}"#)
}

pub(super) fn register(client: &mut Client, name: &str, id: &str, more: &str) -> Value {
    let body = body(name, id, more);
    let reply = client.ask("POST", "/register", &[], body.as_bytes());
    assert_eq!(reply.status, 201, "{body}: {reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/json"));
    reply.json()
}

/// The ids of those that are discovered.
pub(super) fn discovered(client: &mut Client, rest: &str) -> Vec<String> {
    let reply = client.get(&format!("/discover?name={rest}"));
    if reply.status == 404 {
        return Vec::new();
    }
    assert_eq!(reply.status, 200, "{reply:?}");
    let all = reply.json();
    let ids = all.as_array().expect("a list").iter();
    ids.map(|one| one["id"].as_str().expect("an id").to_owned())
        .collect()
}

fn guide() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let none = (404, "no instances found for service: api\n");
    assert_eq!(client.get("/discover?name=api").said(), none);
    let missing = (404, "service not found: api/1\n");
    for path in ["heartbeat", "deregister", "drain"] {
        let reply = client.ask("POST", &format!("/{path}?name=api&id=1"), &[], b"");
        assert_eq!(reply.said(), missing);
        assert_eq!(
            reply.header("content-type"),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
    let whole = r#","version":"1.0.0","tags":["a"],"metadata":{"zone":"b"}"#;
    let made = register(&mut client, "api", "1", whole);
    let keys: Vec<_> = made.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys.len(), 9, "{made}");
    assert_eq!(
        (&made["health"], &made["port"]),
        (&"healthy".into(), &8080.into())
    );
    let found = client.get("/discover?name=api").json();
    assert_eq!(found.as_array().unwrap().len(), 1);
    for name in [
        "id", "name", "address", "port", "version", "tags", "metadata", "health",
    ] {
        assert_eq!(found[0][name], made[name], "{name}");
    }
    // The guide's own lines, which name no method.
    for method in ["GET", "POST", "PUT"] {
        let reply = client.ask(method, "/heartbeat?name=api&id=1", &[], b"");
        assert_eq!(reply.said(), (200, ""));
    }
    register(&mut client, "api", "1", "");
    register(&mut client, "api", "2", "");
    register(&mut client, "apis", "3", "");
    assert_eq!(discovered(&mut client, "api"), ["1", "2"]);
    let reply = client.ask("DELETE", "/deregister?name=api&id=1", &[], b"");
    assert_eq!(reply.said(), (200, ""));
    assert_eq!(client.get("/deregister?name=api&id=1").said(), missing);
    assert_eq!(discovered(&mut client, "api"), ["2"]);
    assert_eq!(client.get("/register/").said(), (404, "not found\n"));
    assert_eq!(
        client
            .ask("HEAD", "/heartbeat?name=api&id=2", &[], b"")
            .status,
        405
    );
    // What comes and goes as it should is told to nobody.
    assert_eq!(server.term().len(), 3);
}

fn silence() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let times = r#","ttl":"2s","remove_after":"4s""#;
    register(&mut client, "api", "1", times);
    register(&mut client, "api", "2", "");
    let mut stream = Stream::open(server.address, "/watch?name=api", None);
    assert_eq!(stream.snapshot().1.len(), 2);
    let begun = Instant::now();
    assert_eq!(client.get("/heartbeat?name=api&id=1").status, 200);
    assert_eq!(stream.expect().said(), ("health_change", "1", "unhealthy"));
    let unhealthy = begun.elapsed();
    assert_eq!(discovered(&mut client, "api"), ["2"]);
    assert_eq!(stream.expect().said(), ("deregister", "1", "unhealthy"));
    let gone = begun.elapsed();
    for (found, due) in [(unhealthy, 2_000), (gone, 4_000)] {
        let due = Duration::from_millis(due);
        assert!(
            found + Duration::from_millis(5) >= due,
            "{found:?} is too early"
        );
        assert!(
            found < due + Duration::from_secs(1),
            "{found:?} is too late"
        );
    }
    assert_eq!(client.get("/heartbeat?name=api&id=1").status, 404);
    server
        .err
        .wait("down: registry/api/1: no kick has come in time");
    server.err.wait("up: registry/api/1: retired");

    // Who beats again is healthy again.
    register(&mut client, "api", "1", times);
    assert_eq!(stream.expect().said(), ("register", "1", "healthy"));
    assert_eq!(stream.expect().said(), ("health_change", "1", "unhealthy"));
    let none = (404, "no healthy instances found for service: lone\n");
    register(
        &mut client,
        "lone",
        "1",
        r#","ttl":"1s","remove_after":"1h""#,
    );
    until("it is unhealthy", || {
        client.get("/discover?name=lone").said() == none
    });
    assert_eq!(client.get("/heartbeat?name=lone&id=1").status, 200);
    assert_eq!(discovered(&mut client, "lone"), ["1"]);
}

fn drained() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    register(&mut client, "api", "1", "");
    let mut stream = Stream::open(server.address, "/watch?name=api", None);
    stream.snapshot();
    for _ in 0..2 {
        let reply = client.ask("POST", "/drain?name=api&id=1", &[], b"");
        assert_eq!(reply.said(), (200, ""));
    }
    let none = (404, "no healthy instances found for service: api\n");
    assert_eq!(client.get("/discover?name=api").said(), none);
    assert_eq!(client.get("/heartbeat?name=api&id=1").said(), (200, ""));
    assert_eq!(client.get("/discover?name=api").said(), none);
    // It is known after a kill, too.
    server.kill();
    let server = home.start();
    let mut client = server.client();
    assert_eq!(client.get("/discover?name=api").said(), none);
    register(&mut client, "api", "1", "");
    assert_eq!(discovered(&mut client, "api"), ["1"]);
    assert_eq!(stream.expect().said(), ("health_change", "1", "unknown"));
}

fn one_of_several() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    for name in ["api", "web"] {
        for id in ["1", "2", "3"] {
            register(&mut client, name, id, r#","weight":1"#);
        }
    }
    // Two services that are asked for by turns do not take each other's.
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.extend(discovered(&mut client, "api&strategy=round-robin"));
        assert_eq!(discovered(&mut client, "web&strategy=round-robin").len(), 1);
    }
    seen.sort_unstable();
    assert_eq!(seen, ["1", "2", "3"]);
    register(&mut client, "api", "2", r#","weight":0"#);
    register(&mut client, "api", "3", r#","weight":0"#);
    for _ in 0..20 {
        assert_eq!(discovered(&mut client, "api&strategy=random"), ["1"]);
    }
}

fn kill_keeps() {
    let home = Home::new("");
    let mut server = home.start();
    let whole = r#","version":"1.0","tags":["a","<b>"],"metadata":{"zone":"é"},"weight":7"#;
    let mut made = register(&mut server.client(), "api", "1", whole);
    for round in 0..3 {
        let id = format!("round{round}");
        register(&mut server.client(), "api", &id, "");
        server.client().get("/deregister?name=api&id=gone");
        register(&mut server.client(), "api", "gone", "");
        assert_eq!(
            server.client().get("/deregister?name=api&id=gone").status,
            200
        );
        server.kill();
        server = home.start();
        let mut all = server.client().get("/discover?name=api").json();
        let all = all.as_array_mut().unwrap();
        assert_eq!(all.len(), 2 + round);
        // Two clocks, both in whole milliseconds.
        for one in [&mut all[0], &mut made] {
            one["last_seen"].take();
        }
        assert_eq!(all[0], made);
    }
}

fn no_page_of_another_site() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    register(&mut client, "api", "1", "");
    for path in [
        "register",
        "deregister",
        "discover",
        "heartbeat",
        "drain",
        "watch",
    ] {
        for headers in [
            &[("Sec-Fetch-Site", "cross-site")][..],
            &[("Origin", "http://evil.example")],
            &[("Host", "evil.example")],
        ] {
            let reply = client.ask("GET", &format!("/{path}?name=api&id=1"), headers, b"");
            assert_eq!(reply.status, 403, "{path} {headers:?}");
        }
    }
    assert_eq!(discovered(&mut client, "api"), ["1"]);
}

fn prometheus() {
    let home = Home::new("[[listen]]\naddress = \"127.0.0.1:0\"");
    let server = home.start();
    let mut client = server.client();
    assert_eq!(client.get("/sd/prometheus").said(), (200, "[]\n"));
    register(&mut client, "api", "1", "");
    register(&mut client, "web", "1", "");
    let all = client.get("/sd/prometheus");
    assert_eq!(all.header("content-type"), Some("application/json"));
    assert_eq!(all.json().as_array().unwrap().len(), 2);
    let one = client.get("/sd/prometheus?name=web").json();
    assert_eq!(one[0]["targets"][0], "10.0.0.5:8080");
    assert_eq!(one[0]["labels"]["__meta_watchdog_service"], "web");
    assert_eq!(client.get("/sd/prometheus?name=none").said(), (200, "[]\n"));
    assert_eq!(client.get("/sd/prometheus?name=%00").status, 400);
    assert_eq!(client.ask("POST", "/sd/prometheus", &[], b"").status, 405);

    // Where others can ask, only for who may see everything.
    let mut command = std::process::Command::new(crate::home::binary());
    home.configure("[[listen]]\naddress = \"0.0.0.0:0\"\nopen = true");
    let words = home
        .words()
        .into_iter()
        .map(|word| word.replace("127.0.0.1:0", "0.0.0.0:0"));
    command.args(words);
    let root = home.root();
    drop(server);
    let server = home.start_by(command);
    let mut client = Client::new(([127, 0, 0, 1], server.address.port()).into());
    let known = mint(&mut client, &root, "dc", "status");
    for (status, token) in [(401, ""), (403, "0"), (403, &known), (200, &*root)] {
        let value = format!("Bearer {token:0<64}");
        let headers = [("Authorization", &*value)];
        let headers = if token.is_empty() { &[][..] } else { &headers };
        let reply = client.ask("GET", "/sd/prometheus", headers, b"");
        assert_eq!(reply.status, status, "{reply:?}");
    }
}

fn only_where_spoken() {
    let home = Home::new("[[listen]]\naddress = \"127.0.0.1:0\"\ndialects = [\"api\"]");
    let server = home.start();
    let reply = server
        .client()
        .ask("POST", "/register", &[], body("api", "1", "").as_bytes());
    assert_eq!(reply.said(), (404, "not found\n"));
    drop(server);
    home.configure("[[listen]]\naddress = \"0.0.0.0:0\"\ndialects = [\"registry\"]");
    let output = crate::home::run(["check-config", &home.text("watchdog.toml")]);
    let said = crate::home::refused(&output);
    assert!(said.contains("open = true"), "{said}");
}

fn led_to_the_page() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let browser = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    for (target, headers, status) in [
        ("/", &browser[..], 303),
        ("/?x=1", &browser, 303),
        ("/?id=worker", &browser, 200),
        ("/?id=", &browser, 400),
        ("/", &[], 400),
        ("/", &[("Accept", "*/*")], 400),
    ] {
        let reply = client.ask("GET", target, headers, b"");
        assert_eq!(reply.status, status, "{target}");
        let place = (status == 303).then_some("ui/");
        assert_eq!(reply.header("location"), place);
    }
    assert_eq!(client.ask("POST", "/", &browser, b"").status, 400);
    drop(server);
    home.configure("[[listen]]\naddress = \"127.0.0.1:0\"\ndialects = [\"heartbeat\"]");
    let server = home.start();
    assert_eq!(server.client().ask("GET", "/", &browser, b"").status, 400);
}

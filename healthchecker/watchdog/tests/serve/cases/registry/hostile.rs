//! Who sends what nobody should.

use std::thread;

use libtest_mimic::Trial;

use super::super::plain;
use super::{body, discovered, register};
use crate::client::Client;
use crate::home::Home;

pub(super) fn trials() -> Vec<Trial> {
    plain(&[
        ("registry: bodies that are none", bodies),
        ("registry: names that end something elsewhere", names),
        ("registry: long lists", long_lists),
        ("registry: so many instances and no more", so_many),
        ("registry: two who register race one who removes", races),
    ])
}

fn bodies() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let deep = "[".repeat(60_000).into_bytes();
    let long = vec![b' '; 1_000_000];
    let more = vec![b'{'; 64 * 1024 + 1];
    for (status, sent) in [
        (413, &*long),
        (413, &more),
        (400, &deep),
        (400, b"\0"),
        (400, b"{\"id\":\"\xff\"}"),
        (400, b"{}"),
        (400, b"[1"),
        (400, body("api", "1\\u0000", "").as_bytes()),
        (400, body("api", "1", ",\"port\":0").as_bytes()),
        (400, body("api", "1", ",\"port\":65536").as_bytes()),
        (400, body("api", "1", ",\"port\":-1").as_bytes()),
        (400, body("api", "1", ",\"port\":1.5").as_bytes()),
        (400, body("api", "1", ",\"port\":\"80\"").as_bytes()),
        (201, body("api", "1", ",\"port\":1").as_bytes()),
        (
            201,
            body("api", "2", ",\"address\":\"2001:db8::1\"").as_bytes(),
        ),
    ] {
        let reply = client.ask("POST", "/register", &[], sent);
        assert_eq!(reply.status, status, "{reply:?}");
        if status != 201 {
            assert_eq!(reply.body.matches('\n').count(), 1, "{reply:?}");
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        }
    }
    // A body that no other request has is not looked at.
    let reply = client.ask("POST", "/heartbeat?name=api&id=1", &[], &deep);
    assert_eq!(reply.said(), (200, ""));
    assert_eq!(discovered(&mut client, "api"), ["1", "2"]);
}

fn names() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let odd = "<script>\\\"'&/../\u{202e}é";
    let written = odd.replace('\\', "\\\\").replace('"', "\\\"");
    register(&mut client, &written, &written, "");
    let encode = |text: &str| {
        let bytes = text.bytes().map(|byte| format!("%{byte:02x}"));
        bytes.collect::<String>()
    };
    let name = encode(odd);
    let reply = client.get(&format!("/discover?name={name}"));
    assert_eq!(reply.json()[0]["name"], odd);
    assert!(!reply.body.contains(['<', '>', '&']), "{}", reply.body);
    let beat = client.get(&format!("/heartbeat?name={name}&id={name}"));
    assert_eq!(beat.said(), (200, ""));
    let reply = client.get(&format!("/heartbeat?name={name}&id=x"));
    assert_eq!(reply.status, 404);
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert!(client.get("/metrics").body.ends_with('\n'));
}

fn so_many() {
    const MOST: usize = 10_000;
    const THREADS: usize = 16;
    let home = Home::new("");
    let server = home.start();
    let address = server.address;
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            thread::spawn(move || {
                let mut client = Client::new(address);
                let mut made = 0;
                for number in 0..MOST / THREADS + 10 {
                    let body = body("api", &format!("{thread}.{number}"), "");
                    let reply = client.ask("POST", "/register", &[], body.as_bytes());
                    match reply.said() {
                        (201, _) => made += 1,
                        (429, "too many instances, or too much is said of them\n") => {}
                        _ => panic!("{reply:?}"),
                    }
                }
                made
            })
        })
        .collect();
    let made: usize = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .sum();
    assert_eq!(made, MOST);
    let mut client = server.client();
    assert_eq!(discovered(&mut client, "api").len(), MOST);
    register(&mut client, "api", "0.0", "");
    // Others have room of their own.
    assert_eq!(client.get("/?id=worker").status, 200);
    assert_eq!(client.get("/deregister?name=api&id=0.0").status, 200);
    register(&mut client, "api", "another", "");
}

fn races() {
    let home = Home::new("");
    let server = home.start();
    let address = server.address;
    let threads: Vec<_> = (0..3)
        .map(|thread| {
            thread::spawn(move || {
                let mut client = Client::new(address);
                for round in 0..200 {
                    if thread == 0 {
                        let reply = client.get("/deregister?name=api&id=1");
                        assert!(matches!(reply.status, 200 | 404), "{reply:?}");
                    } else {
                        let version = format!(r#","version":"{thread}.{round}""#);
                        register(&mut client, "api", "1", &version);
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("nobody is refused");
    }
    let mut client = server.client();
    register(&mut client, "api", "1", "");
    assert_eq!(discovered(&mut client, "api"), ["1"]);
    server.kill();
    let server = home.start();
    assert_eq!(discovered(&mut server.client(), "api"), ["1"]);
}

/// A list that is sent in pieces is whole, and what nobody reads takes no room.
fn long_lists() {
    const MOST: usize = 700;
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let filler = format!(r#","version":"{}""#, "x".repeat(1_000));
    for number in 0..MOST {
        register(&mut client, "api", &number.to_string(), &filler);
    }
    let reply = client.get("/discover?name=api");
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert!(reply.body.ends_with("}]\n") && reply.body.starts_with("[{"));
    let ids = |all: &[serde_json::Value]| {
        let mut ids: Vec<_> = all.iter().map(|one| one["id"].to_string()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    };
    assert_eq!(ids(reply.json().as_array().unwrap()), MOST);
    let reply = client.get("/sd/prometheus");
    let all = reply.json();
    let all = all.as_array().unwrap().iter();
    let all = all.map(|one| one["labels"]["__meta_watchdog_id"].to_string());
    let all: std::collections::BTreeSet<_> = all.collect();
    assert_eq!(all.len(), MOST);
    let reply = client.get("/discover?name=api&strategy=round-robin");
    assert_eq!(reply.json().as_array().unwrap().len(), 1);
    assert_eq!(
        client.ask("HEAD", "/discover?name=api", &[], b"").status,
        200
    );
    assert_eq!(client.get("/health/live").status, 200);
}

//! The page, as far as no browser is needed: `scripts/e2e/watchdog/page` has one.

use std::io::{BufRead, BufReader, Read, Write};

use libtest_mimic::Trial;

use super::plain;
use crate::client::connect;
use crate::home::Home;
use crate::lines::until;
use crate::proof::mint;

pub(crate) fn trials() -> Vec<Trial> {
    plain(&[
        ("page: watches, and one with its past", pages),
        ("page: a change is sent when it is on disk", live),
        ("page: a server that ends lets go of who looks", ending),
        ("page: elsewhere a token shows its own", elsewhere),
        ("page: odd requests", odd),
    ])
}

fn pages() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let page = client.get("/ui/");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Nothing is watched yet"), "{page:?}");
    let token = mint(&mut client, &home.root(), "dc", "kick fault");
    for (verb, body) in [
        ("kick", r#"{"body":"began </pre><b>"}"#),
        ("fault", r#"{"reason":"no <space>"}"#),
        ("kick", "{}"),
    ] {
        let reply = client.api(&token, "POST", &format!("watches/dc.a/{verb}"), body);
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    let page = client.get("/ui/watch/named/dc.a");
    assert_eq!(page.status, 200);
    for text in [
        "began &lt;/pre&gt;&lt;b&gt;",
        "no &lt;space&gt;",
        "fault → <span class=\"state\">up</span>",
        "new → <span class=\"state\">up</span>",
        "watches/dc.a/kick",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    for secret in [&token, &home.root()] {
        assert!(!page.body.contains(&**secret));
    }
    // Fifty events are on a page.
    for number in 0..60 {
        let body = format!(r#"{{"body":"number {number}."}}"#);
        client.api(&token, "POST", "watches/dc.a/kick", &body);
    }
    let page = client.get("/ui/watch/named/dc.a").body;
    assert!(
        page.contains("number 59.") && page.contains("number 10.") && !page.contains("number 9.")
    );
    let (_, rest) = page.split_once("href=\"?before=").expect("older ones");
    let (before, _) = rest.split_once('"').unwrap();
    let page = client
        .get(&format!("/ui/watch/named/dc.a?before={before}"))
        .body;
    assert!(page.contains("number 9.") && !page.contains("number 10."));
    assert!(page.contains("no &lt;space&gt;") && page.contains(">The latest</a>"));
    // After a restart it is all there, and the server says for how long it was away.
    server.kill();
    let server = home.start();
    let mut client = server.client();
    assert!(
        client
            .get("/ui/watch/named/dc.a")
            .body
            .contains("number 59.")
    );
}

fn live() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let token = mint(&mut client, &home.root(), "dc", "kick fault");
    client.api(&token, "POST", "watches/dc.a/kick", "");
    let page = client.get("/ui/").body;
    let after = page
        .split_once("data-after=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    let mut stream = connect(server.address);
    let request = format!(
        "GET /ui/events?after={after} HTTP/1.1\r\nHost: {}\r\n\r\n",
        server.address
    );
    stream.write_all(request.as_bytes()).unwrap();
    let fault = client.api(&token, "POST", "watches/dc.a/fault", r#"{"reason":"why"}"#);
    assert_eq!(fault.status, 200);
    let lines = BufReader::new(stream).lines().map(Result::unwrap);
    let mut rows = lines.filter(|line| line.starts_with("data: <tr"));
    let row = rows.next().expect("a row");
    assert!(
        row.contains(">fault<") && row.contains("<bdi>why</bdi>"),
        "{row}"
    );
}

fn ending() {
    let home = Home::new("");
    let server = home.start();
    let mut streams = Vec::new();
    for _ in 0..8 {
        let mut stream = connect(server.address);
        let request = format!(
            "GET /ui/events HTTP/1.1\r\nHost: {}\r\n\r\n",
            server.address
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut begin = [0; 15];
        stream.read_exact(&mut begin).unwrap();
        assert_eq!(&begin, b"HTTP/1.1 200 OK");
        streams.push(stream);
    }
    let said = server.term();
    assert!(
        !said.iter().any(|line| line.contains("cut off")),
        "{said:#?}"
    );
    for mut stream in streams {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        assert!(rest.ends_with(b"0\r\n\r\n"), "it ends as it should");
    }
}

fn elsewhere() {
    let home =
        Home::new("[[listen]]\naddress = \"0.0.0.0:0\"\ndialects = [\"api\", \"ui\", \"gwd\"]");
    let mut command = std::process::Command::new(crate::home::binary());
    let words = home.words();
    // Where the configuration says.
    command.args(
        words
            .iter()
            .filter(|word| !matches!(&***word, "--listen" | "127.0.0.1:0")),
    );
    let server = home.start_by(command);
    let mut client = crate::client::Client::new(([127, 0, 0, 1], server.address.port()).into());
    let token = mint(&mut client, &home.root(), "dc", "kick status");
    client.api(&token, "POST", "watches/dc.a/kick", "");
    client.api(&home.root(), "POST", "watches/other/kick", "");
    assert_eq!(client.get("/ui/").status, 401);
    let bearer = format!("Bearer {token}");
    let page = client.ask("GET", "/ui/", &[("Authorization", &bearer)], b"");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("dc.a") && !page.body.contains("other"));
}

fn odd() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let name = "%3Cb%3E%2f..%2F%3F%23%25%E2%80%AE";
    assert_eq!(client.get(&format!("/?id={name}")).status, 200);
    let page = client.get("/ui/").body;
    assert!(
        page.contains("href=\"watch/heartbeat/%3Cb%3E%2F..%2F%3F%23%25%E2%80%AE\""),
        "{page}"
    );
    assert!(
        page.contains("&lt;b&gt;/../?#%\\u{202e}") && !page.contains("<b>/"),
        "{page}"
    );
    for (status, target) in [
        (200, format!("/ui/watch/heartbeat/{name}")),
        (404, "/ui/watch/heartbeat/%2e%2e".into()),
        (404, "/ui/../metrics".into()),
        (400, format!("/ui/?q={}", "a".repeat(4_000))),
        (400, "/ui/?sort=%00".into()),
        (200, format!("/ui/?{}=1", "x".repeat(4_000))),
    ] {
        assert_eq!(client.get(&target).status, status, "{target}");
    }
    // What is longer than a head may be never comes so far.
    let long = format!("/ui/?q={}", "a".repeat(1_000_000));
    if let Ok(reply) = client.try_ask("GET", &long, &[], b"") {
        assert!(matches!(reply.status, 414 | 431), "{}", reply.status);
    }
    until("it goes on", || {
        client
            .try_ask("HEAD", "/ui/", &[], b"")
            .is_ok_and(|reply| reply.status == 200)
    });
}

//! Tokens, monitors, and that all of it is kept.

use libtest_mimic::Trial;

use super::{go, good};
use crate::cases::plain;
use crate::home::Home;
use crate::proof::{hmac, mint};

const ALL: &str = "kick fault status retire clear auth monitor signed";

pub(super) fn trials() -> Vec<Trial> {
    plain(&[
        (
            "gwd: tokens, monitors, retire and clear",
            tokens_and_monitors,
        ),
        ("gwd: all of it outlives a kill", all_of_it_outlives_a_kill),
    ])
}

fn tokens_and_monitors() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let token = mint(&mut client, &home.root(), "dc", ALL);
    let all = hmac(&token, "dc");
    let mut ask = |target: String| go(&mut client, &server, &target);

    let narrow = ask(format!(
        "/auth/dc.server1?hmac={}",
        hmac(&token, "dc.server1")
    ));
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    assert!(narrow.body.len() == 64 && narrow.body.bytes().all(is_digit));
    good(&narrow, &narrow.body);
    let narrow = narrow.body;
    // By whole labels.
    for (name, status) in [
        ("dc.server1", 200),
        ("dc.server1.disk", 200),
        ("dc.server10", 403),
        ("dc", 403),
    ] {
        let reply = ask(format!("/kick/{name}?hmac={}", hmac(&narrow, name)));
        assert_eq!(reply.status, status, "{name}");
    }
    let url = "https%3A%2F%2Fhooks.slack.com%2Fservices%2FT%2FB%2Fx";
    let monitor = ask(format!("/monitor/1/dc?hmac={all}&args={url}"));
    assert!(monitor.body.len() == 32 && monitor.body.bytes().all(is_digit));
    for (path, status) in [
        (format!("/monitor/2/dc?hmac={all}&args={url}"), 400),
        (
            format!("/monitor/1/dc?hmac={all}&args=https://evil.example/"),
            400,
        ),
        ("/delmonitor/00000000000000000000000000000000".into(), 404),
        (format!("/delmonitor/{}", monitor.body.to_uppercase()), 404),
        (format!("/delmonitor/{}", monitor.body), 200),
        (format!("/delmonitor/{}", monitor.body), 404),
        (format!("/clear/dc?hmac={all}"), 200),
        (
            format!("/retire/dc.server1?hmac={}", hmac(&token, "dc.server1")),
            200,
        ),
    ] {
        assert_eq!(ask(path.clone()).status, status, "{path}");
    }
    good(&ask(format!("/status/dc?hmac={all}&header=0")), "");
}

fn all_of_it_outlives_a_kill() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let token = mint(&mut client, &home.root(), "dc", ALL);
    let all = hmac(&token, "dc");
    let mut ask = |target: String| {
        let reply = go(&mut client, &server, &target);
        assert_eq!(reply.status, 200, "{target}");
        reply.body
    };
    for (verb, name) in [
        ("kick", "dc.a"),
        ("fault", "dc.b"),
        ("kick", "dc.c"),
        ("retire", "dc.c"),
    ] {
        ask(format!(
            "/{verb}/{name}?reason=why&hmac={}",
            hmac(&token, name)
        ));
    }
    let minted = ask(format!("/auth/dc.a?hmac={}", hmac(&token, "dc.a")));
    let monitor = ask(format!(
        "/monitor/1/dc?hmac={all}&args=https://hooks.slack.com/x"
    ));
    let before = ask(format!("/status/dc?hmac={all}&header=0"));
    server.kill();

    let server = home.start();
    let mut client = server.client();
    let mut ask = |target: String| go(&mut client, &server, &target);
    let after = ask(format!("/status/dc?hmac={all}&header=0")).body;
    let shape = |text: &str| -> Vec<_> {
        let fields = text.lines().map(|line| line.split('\t'));
        fields
            .map(|mut line| {
                (
                    line.next().map(str::to_owned),
                    line.nth(1).map(str::to_owned),
                )
            })
            .collect()
    };
    assert_eq!(shape(&after), shape(&before));
    assert_eq!(after.lines().count(), 2);
    assert!(after.ends_with("\tFAULT:why\n"), "{after:?}");
    assert_eq!(
        ask(format!("/kick/dc.a?hmac={}", hmac(&minted, "dc.a"))).status,
        200
    );
    assert_eq!(ask(format!("/delmonitor/{monitor}")).status, 200);
    server.kill();
    let server = home.start();
    let mut client = server.client();
    let gone = go(&mut client, &server, &format!("/delmonitor/{monitor}"));
    assert_eq!(gone.said(), (404, "there is no monitor of this id"));
}

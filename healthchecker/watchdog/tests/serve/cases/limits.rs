//! How much of everything there is for one, and that it is not taken from the others.

use libtest_mimic::Trial;

use super::plain;
use crate::home::Home;
use crate::proof::{hmac, mint};

pub(crate) fn trials() -> Vec<Trial> {
    plain(&[
        ("limits: a thousand ids", a_thousand_ids),
        ("limits: failures of others", failures_of_others),
        ("limits: each token's own", each_tokens_own),
    ])
}

fn a_thousand_ids() {
    let home = Home::new("[watch.worker]\nopen_to = [\"heartbeat\"]");
    let server = home.start();
    let mut client = server.client();
    for number in 0..1_000 {
        assert_eq!(
            client.get(&format!("/?id=n{number}")).status,
            200,
            "{number}"
        );
    }
    for target in ["/?id=more", "/?id=and+more"] {
        assert_eq!(client.get(target).said(), (429, "too many ids\n"));
    }
    for target in ["/?id=n7", "/?id=worker"] {
        assert_eq!(client.get(target).said(), (200, ""), "{target}");
    }
    let key = mint(&mut client, &home.root(), "dc", "kick");
    assert_eq!(client.get(&format!("/ping/{key}/a?create=1")).status, 201);
    // So it is after a restart.
    server.kill();
    let server = home.start();
    let mut client = server.client();
    assert_eq!(client.get("/?id=more").status, 429);
    assert_eq!(client.get("/?id=worker").status, 200);
}

fn failures_of_others() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let root = home.root();
    let token = mint(&mut client, &root, "dc", "kick status");
    let wrong = "0".repeat(64);
    let targets = [
        format!("/kick/dc.a?hmac={wrong}"),
        format!("/ping/{wrong}/a"),
        format!("/delmonitor/{}", "0".repeat(32)),
    ];
    let mut refused = 0;
    for number in 0..240 {
        let reply = client.get(&targets[number % targets.len()]);
        match reply.status {
            429 => {
                refused += 1;
                let seconds: u64 = reply.header("retry-after").expect("when").parse().unwrap();
                assert!((1..=60).contains(&seconds), "{reply:?}");
            }
            status => assert!(matches!(status, 403 | 404), "{reply:?}"),
        }
    }
    // 100, and what time gives back.
    assert!((100..=140).contains(&refused), "{refused}");
    assert_eq!(client.api(&wrong, "GET", "watches", "").status, 429);
    // Whoever has a good one is not asked to wait, by no dialect.
    let kick = format!("/kick/dc.a?hmac={}", hmac(&token, "dc.a"));
    assert_eq!(client.get(&kick).said(), (200, ""));
    assert_eq!(client.get(&format!("/ping/{token}/a")).status, 200);
    assert_eq!(client.api(&token, "GET", "watches", "").status, 200);
    // Nor who needs none.
    assert_eq!(client.get("/?id=a").status, 200);
}

fn each_tokens_own() {
    let home = Home::new("[tokens]\nper_minute = 100");
    let server = home.start();
    let mut client = server.client();
    let root = home.root();
    let (one, other) = (
        mint(&mut client, &root, "a", "kick"),
        mint(&mut client, &root, "b", "kick"),
    );
    let kick = |client: &mut crate::client::Client, token: &str, name: &str| {
        client.get(&format!("/kick/{name}?hmac={}", hmac(token, name)))
    };
    let statuses: Vec<_> = (0..30)
        .map(|_| kick(&mut client, &one, "a").status)
        .collect();
    assert_eq!(statuses[..10], [200; 10]);
    assert!(
        statuses[10..]
            .iter()
            .filter(|status| **status == 429)
            .count()
            >= 15
    );
    let reply = client.get(&format!("/ping/{one}/x?create=1"));
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (429, Some("1"))
    );
    assert_eq!(kick(&mut client, &other, "b").status, 200);
}

//! What is refused: with one line that has no end, since clients print it as it is.

use libtest_mimic::Trial;

use super::go;
use crate::cases::plain;
use crate::home::Home;
use crate::proof::{hmac, mint};

pub(super) fn trials() -> Vec<Trial> {
    plain(&[("gwd: refusals are one line without an end", refusals)])
}

fn refusals() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let token = mint(&mut client, &home.root(), "dc", "kick fault status");
    let good = hmac(&token, "dc.a");
    let (upper, short) = (good.to_uppercase(), &good[..63]);
    let long = "a".repeat(201);
    let over = hmac(&token, &long);
    let cases = [
        (401, "/kick/dc.a".to_owned()),
        (401, "/kick/dc.a?hmac=".into()),
        (403, format!("/kick/dc.a?hmac={upper}")),
        (403, format!("/kick/dc.a?hmac={short}")),
        (403, format!("/kick/dc.a?hmac={good}0")),
        (403, format!("/kick/dc.b?hmac={good}")),
        // A hash is the same for every verb.
        (403, format!("/retire/dc.a?hmac={good}")),
        (403, format!("/auth/dc.a?hmac={good}")),
        (400, format!("/kick/{long}?hmac={over}")),
        (400, format!("/kick/dc.A?hmac={good}")),
        (400, format!("/kick/dc%2ea?hmac={good}")),
        (400, format!("/kick/dc-a?hmac={good}")),
        (400, format!("/kick/...?hmac={good}")),
        (400, format!("/kick/dc/a?hmac={good}")),
        (400, format!("/kick/?hmac={good}")),
        (404, "/kick".into()),
    ];
    for (status, target) in cases {
        let reply = go(&mut client, &server, &target);
        assert_eq!(reply.status, status, "{target}: {reply:?}");
        if status != 404 {
            assert!(
                !reply.body.is_empty() && !reply.body.contains('\n'),
                "{reply:?}"
            );
        }
    }
    for timeout in [
        "0",
        "-1",
        "+5",
        "1.5",
        "NaN",
        "inf",
        "1e3",
        "",
        "31622401",
        "18446744073709551616",
        "0x10",
        "5s",
    ] {
        let target = format!("/kick/dc.a?timeout={timeout}&hmac={good}");
        assert_eq!(go(&mut client, &server, &target).status, 400, "{timeout}");
    }
    let target = format!("/kick/dc.a?timeout=31622400&hmac={good}");
    assert_eq!(go(&mut client, &server, &target).status, 200);
}

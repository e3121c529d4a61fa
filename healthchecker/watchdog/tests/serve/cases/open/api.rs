//! The server's own API.

use libtest_mimic::Trial;

use crate::cases::plain;
use crate::home::Home;
use crate::proof::mint;

pub(super) fn trials() -> Vec<Trial> {
    plain(&[("api: what it does and refuses", api)])
}

fn api() {
    let home = Home::new("");
    let server = home.start();
    let mut client = server.client();
    let root = home.root();
    let document = client.get("/api/watchdog/v1/openapi.json");
    assert_eq!(
        (document.status, &document.json()["openapi"]),
        (200, &"3.1.0".into())
    );
    let put = client.api(&root, "PUT", "watches/dc.a", r#"{"timeout_ms":60000}"#);
    assert_eq!((put.status, &put.json()["state"]), (201, &"new".into()));
    for (status, method, rest, body) in [
        (200, "POST", "watches/dc.a/kick", ""),
        (200, "POST", "watches/dc.a/fault", r#"{"reason":"why"}"#),
        (200, "GET", "watches?prefix=dc&state=fault", ""),
        (200, "POST", "clear", r#"{"prefix":"dc"}"#),
        (200, "POST", "pause", r#"{"prefix":"dc"}"#),
        (200, "POST", "resume", r#"{"prefix":"dc"}"#),
        (400, "POST", "pause", r#"{"prefix":"dc","all":true}"#),
        (400, "POST", "watches/dc.a/fault", "{"),
        (400, "GET", "watches?colour=red", ""),
        (404, "GET", "watches/dc.b", ""),
        (404, "GET", "nothing", ""),
        (405, "PATCH", "watches/dc.a", ""),
        (200, "DELETE", "watches/dc.a", ""),
        (404, "GET", "watches/dc.a", ""),
    ] {
        let reply = client.api(&root, method, rest, body);
        assert_eq!(reply.status, status, "{method} {rest}: {reply:?}");
        if status >= 400 {
            assert!(reply.json()["error"]["code"].is_string(), "{reply:?}");
        }
    }
    assert_eq!(client.get("/api/watchdog/v1/watches").status, 401);
    assert_eq!(
        client.api(&"0".repeat(64), "GET", "watches", "").status,
        403
    );
    // No token makes another that may do more.
    let small = mint(&mut client, &root, "dc", "kick auth");
    let more = client.api(
        &small,
        "POST",
        "tokens",
        r#"{"prefix":"dc","verbs":["retire"]}"#,
    );
    assert_eq!(more.status, 403, "{more:?}");
    let wider = client.api(
        &small,
        "POST",
        "tokens",
        r#"{"prefix":"d","verbs":["kick"]}"#,
    );
    assert_eq!(wider.status, 403, "{wider:?}");
    // A token that is revoked is of no use, after a kill neither.
    let minted = client
        .api(&root, "POST", "tokens", r#"{"prefix":"dc"}"#)
        .json();
    let token = minted["token"].as_str().unwrap();
    assert_eq!(
        client.api(token, "POST", "watches/dc.x/kick", "").status,
        200
    );
    let rest = format!("tokens/{}", minted["serial"]);
    assert_eq!(client.api(&root, "DELETE", &rest, "").status, 200);
    assert_eq!(
        client.api(token, "POST", "watches/dc.x/kick", "").status,
        403
    );
    server.kill();
    let server = home.start();
    let mut client = server.client();
    assert_eq!(
        client.api(token, "POST", "watches/dc.x/kick", "").status,
        403
    );
}

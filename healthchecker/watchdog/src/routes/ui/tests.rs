//! The page over HTTP: what there is, who may see it, and what is sent to whoever looks at it.

use std::convert::Infallible;

use http::Request;
use http_body_util::{BodyExt, Full};
use tower_service::Service;

use crate::routes::tests::{ask, root, routes};
use crate::routes::{Routes, Sent};

mod access;
mod live;

const ELSEWHERE: &str = "[[listen]]\naddress = \"0.0.0.0:1\"\ndialects = [\"api\", \"ui\"]\n";

async fn reply(
    routes: &Routes,
    method: &str,
    target: &str,
    pairs: &[(&str, &str)],
) -> http::Response<Sent> {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in pairs {
        request = request.header(*name, *value);
    }
    let body = Full::new(bytes::Bytes::new()).map_err(|never: Infallible| match never {});
    let body: http_body_util::combinators::BoxBody<bytes::Bytes, Infallible> = body.boxed();
    routes
        .clone()
        .call(request.body(body).unwrap())
        .await
        .unwrap()
}

async fn change(routes: &Routes, name: &str, verb: &str, body: &str) {
    let request = Request::post(format!("/api/watchdog/v1/watches/{name}/{verb}"))
        .header("authorization", root())
        .header("content-type", "application/json");
    let body = Full::new(bytes::Bytes::from(body.to_owned()));
    let answer = routes.clone().call(request.body(body).unwrap()).await;
    assert_eq!(answer.unwrap().status(), 200, "{name} {verb}");
}

fn bearer(routes: &Routes, prefix: &str, verbs: &str) -> String {
    let wish = crate::tokens::Wish {
        prefix,
        verbs: crate::tokens::Verbs::parse(verbs).unwrap(),
        expires: crate::watches::NEVER,
        note: "",
    };
    let minted = routes
        .house
        .owner
        .read(|desk, now| desk.tokens.mint(&wish, now.wall).unwrap());
    minted.secret.text()
}

#[tokio::test]
async fn pages_and_what_is_none() {
    let routes = routes();
    change(&routes, "dc.a", "kick", "").await;
    for (status, method, target) in [
        (200, "GET", "/ui/"),
        (200, "HEAD", "/ui/"),
        (
            200,
            "GET",
            "/ui/?view=tree&state=down,late&q=a&prefix=dc&utm=1",
        ),
        (200, "GET", "/ui/watch/named/dc.a"),
        (200, "GET", "/ui/watch/named/dc%2ea?before=7"),
        (200, "HEAD", "/ui/events"),
        (303, "GET", "/ui"),
        (400, "GET", "/ui/?sort=best"),
        (400, "GET", "/ui/events?state=dead"),
        (400, "GET", "/ui/watch/named/dc.a?before=-1"),
        (404, "GET", "/ui/watch/named/dc.b"),
        (404, "GET", "/ui/watch/heartbeat/dc.a"),
        (404, "GET", "/ui/watch/named/%ff"),
        (404, "GET", "/ui/watch/"),
        (404, "GET", "/ui/other"),
        (404, "GET", "/ui//"),
        (404, "GET", "/ui/events?watch=named/DC"),
        (405, "POST", "/ui/"),
        (405, "DELETE", "/ui/watch/named/dc.a"),
        (404, "GET", "/uix"),
    ] {
        let answer = reply(&routes, method, target, &[]).await;
        assert_eq!(answer.status(), status, "{method} {target}");
        let headers = answer.headers();
        if matches!(status, 200 | 400 | 404) && !target.contains("events") && target != "/uix" {
            assert_eq!(headers["content-type"], "text/html; charset=utf-8");
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(headers["referrer-policy"], "no-referrer");
            assert_eq!(headers["cache-control"], "no-store");
            let policy = headers["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none';"), "{policy}");
        }
    }
    let (_, page) = ask(&routes, "GET", "/ui/", &[("host", "dog:1")]).await;
    assert!(page.contains("<bdi>dc.a</bdi>"), "{page}");
    let odd = [("host", "dog\"<b>:1")];
    let (_, page) = ask(&routes, "GET", "/ui/watch/named/dc.a", &odd).await;
    assert!(page.contains("http://127.0.0.1:8500/api"), "{page}");
}

#[tokio::test]
async fn a_browser_at_the_root_is_led_to_the_page() {
    let routes = routes();
    let html = [("accept", "text/html,*/*")];
    let answer = reply(&routes, "GET", "/", &html).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "ui/");
    // A heartbeat is one, whoever sends it.
    assert_eq!(ask(&routes, "GET", "/?id=a", &html).await.0, 200);
    assert_eq!(ask(&routes, "GET", "/", &[]).await.0, 400);
}

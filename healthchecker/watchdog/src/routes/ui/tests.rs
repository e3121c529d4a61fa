//! Who may see the page, and what is sent to whoever looks at it.

use std::convert::Infallible;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::body::Body;
use tokio::time::timeout;
use tower_service::Service;

use crate::routes::tests::{ask, master, root, routes, routes_with};
use crate::routes::{Routes, Sent};
use crate::watches::{Event, Key, Namespace, State};

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

/// What the store's thread tells, which is none here.
fn tell(routes: &Routes, id: u64, name: &str) {
    routes.house.feed.tell(&[Event {
        id,
        key: Key::new(Namespace::Named, name).unwrap(),
        at: 0,
        episode: 1,
        from: State::Up,
        to: State::Fault,
        reason: Box::default(),
        body: Box::default(),
        is_told: true,
        instance: None,
    }]);
}

/// The next event that is no piece of the head: what it is, and its data.
async fn next(body: &mut Sent, wanted: &str) -> String {
    let find = async {
        loop {
            let frame = body.frame().await.expect("it goes on").unwrap();
            let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
            let mut events = text.split("\n\n").filter(|event| event.contains(wanted));
            if let Some(event) = events.next() {
                return event.to_owned();
            }
        }
    };
    timeout(Duration::from_secs(20), find)
        .await
        .unwrap_or_else(|_| panic!("{wanted} never comes"))
}

async fn ends(mut body: Sent) {
    let rest = async { while body.frame().await.is_some() {} };
    let ended = timeout(Duration::from_secs(20), rest).await;
    ended.expect("it ends");
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

#[tokio::test]
async fn on_this_machine_whoever_asks_by_a_known_name_may_look() {
    let routes = routes();
    for (status, pairs) in [
        (200, &[("host", "localhost:8500")][..]),
        (403, &[("host", "evil.example")]),
        (
            403,
            &[("host", "127.0.0.1"), ("sec-fetch-site", "cross-site")],
        ),
        // A link in a chat, which a person has followed.
        (
            200,
            &[
                ("host", "127.0.0.1"),
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
                ("referer", "https://chat.example/"),
            ],
        ),
        (
            403,
            &[
                ("host", "evil.example"),
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
            ],
        ),
        (
            403,
            &[
                ("host", "127.0.0.1"),
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "iframe"),
            ],
        ),
    ] {
        for target in ["/ui/", "/ui/events"] {
            let answer = reply(&routes, "GET", target, pairs).await;
            assert_eq!(answer.status(), status, "{target} {pairs:?}");
        }
    }
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
async fn elsewhere_a_token_is_asked_for_and_shows_its_own() {
    let routes = routes_with(ELSEWHERE);
    for name in ["dc.a", "dc.a.b", "dc.ab", "other"] {
        change(&routes, name, "kick", "").await;
    }
    let answer = reply(&routes, "GET", "/ui/", &[]).await;
    assert_eq!(answer.status(), 401);
    let challenges: Vec<_> = answer
        .headers()
        .get_all("www-authenticate")
        .iter()
        .collect();
    assert_eq!(
        challenges,
        ["Basic realm=\"watchdog\", charset=\"UTF-8\"", "Bearer"]
    );
    let own = bearer(&routes, "dc.a", "status");
    let basic = format!("Basic {}", STANDARD.encode(format!("anybody:{own}")));
    for authorization in [format!("Bearer {own}"), basic] {
        let pairs = [("authorization", &*authorization)];
        for query in ["", "?prefix=d", "?prefix=dc.a", "?view=tree", "?sort=name"] {
            let (status, page) = ask(&routes, "GET", &format!("/ui/{query}"), &pairs).await;
            assert_eq!(status, 200);
            assert!(
                page.contains("id=\"w1\"") && page.contains("id=\"w2\""),
                "{query}"
            );
            assert!(
                !page.contains("dc.ab") && !page.contains("other"),
                "{query}"
            );
            assert!(
                page.contains("<span class=\"state\">all</span> <b>2</b>"),
                "{query}"
            );
        }
        let (_, page) = ask(&routes, "GET", "/ui/?prefix=dc.ab", &pairs).await;
        assert!(!page.contains("id=\"w"), "{page}");
        for (status, target) in [
            (200, "/ui/watch/named/dc.a.b"),
            (404, "/ui/watch/named/dc.ab"),
            (404, "/ui/events?watch=named/other"),
        ] {
            let answer = reply(&routes, "GET", target, &pairs).await;
            assert_eq!(answer.status(), status, "{target}");
        }
    }
    let kicks = format!("Bearer {}", bearer(&routes, "dc.a", "kick"));
    assert_eq!(
        ask(&routes, "GET", "/ui/", &[("authorization", &*kicks)])
            .await
            .0,
        403
    );
    let wrong = format!("Bearer {}", master().derive(99, "").text());
    for authorization in [&*wrong, "Basic !", "Basic", "Digest x"] {
        let pairs = [("authorization", authorization)];
        assert_eq!(
            ask(&routes, "GET", "/ui/", &pairs).await.0,
            401,
            "{authorization}"
        );
    }
    let mut refused = 0;
    while ask(&routes, "GET", "/ui/", &[("authorization", "Basic !")])
        .await
        .0
        == 401
    {
        refused += 1;
        assert!(refused < 1_000, "it never ends");
    }
    // A good one is not refused for them.
    let pairs = [("authorization", &*format!("Bearer {own}"))];
    assert_eq!(ask(&routes, "GET", "/ui/", &pairs).await.0, 200);
}

#[tokio::test]
async fn what_has_changed_is_sent() {
    let routes = routes();
    change(&routes, "dc.a", "kick", "").await;
    let answer = reply(&routes, "GET", "/ui/events?q=dc&after=0", &[]).await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut body = answer.into_body();
    change(&routes, "dc.a", "fault", r#"{"reason": "why"}"#).await;
    tell(&routes, 1, "dc.a");
    let row = next(&mut body, "<tr").await;
    assert!(
        row.starts_with("event: piece\nid: 1\ndata: <tr id=\"w1\" class=\"down\""),
        "{row}"
    );
    assert!(row.contains("<bdi>why</bdi>"));
    // One that is there no more, and one that another has taken the place of.
    tell(&routes, 77, "dc.gone");
    assert_eq!(
        next(&mut body, "event: gone").await,
        "event: gone\nid: 2\ndata: 77"
    );
    // What is not asked for is none of its rows.
    change(&routes, "other", "kick", "").await;
    tell(&routes, 2, "other");
    assert_eq!(
        next(&mut body, "event: gone").await,
        "event: gone\nid: 3\ndata: 2"
    );
    // A kick alone is told, too.
    change(&routes, "dc.b", "kick", "").await;
    let kicks = next(&mut body, "event: kicks").await;
    assert!(kicks.contains("[3,\""), "{kicks}");
    // Another reason is no event.
    change(&routes, "dc.a", "fault", r#"{"reason": "worse"}"#).await;
    assert!(next(&mut body, "<tr").await.contains("<bdi>worse</bdi>"));
    routes.house.feed.close();
    ends(body).await;
}

#[tokio::test]
async fn a_storm_is_not_sent_row_by_row() {
    let routes = routes();
    let answer = reply(&routes, "GET", "/ui/events?after=0", &[]).await;
    let mut body = answer.into_body();
    for number in 0..5_000 {
        tell(&routes, number, &format!("dc.{number}"));
    }
    assert!(next(&mut body, "event: resync").await.ends_with("data: 0"));
    ends(body).await;
    // The page is of another process, or of too long ago.
    for after in [0, 4_000, u64::MAX] {
        let target = format!("/ui/events?after={after}");
        let mut body = reply(&routes, "GET", &target, &[]).await.into_body();
        if after == u64::MAX {
            tell(&routes, 1, "dc.1");
            continue;
        }
        next(&mut body, "event: resync").await;
    }
    // Its own word counts, not the link's.
    let pairs = [("last-event-id", "3")];
    let target = format!("/ui/events?after={}", routes.house.feed.last());
    let mut body = reply(&routes, "GET", &target, &pairs).await.into_body();
    next(&mut body, "event: resync").await;
}

#[tokio::test]
async fn a_token_that_is_revoked_hears_nothing_more() {
    let routes = routes_with(ELSEWHERE);
    let own = bearer(&routes, "dc", "status");
    let pairs = [("authorization", &*format!("Bearer {own}"))];
    let answer = reply(&routes, "GET", "/ui/events", &pairs).await;
    assert_eq!(answer.status(), 200);
    routes.house.owner.read(|desk, now| {
        let serial = desk.tokens.rows().next().unwrap().serial;
        desk.tokens.revoke(serial, now.wall).unwrap();
    });
    ends(answer.into_body()).await;
}

#[tokio::test]
async fn so_many_listen_and_no_more_and_slow_ones_cost_little() {
    let routes = routes();
    let mut all = Vec::new();
    for _ in 0..super::STREAMS {
        let answer = reply(&routes, "GET", "/ui/events?after=0", &[]).await;
        assert_eq!(answer.status(), 200);
        all.push(answer.into_body());
    }
    let answer = reply(&routes, "GET", "/ui/events", &[]).await;
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "10");
    // Nobody reads: what happens waits in the feed and nowhere else.
    for number in 0..100 {
        tell(&routes, number, "dc.a");
    }
    assert!(all.iter().all(|body| !body.is_end_stream()));
    all.pop();
    let free = async {
        while reply(&routes, "HEAD", "/ui/events", &[]).await.status() != 200 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), free)
        .await
        .expect("a place");
}

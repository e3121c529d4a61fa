//! Who may see the page, and how much of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{ELSEWHERE, bearer, change, reply};
use crate::routes::tests::{ask, master, routes, routes_with};

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

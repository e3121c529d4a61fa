//! What is sent to whoever looks at the page.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Body;
use tokio::time::timeout;

use super::super::STREAMS;
use super::{ELSEWHERE, bearer, change, reply};
use crate::routes::tests::{routes, routes_with};
use crate::routes::{Routes, Sent};
use crate::watches::{Event, Key, Namespace, State};

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
    for _ in 0..STREAMS {
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

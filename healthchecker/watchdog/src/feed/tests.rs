use super::*;
use crate::watches::{Key, Namespace, State};

fn event(name: &str) -> Event {
    Event {
        id: 1,
        key: Key::new(Namespace::Named, name).unwrap(),
        at: 0,
        episode: 1,
        from: State::Up,
        to: State::Timeout,
        reason: Box::default(),
        body: Box::default(),
        is_told: true,
        instance: None,
    }
}

fn names(found: Option<Vec<(u64, Arc<Event>)>>) -> Option<Vec<(u64, String)>> {
    let named = |(number, event): (u64, Arc<Event>)| (number, event.key.name().to_owned());
    found.map(|found| found.into_iter().map(named).collect())
}

#[test]
fn a_gap_is_told_and_not_bridged() {
    let feed = Feed::new(10, 2);
    assert_eq!(feed.last(), 10);
    assert_eq!(names(feed.since(10)), Some(vec![]));
    assert_eq!(names(feed.since(9)), None);
    assert_eq!(names(feed.since(11)), None);
    feed.tell(&[event("a"), event("b"), event("c")]);
    assert_eq!(feed.last(), 13);
    assert_eq!(names(feed.since(10)), None);
    let both = vec![(12, "b".to_owned()), (13, "c".to_owned())];
    assert_eq!(names(feed.since(11)), Some(both));
    assert_eq!(names(feed.since(13)), Some(vec![]));
}

#[tokio::test]
async fn whoever_listens_hears_of_each_and_of_the_end() {
    let feed = Feed::new(0, 8);
    let mut early = feed.listen();
    feed.tell(&[event("a")]);
    assert!(early.after(0).await);
    feed.close();
    assert!(
        early.after(0).await,
        "what has happened is heard after the end, too"
    );
    assert!(!early.after(1).await);
    assert!(!feed.listen().after(1).await);
    feed.tell(&[event("b")]);
    assert_eq!(feed.last(), 2);
}

fn instance(service: &str, id: u64) -> Event {
    Event {
        id,
        key: Key::instance(service, "1").unwrap(),
        ..event("a")
    }
}

fn numbers(piece: Option<Piece>) -> Option<(Vec<u64>, u64)> {
    piece.map(|piece| {
        let numbers = piece.events.iter().map(|(number, _)| *number).collect();
        (numbers, piece.until)
    })
}

/// A service of another group than `api`.
fn stranger() -> String {
    let mut names = (0..).map(|number| format!("other{number}"));
    names.find(|name| group(name) != group("api")).unwrap()
}

#[test]
fn what_has_gone_of_others_is_no_gap() {
    let feed = Feed::new(10, 2);
    let of = |after| numbers(feed.since_of("api", after, 9));
    assert_eq!(of(9), None, "what was before this process");
    assert_eq!(of(10), Some((vec![], 10)));
    assert_eq!(of(11), None, "what has not been yet");
    let other = stranger();
    feed.tell(&[instance("api", 1), event("a"), instance(&other, 1)]);
    assert_eq!(of(10), None);
    assert_eq!(of(11), Some((vec![], 13)));
    feed.tell(&[event("b"), event("c"), instance("api", 2), event("d")]);
    assert_eq!(of(11), Some((vec![16], 17)));
    assert_eq!(of(15), Some((vec![16], 17)));
    assert_eq!(of(16), Some((vec![], 17)));
    assert_eq!(feed.since(11), None);
}

#[test]
fn a_piece_says_where_to_go_on() {
    let feed = Feed::new(0, 100);
    let events: Vec<_> = (0..10).map(|id| instance("api", id)).collect();
    feed.tell(&events);
    feed.tell(&[event("a")]);
    let first = feed.since_of("api", 0, 4);
    assert_eq!(numbers(first), Some((vec![1, 2, 3, 4], 4)));
    let rest = feed.since_of("api", 4, 9);
    assert_eq!(numbers(rest), Some(((5..=10).collect(), 11)));
}

#[test]
fn of_a_storm_the_end_is_kept() {
    let feed = Feed::new(0, 4);
    feed.tell(&[instance("api", 0)]);
    let storm: Vec<_> = (1..=100_000).map(|id| instance("api", id)).collect();
    feed.tell(&storm);
    assert_eq!(feed.last(), 100_001);
    assert_eq!(feed.since(99_996).map(|found| found.len()), None);
    let found = feed.since(99_997).unwrap();
    let ids: Vec<_> = found
        .iter()
        .map(|(number, event)| (*number, event.id))
        .collect();
    assert_eq!(
        ids,
        [
            (99_998, 99_997),
            (99_999, 99_998),
            (100_000, 99_999),
            (100_001, 100_000)
        ]
    );
    assert_eq!(numbers(feed.since_of("api", 99_996, 9)), None);
    assert_eq!(
        numbers(feed.since_of("api", 99_997, 1)),
        Some((vec![99_998], 99_998))
    );
}

#[test]
fn what_nobody_knows_is_a_gap_for_all() {
    let feed = Feed::new(0, 8);
    feed.tell(&[instance("api", 1)]);
    feed.forget();
    assert_eq!(feed.last(), 2);
    assert_eq!(
        (feed.since(1), numbers(feed.since_of("api", 1, 9))),
        (None, None)
    );
    assert_eq!(numbers(feed.since_of("api", 2, 9)), Some((vec![], 2)));
}

#[tokio::test]
async fn whoever_follows_one_service_is_not_woken_for_another() {
    let feed = Feed::new(0, 8);
    let mut listening = feed.listen_to("api");
    feed.tell(&[event("a"), instance(&stranger(), 1)]);
    let mut waiting = Box::pin(listening.after(0));
    let woken = is_ready(&mut waiting).await;
    assert!(!woken, "woken for another");
    feed.tell(&[instance("api", 1)]);
    assert!(waiting.await);
    feed.forget();
    assert!(listening.after(3).await);
    feed.close();
    assert!(!listening.after(4).await);
}

/// Whether it is ready already.
async fn is_ready<F: Future + Unpin>(future: &mut F) -> bool {
    std::future::poll_fn(|cx| {
        std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(cx).is_ready())
    })
    .await
}

#[test]
fn a_feed_that_is_closed_is_known_to_be() {
    let feed = Feed::new(0, 10);
    assert!(!feed.is_closed());
    feed.tell(&[event("a")]);
    feed.forget();
    assert!(!feed.is_closed());
    feed.close();
    assert!(feed.is_closed());
}

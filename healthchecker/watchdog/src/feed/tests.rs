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

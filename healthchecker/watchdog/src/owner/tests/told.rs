//! What was done just as the store was lost.

use super::*;
use crate::outbox::{MONITORS, Step, Type};

fn fault(name: &str, id: u64) -> Command {
    Command::One {
        target: Target::Key(Key::new(Namespace::Named, name).unwrap()),
        fresh: Some(Fresh {
            id,
            uuid: None,
            kind: Kind::Kick,
            timeout: 60_000,
            grace: 0,
        }),
        deed: Deed::Fault {
            reason: "no space".into(),
            body: Box::default(),
        },
    }
}

#[tokio::test]
async fn what_a_lost_store_has_refused_is_told_once_when_it_is_back() {
    let house = house();
    let owner = house.owner.clone();
    let timers = tokio::spawn(async move { owner.keep_time(|| {}).await });
    house.kick("a", 60_000).await.unwrap().unwrap();
    house.disk.is_lost.store(true, Ordering::SeqCst);
    let refused = house.owner.write(|turn| {
        let id = turn.id();
        Ok::<_, ()>(turn.apply(fault("a", id)))
    });
    assert_eq!(refused.await, Err(Lost));
    assert_eq!(house.state("a"), Some(State::Fault));
    assert_eq!(house.downs(), 0);

    house.disk.is_lost.store(false, Ordering::SeqCst);
    house
        .until("its return", |house| !house.owner.is_lost())
        .await;
    // Whoever has been refused comes again: for the table it is the same episode.
    let again = house.owner.write(|turn| {
        let id = turn.id();
        Ok::<_, ()>(turn.apply(fault("a", id)))
    });
    assert_eq!(again.await, Ok(Ok(Outcome::Done(1))));
    house.kick("a", 60_000).await.unwrap().unwrap();
    let told = house.told.lock().unwrap();
    let told: Vec<_> = told.iter().map(|event| (event.from, event.to)).collect();
    assert_eq!(
        told,
        [
            (State::New, State::Up),
            (State::Up, State::Fault),
            (State::Fault, State::Up),
        ]
    );
    timers.abort();
}

#[tokio::test]
async fn whoever_tells_it_hears_at_once_that_the_store_is_back() {
    let sink = Sink {
        name: "ops".into(),
        prefix: Box::default(),
        namespaces: Namespace::ALL.into(),
        events: Type::ALL.into(),
        mark: [0; 32],
    };
    let house = house_of(Pace::default().queue, vec![sink]);
    let owner = house.owner.clone();
    let timers = tokio::spawn(async move { owner.keep_time(|| {}).await });
    house.kick("a", 60_000).await.unwrap().unwrap();
    house.disk.is_lost.store(true, Ordering::SeqCst);
    let refused = house.owner.write(|turn| {
        let id = turn.id();
        Ok::<_, ()>(turn.apply(fault("a", id)))
    });
    assert_eq!(refused.await, Err(Lost));
    let rung = house.owner.rung();
    let (step, _) = house.owner.next_delivery(MONITORS + 1);
    assert!(
        matches!(step, Step::Wait(_)),
        "before it is on disk: {step:?}"
    );

    house.disk.is_lost.store(false, Ordering::SeqCst);
    house
        .until("a ring", |house| house.owner.rung() > rung)
        .await;
    let (step, _) = house.owner.next_delivery(MONITORS + 1);
    assert!(matches!(step, Step::Send(_)), "{step:?}");
    timers.abort();
}

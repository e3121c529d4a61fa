//! A store that neither keeps nor refuses.

use super::*;

#[tokio::test]
async fn whoever_was_refused_while_the_store_hung_has_more_time() {
    let house = house_with(8);
    let owner = house.owner.clone();
    let timers = tokio::spawn(async move { owner.keep_time(|| {}).await });
    house.kick("a", 5_000).await.unwrap().unwrap();
    let (hung, hang) = std::sync::mpsc::channel();
    *house.disk.hang.lock().unwrap() = Some(hang);
    let begun = house.owner.now().mono;
    // These take all places.
    let others = async {
        tokio::join!(
            house.kick("b", 60_000),
            house.kick("c", 60_000),
            house.kick("d", 60_000),
            house.kick("e", 60_000)
        )
    };
    let (others, refused) = tokio::join!(others, house.kick("a", 5_000));
    assert_eq!(others, (Err(Lost), Err(Lost), Err(Lost), Err(Lost)));
    assert_eq!(refused, Err(Lost));
    let answered = house.owner.now().mono;
    assert!(answered - begun < 4_900, "clients wait 5 s");
    house
        .until("its deadline", |house| {
            house.owner.now().mono > begun + 5_500
        })
        .await;
    let back_at = house.owner.now().mono;
    drop(hung);
    assert_eq!(house.kick("z", 60_000).await, Ok(Ok(Outcome::Created)));
    assert_eq!(house.state("a"), Some(State::Up));
    // Who stays silent is told a timeout later, and an absence once.
    house.until("its end", |house| house.downs() > 0).await;
    assert!(house.owner.now().mono >= back_at + 5_000);
    assert_eq!(house.absences.load(Ordering::SeqCst), 1);
    timers.abort();
}

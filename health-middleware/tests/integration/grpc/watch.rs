//! Watch: the status at once, then each change, until the service drains.

use std::time::Duration;

use health_middleware::{Fault, Health};
use tokio::time::Instant;
use tonic_health::pb::health_check_response::ServingStatus;

use super::{Watch, fine};
use crate::support::{Act, Script, pass, settle};

use ServingStatus::{NotServing, ServiceUnknown, Serving};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn watch_tells_the_status_at_once_and_then_each_change_once() {
    let script = Script::new(Act::Healthy);
    let other = Script::new(Act::Healthy);
    let health = Health::builder()
        .check(script.check("database"))
        .check(other.check("other"))
        .build()
        .unwrap();
    let mut database = Watch::of(&health, "database").await;
    let mut readiness = Watch::of(&health, "").await;
    let mut liveness = Watch::of(&health, "liveness").await;
    assert_eq!(database.next().await, Some(NotServing));
    assert_eq!(readiness.next().await, Some(NotServing));
    assert_eq!(liveness.next().await, Some(Serving));

    settle().await;
    assert_eq!(database.next().await, Some(Serving));
    assert_eq!(readiness.next().await, Some(Serving));

    // Another component's change is not this one's.
    other.set(Act::Fail("down"));
    pass(SECOND * 60).await;
    assert_eq!(readiness.next().await, Some(NotServing));
    assert!(database.is_quiet());

    // Neither is a new cause, nor a change to degraded.
    script.set(Act::Degraded("half open"));
    pass(SECOND * 60).await;
    assert!(database.is_quiet());
    script.set(Act::Fail("down"));
    pass(SECOND * 60).await;
    assert_eq!(database.next().await, Some(NotServing));
    script.set(Act::Hang);
    pass(SECOND * 60).await;
    assert!(database.is_quiet());

    // Who did not look meanwhile is told how it ended.
    for act in [Act::Healthy, Act::Fail("down"), Act::Healthy] {
        script.set(act);
        pass(SECOND * 6).await;
    }
    assert_eq!(database.next().await, Some(Serving));
    assert!(database.is_quiet());
    assert!(liveness.is_quiet());
}

#[tokio::test(start_paused = true)]
async fn watch_of_a_forced_fault() {
    let health = Health::builder().check(fine("database")).build().unwrap();
    settle().await;
    let mut watch = Watch::of(&health, "database").await;
    assert_eq!(watch.next().await, Some(Serving));
    let fault = health.force("database", Fault::Down).unwrap();
    assert_eq!(watch.next().await, Some(NotServing));
    drop(fault);
    assert_eq!(watch.next().await, Some(Serving));
}

#[tokio::test(start_paused = true)]
async fn watch_of_an_unknown_name_stays_open() {
    let health = Health::builder().build().unwrap();
    let mut watch = Watch::of(&health, "nobody").await;
    assert_eq!(watch.next().await, Some(ServiceUnknown));
    health.maintenance(true);
    pass(SECOND * 3600).await;
    assert!(watch.is_quiet());
    health.drain();
    assert_eq!(watch.next().await, None);
}

/// Every task of the engine is dead, as after a panic in a shutdown.
#[test]
fn watch_sees_a_dead_engine_go_stale() {
    let runtime = |threads| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .enable_all()
            .build()
            .unwrap()
    };
    let engine = runtime(1);
    let health = engine.block_on(async {
        let check = fine("database").every(Duration::from_millis(10));
        let health = Health::builder()
            .check(check.timeout(Duration::from_millis(10)))
            .build()
            .unwrap();
        let mut subscription = health.subscribe();
        assert!(subscription.changed().await.unwrap().status().is_healthy());
        health
    });
    drop(engine);
    runtime(1).block_on(async {
        let mut watch = Watch::of(&health, "database").await;
        assert_eq!(watch.next().await, Some(Serving));
        assert_eq!(watch.next().await, Some(NotServing));
    });
}

#[tokio::test(start_paused = true)]
async fn a_drain_is_told_and_ends_every_stream() {
    let health = Health::builder().check(fine("database")).build().unwrap();
    settle().await;
    let mut readiness = Watch::of(&health, "readiness").await;
    let mut liveness = Watch::of(&health, "liveness").await;
    let mut database = Watch::of(&health, "database").await;
    assert_eq!(readiness.next().await, Some(Serving));
    assert_eq!(liveness.next().await, Some(Serving));
    let begun = Instant::now();
    health.drain();
    assert_eq!(readiness.next().await, Some(NotServing));
    assert_eq!(readiness.next().await, None);
    // A drain must not have anything restarted.
    assert_eq!(liveness.next().await, None);
    assert_eq!(database.next().await, Some(Serving));
    assert_eq!(database.next().await, None);
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_begins_in_a_drain_lasts_a_second() {
    let health = Health::builder().build().unwrap();
    health.drain();
    for (service, status) in [
        ("", NotServing),
        ("liveness", Serving),
        ("nobody", ServiceUnknown),
    ] {
        let begun = Instant::now();
        let mut watch = Watch::of(&health, service).await;
        assert_eq!(watch.next().await, Some(status));
        assert_eq!(begun.elapsed(), Duration::ZERO);
        assert_eq!(watch.next().await, None);
        assert!((SECOND..SECOND * 2).contains(&begun.elapsed()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_the_engine() {
    let health = Health::builder().build().unwrap();
    let mut watch = Watch::of(&health, "").await;
    assert_eq!(watch.next().await, Some(Serving));
    drop(health);
    assert_eq!(watch.next().await, None);
}

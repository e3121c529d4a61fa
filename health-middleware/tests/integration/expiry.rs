//! What is too old is not believed, by whoever reads it.

use std::time::Duration;

use crate::support::{
    Act, Script, codes, eventually_blocking, get, jump, pass, settle, with_database,
};
use health_middleware::{BoxError, Cause, Check, Health};
use tokio::time::advance;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn results_that_keep_coming_never_go_stale() {
    let (_, health) = with_database(Act::Take(SECOND * 9 / 10));
    pass(SECOND * 2).await;
    let mut subscription = health.subscribe();
    for _ in 0..600 {
        pass(SECOND).await;
        assert!(health.report().status().is_healthy());
    }
    // Fresh times are no change of state.
    assert!(crate::support::poll_once(subscription.changed()).is_pending());
}

/// A runtime whose tasks are all dead, as after a panic in a shutdown.
#[test]
fn every_reader_of_a_dead_engine_sees_stale() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (health, subscription) = runtime.block_on(async {
        let check = Check::from_fn("database", || async { Ok::<_, BoxError>(()) })
            .every(Duration::from_millis(10))
            .timeout(Duration::from_millis(10));
        let health = Health::builder().check(check).build().unwrap();
        let mut subscription = health.subscribe();
        assert!(subscription.changed().await.unwrap().status().is_healthy());
        (health, subscription)
    });
    drop(runtime);

    // A reader of the state alone, and the whole way of a probe, and one who
    // waits: each on its own, before the others have looked.
    let other = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut subscription = subscription;
    let report = other.block_on(async {
        tokio::time::timeout(Duration::from_secs(30), subscription.changed())
            .await
            .expect("who waits is told by the clock")
            .unwrap()
    });
    assert_eq!(
        report.component("database").unwrap().cause(),
        Some(Cause::Stale)
    );
    assert_eq!(
        health.report().component("database").unwrap().cause(),
        Some(Cause::Stale)
    );
    let answer = other.block_on(get(&health, "/health"));
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["components"]["database"]["message"], "stale");
    assert_eq!(other.block_on(codes(&health)), [503, 200, 503, 200]);
}

#[test]
fn a_probe_of_a_dead_engine_sees_stale_by_itself() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let health = runtime.block_on(async {
        let check = Check::from_fn("database", || async { Ok::<_, BoxError>(()) })
            .every(Duration::from_millis(10))
            .timeout(Duration::from_millis(10));
        let health = Health::builder().check(check).build().unwrap();
        health.subscribe().changed().await.unwrap();
        health
    });
    drop(runtime);
    let probe = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    assert_eq!(probe.block_on(get(&health, "/health")).status, 200);
    eventually_blocking("a probe to see stale", || {
        probe.block_on(get(&health, "/health")).status == 503
    });
}

#[tokio::test(start_paused = true)]
async fn a_component_that_nothing_is_heard_of_goes_stale_alone() {
    let long = Script::new(Act::Healthy);
    let short = Script::new(Act::Healthy);
    let health = Health::builder()
        .check(long.check("long").every(SECOND * 60))
        .check(short.check("short"))
        .build()
        .unwrap();
    settle().await;
    jump(SECOND * 20);
    let report = health.report();
    assert_eq!(
        report.component("short").unwrap().cause(),
        Some(Cause::Stale)
    );
    assert_eq!(report.component("long").unwrap().cause(), None);
    pass(SECOND).await;
    assert!(
        health.report().status().is_healthy(),
        "the next run decides"
    );
}

/// A suspension: the clock goes on, nothing runs, and nobody looks.
#[tokio::test(start_paused = true)]
async fn what_has_expired_unseen_counts_for_no_threshold() {
    let script = Script::new(Act::Healthy);
    let health = Health::builder()
        .check(script.check("database").failures(3).successes(3))
        .build()
        .unwrap();
    settle().await;
    assert!(health.report().status().is_healthy());
    let cause = || health.report().component("database").unwrap().cause();

    script.set(Act::Fail("died meanwhile"));
    jump(SECOND * 3600);
    settle().await;
    assert_eq!(script.runs(), 2);
    assert_eq!(cause(), Some(Cause::Failed), "a success of an hour ago");

    script.set(Act::Healthy);
    jump(SECOND * 3600);
    settle().await;
    assert_eq!(script.runs(), 3);
    assert_eq!(cause(), None, "a failure of an hour ago");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_the_clock_has_jumped_past_is_late() {
    let script = Script::new(Act::Take(SECOND / 10));
    let check = script.check("database").timeout(SECOND).failures(3);
    let health = Health::builder().check(check).build().unwrap();
    settle().await;
    assert_eq!(script.runs(), 1);
    advance(SECOND * 3600).await;
    settle().await;
    let report = health.report();
    let database = report.component("database").unwrap();
    assert_eq!(database.cause(), Some(Cause::TimedOut));
}

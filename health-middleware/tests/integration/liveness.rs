//! Heartbeats and the runtime-stall check.

use std::sync::mpsc;
use std::time::{Duration, SystemTime};

use health_middleware::{Cause, Health, RuntimeStall, Status, heartbeat};
use tokio::time::advance;

use crate::support::{Act, Script, codes, eventually_blocking, get, jump, pass, settle};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_heartbeat_is_alive_for_its_first_life_counted_from_build() {
    let (worker, beat) = heartbeat("worker", SECOND * 30);
    pass(SECOND * 100).await;
    let health = Health::builder().liveness(worker).build().unwrap();
    pass(SECOND * 29).await;
    assert_eq!(codes(&health).await, [200; 4]);
    pass(SECOND * 2).await;
    assert_eq!(codes(&health).await, [503, 503, 503, 200]);
    let answer = get(&health, "/health/live").await;
    assert_eq!(
        answer.json()["components"]["worker"]["message"],
        "heartbeat missed"
    );

    beat.beat();
    assert_eq!(codes(&health).await, [200; 4], "a beat counts at once");
}

#[tokio::test(start_paused = true)]
async fn beats_keep_a_heart_alive() {
    let (worker, beat) = heartbeat("worker", SECOND * 3);
    let health = Health::builder().liveness(worker).build().unwrap();
    for _ in 0..20 {
        advance(SECOND * 2).await;
        beat.beat();
        assert!(health.report().live().is_healthy());
    }
    drop(beat);
    advance(SECOND * 4).await;
    let report = health.report();
    assert_eq!(
        report.component("worker").unwrap().cause(),
        Some(Cause::HeartbeatMissed)
    );
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_that_is_no_matter_of_life_leaves_liveness_alone() {
    let (consumer, _beat) = heartbeat("consumer", SECOND);
    let health = Health::builder().check(consumer).build().unwrap();
    pass(SECOND * 2).await;
    assert_eq!(codes(&health).await, [503, 200, 503, 200]);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_ends_as_planned_is_missed_by_nobody() {
    let (worker, beat) = heartbeat("worker", SECOND * 3);
    let health = Health::builder().liveness(worker).build().unwrap();
    let other = beat.clone();
    advance(SECOND * 2).await;
    beat.finish();
    let ended = SystemTime::now();
    pass(SECOND * 3600).await;
    assert_eq!(codes(&health).await, [200; 4]);
    let report = health.report();
    let worker = report.component("worker").unwrap();
    // Its last beat stays where it was, by a clock that is not paused.
    let last = worker.timestamp().unwrap();
    assert!(last < ended - SECOND * 3000, "{last:?}");
    other.beat();
    pass(SECOND * 2).await;
    assert!(
        health
            .report()
            .component("worker")
            .unwrap()
            .timestamp()
            .unwrap()
            < ended - SECOND * 3000
    );
    drop(other);
    pass(SECOND * 4).await;
    assert_eq!(codes(&health).await, [200; 4]);
}

#[tokio::test(start_paused = true)]
async fn the_planned_end_of_a_worker_that_was_missed_counts_at_once() {
    let (worker, beat) = heartbeat("worker", SECOND * 3);
    let health = Health::builder().liveness(worker).build().unwrap();
    let mut changes = health.subscribe();
    assert!(changes.changed().await.unwrap().live().is_unhealthy());
    beat.finish();
    assert!(health.report().live().is_healthy());
    assert!(changes.changed().await.unwrap().live().is_healthy());
}

#[tokio::test(start_paused = true)]
async fn a_worker_may_have_ended_before_the_service_is_built() {
    let (worker, beat) = heartbeat("worker", SECOND * 3);
    beat.finish();
    let health = Health::builder().liveness(worker).build().unwrap();
    pass(SECOND * 60).await;
    assert_eq!(codes(&health).await, [200; 4]);
}

#[tokio::test(start_paused = true)]
async fn an_optional_heartbeat_that_is_missed_only_degrades() {
    let (mailer, beat) = heartbeat("mailer", SECOND * 3);
    let (feed, _feed) = heartbeat("feed", SECOND * 3);
    let health = Health::builder()
        .check(mailer.optional())
        .readiness(feed.optional())
        .build()
        .unwrap();
    assert_eq!(
        get(&health, "/health/ready").await.json()["status"],
        "healthy"
    );
    pass(SECOND * 4).await;
    assert_eq!(codes(&health).await, [200; 4]);
    let report = health.report();
    assert_eq!([report.status(), report.ready()], [Status::Degraded; 2]);
    let mailer = report.component("mailer").unwrap();
    assert_eq!(mailer.cause(), Some(Cause::HeartbeatMissed));
    assert!(mailer.is_optional());
    beat.beat();
    assert!(health.report().status().is_healthy());
    assert_eq!(health.report().ready(), Status::Degraded);
}

#[tokio::test(start_paused = true)]
async fn a_dependency_never_reaches_liveness() {
    let (worker, beat) = heartbeat("worker", SECOND * 30);
    let script = Script::new(Act::Fail("gone"));
    let health = Health::builder()
        .liveness(worker)
        .check(script.check("database"))
        .build()
        .unwrap();
    settle().await;
    for act in [Act::Fail("gone"), Act::Hang, Act::Panic("on purpose")] {
        script.set(act);
        for _ in 0..10 {
            pass(SECOND * 2).await;
            beat.beat();
            assert_eq!(codes(&health).await, [503, 200, 503, 200]);
        }
    }
    let answer = get(&health, "/health/live").await.json();
    assert!(answer["components"].get("database").is_none());
}

/// Jumps of the clock, as a suspended or throttled machine sees them.
#[tokio::test(start_paused = true)]
async fn one_late_wake_is_forgiven_and_two_in_a_row_are_not() {
    let health = Health::builder()
        .liveness(RuntimeStall::new())
        .build()
        .unwrap();
    pass(SECOND * 5).await;
    assert!(health.report().live().is_healthy());

    advance(SECOND * 3).await;
    settle().await;
    assert!(health.report().live().is_healthy(), "one late wake");
    pass(SECOND).await;
    assert!(health.report().live().is_healthy());

    for _ in 0..2 {
        advance(SECOND * 3).await;
        settle().await;
    }
    let report = health.report();
    assert_eq!(
        report.component("runtime").unwrap().cause(),
        Some(Cause::Stalled)
    );
    assert_eq!(get(&health, "/health/live").await.status, 503);

    pass(SECOND).await;
    assert!(health.report().live().is_healthy(), "woken in time again");
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_wakes_before_the_timer_forgives_a_suspension() {
    let health = Health::builder()
        .liveness(RuntimeStall::new())
        .build()
        .unwrap();
    pass(SECOND * 5).await;
    jump(SECOND * 3600);
    assert!(health.report().live().is_healthy());
}

#[tokio::test(start_paused = true)]
async fn every_suspension_is_forgiven_anew() {
    let health = Health::builder()
        .liveness(RuntimeStall::new())
        .build()
        .unwrap();
    for _ in 0..3 {
        pass(SECOND * 5).await;
        jump(SECOND * 3600);
        assert!(health.report().live().is_healthy());
        settle().await;
        assert!(health.report().live().is_healthy());
    }
}

#[tokio::test(start_paused = true)]
async fn beats_are_published_within_about_a_second() {
    let (worker, beat) = heartbeat("worker", SECOND * 30);
    let health = Health::builder().liveness(worker).build().unwrap();
    settle().await;
    for _ in 0..5 {
        let before = health.report();
        beat.beat();
        pass(SECOND * 2).await;
        let fresh = health.report();
        assert!(!std::sync::Arc::ptr_eq(&before, &fresh), "the same report");
    }
}

/// The executor is blocked for good: only another thread can tell.
#[test]
fn a_blocked_executor_is_seen_from_another_thread() {
    let (built, receive) = mpsc::channel();
    let (release, held) = mpsc::channel::<()>();
    let service = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let stall = RuntimeStall::new().tolerance(Duration::from_millis(50));
            let health = Health::builder().liveness(stall).build().unwrap();
            built.send(health).unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
            // The mistake that this check is for.
            held.recv().unwrap();
            eventually_inside().await;
        });
    });
    let health = receive.recv().unwrap();
    eventually_blocking("the stall to be seen", || {
        health.report().live().is_unhealthy()
    });
    release.send(()).unwrap();
    eventually_blocking("the end of the stall to be seen", || {
        health.report().live().is_healthy()
    });
    drop(health);
    service.join().unwrap();
}

/// Keeps a runtime turning for a while.
async fn eventually_inside() {
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

//! Forced faults, and maintenance.

use std::time::Duration;

use health_middleware::{Cause, Fault, ForceErrorKind, Health, heartbeat};

use crate::support::{Act, Script, codes, get, pass, settle, with_database};

const SECOND: Duration = Duration::from_secs(1);

async fn forced() -> (Health, Script) {
    let (script, health) = with_database(Act::Healthy);
    settle().await;
    assert!(health.report().status().is_healthy());
    (health, script)
}

fn cause(health: &Health) -> Option<Cause> {
    health.report().component("database").unwrap().cause()
}

#[tokio::test(start_paused = true)]
async fn down_counts_at_once_and_until_the_guard_is_dropped() {
    let (health, _) = forced().await;
    let fault = health.force("database", Fault::Down).unwrap();
    assert_eq!(cause(&health), Some(Cause::Forced));
    assert_eq!(codes(&health).await, [503, 200, 503, 200]);
    pass(SECOND * 20).await;
    assert_eq!(cause(&health), Some(Cause::Forced), "runs go on beneath it");
    drop(fault);
    assert_eq!(cause(&health), None);
}

#[tokio::test(start_paused = true)]
async fn hang_times_out() {
    let (health, _) = forced().await;
    let fault = health.force("database", Fault::Hang).unwrap();
    pass(SECOND * 2).await;
    assert_eq!(cause(&health), Some(Cause::TimedOut));
    drop(fault);
    settle().await;
    assert_eq!(cause(&health), None, "lifting it begins a run at once");
}

#[tokio::test(start_paused = true)]
async fn panic_panics() {
    let (health, _) = forced().await;
    let fault = health.force("database", Fault::Panic).unwrap();
    settle().await;
    assert_eq!(cause(&health), Some(Cause::Panicked));
    drop(fault);
    settle().await;
    assert_eq!(cause(&health), None);
}

#[tokio::test(start_paused = true)]
async fn slow_is_slow_and_too_slow_times_out() {
    let (health, _) = forced().await;
    let slow = health.force("database", Fault::Slow(SECOND / 2)).unwrap();
    pass(SECOND).await;
    assert_eq!(cause(&health), None);
    let slower = health.force("database", Fault::Slow(SECOND * 5)).unwrap();
    pass(SECOND * 2).await;
    assert_eq!(cause(&health), Some(Cause::TimedOut), "the latest counts");
    drop(slower);
    pass(SECOND).await;
    assert_eq!(cause(&health), None);
    drop(slow);
}

#[tokio::test(start_paused = true)]
async fn faults_keep_one_run_at_a_time() {
    let (health, script) = forced().await;
    script.set(Act::Take(SECOND / 2));
    for _ in 0..20 {
        drop(health.force("database", Fault::Slow(SECOND / 10)).unwrap());
        pass(SECOND / 5).await;
    }
    assert_eq!(
        script
            .most_at_once
            .load(std::sync::atomic::Ordering::SeqCst),
        1
    );
}

/// What such a run would find is of a state of things that is over.
#[tokio::test(start_paused = true)]
async fn a_force_or_lift_during_a_run_begins_another_at_once() {
    let (health, script) = forced().await;
    let fault = health.force("database", Fault::Hang).unwrap();
    settle().await;
    drop(fault);
    script.set(Act::Fail("gone"));
    settle().await;
    assert_eq!(cause(&health), Some(Cause::Failed), "lifted");

    script.set(Act::Hang);
    for _ in 0..60 {
        if script.running() == 0 {
            pass(SECOND / 10).await;
        }
    }
    assert_eq!(script.running(), 1, "a run is under way");
    let fault = health.force("database", Fault::Panic).unwrap();
    settle().await;
    assert_eq!(script.running(), 0);
    assert_eq!(cause(&health), Some(Cause::Panicked), "forced");
    drop(fault);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_forced_is_refused_by_name() {
    let (worker, _beat) = heartbeat("worker", SECOND);
    let health = Health::builder().liveness(worker).build().unwrap();
    let error = health.force("database", Fault::Down).unwrap_err();
    assert_eq!(error.kind(), ForceErrorKind::UnknownComponent);
    assert_eq!(error.to_string(), "no component is named \"database\"");
    let error = health.force("worker", Fault::Hang).unwrap_err();
    assert_eq!(error.kind(), ForceErrorKind::NotApplicable);
    let _fault = health.force("worker", Fault::Down).unwrap();
    assert!(health.report().live().is_unhealthy());
}

#[tokio::test(start_paused = true)]
async fn a_guard_may_outlive_its_engine() {
    let (health, _) = forced().await;
    let fault = health.force("database", Fault::Hang).unwrap();
    drop(health);
    drop(fault);
}

#[tokio::test(start_paused = true)]
async fn maintenance_turns_readiness_alone_and_back() {
    let (health, _) = forced().await;
    health.maintenance(true);
    assert_eq!(codes(&health).await, [200, 200, 503, 200]);
    assert_eq!(
        get(&health, "/health/ready").await.json()["message"],
        "maintenance"
    );
    assert!(health.report().is_in_maintenance());
    health.maintenance(true);
    health.maintenance(false);
    assert_eq!(codes(&health).await, [200; 4]);
}

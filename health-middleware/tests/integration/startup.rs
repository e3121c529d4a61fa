//! Start-up: until every check has run and every guard is done, then for good.

use std::time::Duration;

use health_middleware::{BuildErrorKind, Health, StartupGuard};

use crate::support::{Act, Script, codes, get, pass, settle, with_database};

#[tokio::test(start_paused = true)]
async fn start_up_waits_for_every_first_run_and_every_guard() {
    let script = Script::new(Act::Healthy);
    let late = Script::new(Act::Healthy);
    let (migrations, warming) = (
        StartupGuard::new("migrations"),
        StartupGuard::new("warming"),
    );
    let health = Health::builder()
        .check(script.check("database"))
        .check(late.check("late").initial_delay(Duration::from_secs(1)))
        .startup(&migrations)
        .startup(&warming)
        .build()
        .unwrap();
    settle().await;
    let answer = get(&health, "/health/startup").await;
    assert_eq!(answer.status, 503);
    let body = answer.json();
    assert_eq!(body["message"], "starting");
    assert_eq!(body["components"]["late"]["message"], "not run yet");
    assert_eq!(body["components"]["migrations"]["message"], "starting");
    assert_eq!(body["components"]["warming"]["status"], "unhealthy");
    assert!(body["components"].get("database").is_none());

    migrations.done();
    let body = get(&health, "/health/startup").await.json();
    assert!(body["components"].get("migrations").is_none());
    pass(Duration::from_secs(2)).await;
    assert_eq!(codes(&health).await, [200, 200, 503, 503]);
    assert_eq!(
        get(&health, "/health/ready").await.json()["message"],
        "starting"
    );
    warming.done();
    assert_eq!(codes(&health).await, [200; 4], "it counts at once");
}

#[tokio::test(start_paused = true)]
async fn a_failing_dependency_does_not_hold_start_up_and_it_stays_complete() {
    let (_, health) = with_database(Act::Fail("down at boot"));
    assert_eq!(codes(&health).await, [503, 200, 503, 503]);
    settle().await;
    assert_eq!(codes(&health).await, [503, 200, 503, 200]);
    let report = health.report();
    assert!(report.startup().is_healthy());
    let body = get(&health, "/health/startup").await.json();
    assert_eq!(body["components"], serde_json::json!({}));
}

#[tokio::test(start_paused = true)]
async fn guards_done_before_build_or_held_for_two() {
    let guard = StartupGuard::new("early");
    let builder = Health::builder().startup(&guard);
    guard.done();
    assert!(builder.build().unwrap().report().startup().is_healthy());

    let guard = StartupGuard::new("early");
    let builder = Health::builder().startup(&guard);
    drop(guard);
    let health = builder.build().unwrap();
    assert_eq!(codes(&health).await, [200, 200, 503, 503]);

    let guard = StartupGuard::new("shared");
    let one = Health::builder().startup(&guard).build().unwrap();
    let other = Health::builder().startup(&guard).build().unwrap();
    assert!(one.report().startup().is_unhealthy());
    guard.done();
    assert!(one.report().startup().is_healthy());
    assert!(other.report().startup().is_healthy());
}

#[tokio::test(start_paused = true)]
async fn a_guard_has_a_name_of_its_own() {
    let script = Script::new(Act::Healthy);
    let guard = StartupGuard::new("database");
    let error = Health::builder()
        .check(script.check("database"))
        .startup(&guard)
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), BuildErrorKind::DuplicateName);
}

/// A migration that returned an error, and one that panicked.
#[tokio::test(start_paused = true)]
async fn a_guard_that_is_dropped_before_it_is_done_stays_not_ready_for_good() {
    for panics in [false, true] {
        let guard = StartupGuard::new("migrations");
        let health = Health::builder()
            .check(Script::new(Act::Healthy).check("database"))
            .startup(&guard)
            .build()
            .unwrap();
        let migration = tokio::spawn(async move {
            let _guard = guard;
            assert!(!panics, "on purpose");
            Err::<(), _>("no such table")
        });
        assert_eq!(migration.await.is_err(), panics);
        settle().await;
        assert_eq!(codes(&health).await, [200, 200, 503, 503]);
        for path in ["/health/startup", "/health/ready"] {
            let body = get(&health, path).await.json();
            assert_eq!(body["message"], "start-up failed", "{path}");
        }
        let body = get(&health, "/health/startup").await.json();
        assert_eq!(
            body["components"],
            serde_json::json!({"migrations": {"status": "unhealthy", "message": "start-up failed"}})
        );
        pass(Duration::from_secs(3600)).await;
        assert_eq!(codes(&health).await, [200, 200, 503, 503]);
    }
}

//! What counts for readiness alone, wherever it can be seen.

use std::time::Duration;

use health_middleware::{Fault, Health, heartbeat};

use crate::support::{Act, Script, codes, get, pass, settle};

const SECOND: Duration = Duration::from_secs(1);

/// A file of its own, a database that others share, and a worker.
fn parts(database: &Script) -> (Health, health_middleware::Heartbeat) {
    let (worker, beat) = heartbeat("worker", SECOND * 3600);
    let health = Health::builder()
        .check(Script::new(Act::Healthy).check("file"))
        .readiness(database.check("database"))
        .liveness(worker)
        .build()
        .unwrap();
    (health, beat)
}

fn names(body: &serde_json::Value) -> Vec<&String> {
    body["components"].as_object().unwrap().keys().collect()
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_what_is_shared_ends_readiness_alone() {
    let database = Script::new(Act::Healthy);
    let (health, _beat) = parts(&database);
    settle().await;
    assert_eq!(codes(&health).await, [200; 4]);
    database.set(Act::Fail("refused"));
    pass(SECOND * 6).await;
    assert_eq!(codes(&health).await, [200, 200, 503, 200]);
    let one = get(&health, "/health/components/database").await;
    assert_eq!(
        (one.status.as_u16(), &one.json()["message"]),
        (503, &"failed".into())
    );

    let report = health.report();
    assert!(report.status().is_healthy() && report.ready().is_unhealthy());
    let database = report.component("database").unwrap();
    assert!(database.is_readiness() && !database.is_liveness());
    assert!(!report.component("file").unwrap().is_readiness());
    assert_eq!(report.components().next().unwrap().name(), "database");
}

#[tokio::test(start_paused = true)]
async fn health_neither_counts_nor_shows_it_and_ready_does_both() {
    let (health, _beat) = parts(&Script::new(Act::Fail("refused")));
    settle().await;
    let told = get(&health, "/health").await.json();
    assert_eq!(told["status"], "healthy");
    assert_eq!(names(&told), ["file", "worker"]);
    let told = get(&health, "/health/ready").await.json();
    assert_eq!(told["status"], "unhealthy");
    assert_eq!(names(&told), ["database", "file", "worker"]);
    let told = get(&health, "/health/live").await.json();
    assert_eq!(names(&told), ["worker"]);
}

#[tokio::test(start_paused = true)]
async fn start_up_waits_for_its_first_run() {
    let database = Script::new(Act::Hang);
    let (health, _beat) = parts(&database);
    settle().await;
    let answer = get(&health, "/health/startup").await;
    assert_eq!(answer.status, 503);
    assert_eq!(names(&answer.json()), ["database"]);
    assert_eq!(codes(&health).await, [200, 200, 503, 503]);
    // It has run, whatever it found.
    pass(SECOND * 2).await;
    assert_eq!(codes(&health).await, [200, 200, 503, 200]);
}

#[tokio::test(start_paused = true)]
async fn an_optional_one_degrades_readiness_and_is_not_seen_elsewhere() {
    let cache = Script::new(Act::Fail("gone"));
    let health = Health::builder()
        .readiness(cache.check("cache").optional())
        .build()
        .unwrap();
    settle().await;
    assert_eq!(get(&health, "/health").await.json()["status"], "healthy");
    let ready = get(&health, "/health/ready").await;
    assert_eq!(
        (ready.status.as_u16(), &ready.json()["status"]),
        (200, &"degraded".into())
    );
}

#[tokio::test(start_paused = true)]
async fn passive_checks_may_decide_readiness_alone_as_well() {
    let (worker, beat) = heartbeat("worker", SECOND * 5);
    let health = Health::builder().readiness(worker).build().unwrap();
    assert_eq!(codes(&health).await, [200; 4]);
    pass(SECOND * 6).await;
    assert_eq!(codes(&health).await, [200, 200, 503, 200]);
    beat.beat();
    assert_eq!(codes(&health).await, [200; 4]);
}

#[tokio::test(start_paused = true)]
async fn faults_are_forced_upon_it_too() {
    let (health, _beat) = parts(&Script::new(Act::Healthy));
    settle().await;
    let fault = health.force("database", Fault::Down).unwrap();
    assert_eq!(codes(&health).await, [200, 200, 503, 200]);
    drop(fault);
    assert_eq!(codes(&health).await, [200; 4]);
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_is_told_of_it() {
    let database = Script::new(Act::Healthy);
    let (health, _beat) = parts(&database);
    settle().await;
    let mut changes = health.subscribe();
    database.set(Act::Fail("refused"));
    let report = changes.changed().await.unwrap();
    assert!(report.status().is_healthy() && report.ready().is_unhealthy());
}

#[cfg(feature = "testability")]
#[tokio::test(start_paused = true)]
async fn requests_switch_it_sick() {
    use health_middleware::Testability;

    let health = Health::builder()
        .readiness(Script::new(Act::Healthy).check("database"))
        .testability(Testability::new())
        .build()
        .unwrap();
    settle().await;
    get(&health, "/testability/components/database/down").await;
    assert_eq!(codes(&health).await, [200, 200, 503, 200]);
    get(&health, "/testability/components/database/up").await;
    get(&health, "/testability/healthy/false").await;
    assert_eq!(codes(&health).await, [503, 200, 503, 200]);
}

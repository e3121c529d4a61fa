//! Following the changes of state.

use std::time::Duration;

use health_middleware::{Fault, Health, Status};

use crate::support::{Act, Script, pass, poll_once, settle};

#[tokio::test(start_paused = true)]
async fn each_change_is_told_once_and_the_latest_state_counts() {
    let script = Script::new(Act::Healthy);
    let health = Health::builder()
        .check(script.check("database"))
        .build()
        .unwrap();
    let mut subscription = health.subscribe();
    assert_eq!(subscription.report().status(), Status::Unhealthy);
    let report = subscription.changed().await.unwrap();
    assert_eq!(report.status(), Status::Healthy);
    assert!(poll_once(subscription.changed()).is_pending());

    health.maintenance(true);
    health.maintenance(false);
    let fault = health.force("database", Fault::Down).unwrap();
    assert!(
        subscription
            .changed()
            .await
            .unwrap()
            .status()
            .is_unhealthy()
    );
    assert!(
        poll_once(subscription.changed()).is_pending(),
        "skipped to the latest"
    );
    drop(fault);
    assert!(subscription.changed().await.unwrap().status().is_healthy());
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_loses_nothing() {
    let health = Health::builder().build().unwrap();
    let mut subscription = health.subscribe();
    assert!(poll_once(subscription.changed()).is_pending());
    health.drain();
    assert!(subscription.changed().await.unwrap().is_draining());
}

#[tokio::test(start_paused = true)]
async fn it_ends_with_the_last_handle_and_does_not_keep_the_engine_running() {
    let script = Script::new(Act::Healthy);
    let health = Health::builder()
        .check(script.check("database"))
        .build()
        .unwrap();
    let mut subscription = health.subscribe();
    settle().await;
    let runs = script.runs();
    health.drain();
    drop(health);
    assert!(
        subscription.changed().await.unwrap().is_draining(),
        "what is left is told"
    );
    assert!(subscription.changed().await.is_none());
    pass(Duration::from_secs(60)).await;
    assert_eq!(script.runs(), runs);
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_that_does_not_look_blocks_nobody() {
    let health = Health::builder().build().unwrap();
    let slow = health.subscribe();
    let mut other = health.subscribe();
    for on in [true, false, true] {
        health.maintenance(on);
        assert_eq!(other.changed().await.unwrap().is_in_maintenance(), on);
    }
    drop(slow);
}

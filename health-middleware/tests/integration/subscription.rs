//! Following the changes of state.

use std::task::Poll;
use std::time::Duration;

use health_middleware::{Fault, Health, Report, Status, heartbeat};

use crate::support::{Act, pass, poll_once, settle, with_database};

#[tokio::test(start_paused = true)]
async fn each_change_is_told_once_and_the_latest_state_counts() {
    let (_, health) = with_database(Act::Healthy);
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
    let (script, health) = with_database(Act::Healthy);
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

#[tokio::test(start_paused = true)]
async fn what_holds_already_is_answered_at_once() {
    let health = Health::builder().build().unwrap();
    health.drain();
    let mut subscription = health.subscribe();
    let Poll::Ready(report) = poll_once(subscription.wait_for(Report::is_draining)) else {
        panic!("it holds");
    };
    assert!(report.unwrap().is_draining());
    assert!(
        poll_once(subscription.changed()).is_pending(),
        "told before"
    );
}

#[tokio::test(start_paused = true)]
async fn what_does_not_hold_yet_is_waited_for() {
    let (_, health) = with_database(Act::Take(Duration::from_secs(1) / 2));
    let mut subscription = health.subscribe();
    let mut asked = 0;
    let report = subscription.wait_for(|report| {
        asked += 1;
        report.ready().is_healthy()
    });
    assert!(report.await.unwrap().startup().is_healthy());
    assert_eq!(asked, 2, "once at once, and once for the change");
    assert!(
        poll_once(subscription.changed()).is_pending(),
        "told before"
    );
    health.maintenance(true);
    health.maintenance(false);
    health.maintenance(true);
    let down = subscription.wait_for(|report| report.ready().is_unhealthy());
    assert!(down.await.unwrap().is_in_maintenance());
}

#[tokio::test(start_paused = true)]
async fn it_sees_what_goes_stale_though_nothing_runs() {
    let (worker, _beat) = heartbeat("worker", Duration::from_secs(5));
    let health = Health::builder().liveness(worker).build().unwrap();
    let mut subscription = health.subscribe();
    let missed = subscription.wait_for(|report| report.live().is_unhealthy());
    assert!(missed.await.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_for_loses_no_change() {
    let health = Health::builder().build().unwrap();
    let mut subscription = health.subscribe();
    let never = subscription.wait_for(|_| false);
    assert!(poll_once(never).is_pending());
    health.maintenance(true);
    // It has asked the changed report as well, and given none.
    assert!(poll_once(subscription.wait_for(|_| false)).is_pending());
    let Poll::Ready(Some(report)) = poll_once(subscription.changed()) else {
        panic!("a change was lost");
    };
    assert!(report.is_in_maintenance());
    assert!(poll_once(subscription.changed()).is_pending());
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_with_the_last_handle_unless_the_last_report_will_do() {
    let health = Health::builder().build().unwrap();
    let mut subscription = health.subscribe();
    health.drain();
    drop(health);
    assert!(subscription.wait_for(Report::is_draining).await.is_some());
    assert!(subscription.wait_for(|_| false).await.is_none());
    assert!(subscription.wait_for(Report::is_draining).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn who_waits_may_be_told_on_another_thread() {
    fn sent<T: Send>(future: T) -> T {
        future
    }
    let health = Health::builder().build().unwrap();
    let mut subscription = health.subscribe();
    let waiting = tokio::spawn(sent(async move {
        subscription.wait_for(Report::is_draining).await.is_some()
    }));
    settle().await;
    health.drain();
    assert!(waiting.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_condition_that_panics_or_changes_something_loses_no_change() {
    let health = Health::builder().build().unwrap();
    let mut subscription = health.subscribe();
    health.maintenance(true);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        poll_once(subscription.wait_for(|_| panic!("on purpose"))).is_ready()
    }));
    assert!(panicked.is_err());
    assert!(poll_once(subscription.changed()).is_ready());
    assert!(poll_once(subscription.changed()).is_pending());
    // Nothing is locked while it is asked.
    let drains = |report: &Report| {
        health.drain();
        report.is_draining()
    };
    let drained = subscription.wait_for(drains).await.unwrap();
    assert!(drained.is_in_maintenance());
    assert!(poll_once(subscription.changed()).is_pending());
}

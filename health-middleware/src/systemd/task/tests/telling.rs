//! What is told of changes, of a drain and of the end, and to whom nobody listens.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_drain_is_told_once_and_the_watchdog_fed_without_asking() {
    let mut service = Service::start(Health::builder(), Some(WATCHDOG), Answering::AtOnce);
    service.run_for(10 * SECOND).await;
    service.health().drain();
    service.run_for(Duration::from_millis(50)).await;
    assert_eq!(service.count("STOPPING=1"), 1);
    let asked = service.url.asked();
    service.url.set(Answering::Refused);
    service.run_for(20 * SECOND).await;
    assert_eq!(service.count("STOPPING=1"), 1);
    assert_eq!(service.url.asked(), asked);
    assert!(service.longest_hunger() < WATCHDOG);
    assert_eq!(service.statuses(), ["healthy", "draining"]);
}

#[tokio::test(start_paused = true)]
async fn a_drain_before_ready_never_gets_ready() {
    let guard = StartupGuard::new("migrations");
    let held = Health::builder().startup(&guard);
    let mut starting = Service::start(held, Some(WATCHDOG), Answering::AtOnce);
    let mut refused = Service::start(Health::builder(), Some(WATCHDOG), Answering::Refused);
    for service in [&mut starting, &mut refused] {
        service.run_for(5 * SECOND).await;
        service.health().drain();
        service.run_for(5 * SECOND).await;
    }
    guard.done();
    refused.url.set(Answering::AtOnce);
    for service in [starting, refused] {
        let mut service = service;
        service.run_for(10 * SECOND).await;
        assert_eq!(service.count("READY=1"), 0);
        assert_eq!(service.count("STOPPING=1"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_service_is_told_and_ends_the_task() {
    let mut service = Service::start(Health::builder(), Some(WATCHDOG), Answering::AtOnce);
    service.run_for(10 * SECOND).await;
    service.health = None;
    service.run_for(SECOND).await;
    assert_eq!(service.count("STOPPING=1"), 1);
    assert!(service.task.is_finished());
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_service_that_never_started_ends_the_task() {
    let guard = StartupGuard::new("migrations");
    let held = Health::builder().startup(&guard);
    let mut service = Service::start(held, Some(WATCHDOG), Answering::AtOnce);
    service.run_for(10 * SECOND).await;
    service.health = None;
    service.run_for(SECOND).await;
    assert!(service.task.is_finished());
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_sent_is_sent_when_somebody_listens() {
    let mut service = Service::start(Health::builder(), Some(WATCHDOG), Answering::AtOnce);
    let sent = service.manager.fill();
    for _ in 0..300 {
        // Nobody reads meanwhile.
        sleep(SECOND / 10).await;
    }
    assert_eq!(service.manager.received().len(), sent);
    assert!(!service.task.is_finished());
    service.run_for(10 * SECOND).await;
    assert_eq!(service.count("READY=1"), 1);
    assert_eq!(service.statuses(), ["healthy"]);
    assert!(service.count("WATCHDOG=1") >= 9);
}

#[tokio::test(start_paused = true)]
async fn a_dead_socket_stops_nothing() {
    let mut service = Service::start(Health::builder(), Some(WATCHDOG), Answering::AtOnce);
    service.manager.stop_listening();
    service.run_for(30 * SECOND).await;
    service.manager.remove_socket();
    service.run_for(30 * SECOND).await;
    assert!(service.told.is_empty());
    assert!(!service.task.is_finished());
    assert!(service.url.asked() > 0);
    assert!(service.health().report().ready().is_healthy());
}

#[tokio::test(start_paused = true)]
async fn a_status_is_told_on_changes_alone() {
    let check = well("database").every(SECOND);
    let mut service = Service::start(
        Health::builder().check(check),
        Some(WATCHDOG),
        Answering::AtOnce,
    );
    service.run_for(120 * SECOND).await;
    assert_eq!(
        service.statuses(),
        ["starting: waiting for database", "healthy"]
    );
    service.health().maintenance(true);
    service.run_for(120 * SECOND).await;
    service.health().maintenance(false);
    service.run_for(120 * SECOND).await;
    assert_eq!(service.statuses()[2..], ["in maintenance", "healthy"]);
    assert!(service.longest_hunger() < WATCHDOG);
}

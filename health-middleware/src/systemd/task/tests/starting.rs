//! Start-up: when it is ready, and how it asks for more time.

use super::*;

#[tokio::test(start_paused = true)]
async fn ready_once_when_the_listener_answers() {
    let mut service = Service::start(
        Health::builder().check(well("database")),
        Some(WATCHDOG),
        Answering::Refused,
    );
    service.run_for(20 * SECOND).await;
    assert_eq!(service.count("READY=1"), 0);
    assert_eq!(service.count("WATCHDOG=1"), 0);
    assert_eq!(
        *service.statuses().last().unwrap(),
        "not answering: refused"
    );

    service.url.set(Answering::AtOnce);
    service.run_for(20 * SECOND).await;
    assert_eq!(service.count("READY=1"), 1);
    assert_eq!(*service.statuses().last().unwrap(), "healthy");
    assert!(service.longest_hunger() < WATCHDOG);
}

#[tokio::test(start_paused = true)]
async fn not_ready_while_start_up_is_held() {
    let guard = StartupGuard::new("migrations");
    let mut service = Service::start(
        Health::builder().startup(&guard),
        Some(WATCHDOG),
        Answering::AtOnce,
    );
    service.run_for(60 * SECOND).await;
    assert_eq!(service.count("READY=1"), 0);
    assert_eq!(service.url.asked(), 0);
    assert_eq!(service.statuses(), ["starting: waiting for migrations"]);
    guard.done();
    service.run_for(SECOND).await;
    assert_eq!(service.count("READY=1"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_dependency_that_is_down_at_boot_keeps_nobody_from_being_ready() {
    let mut service = Service::start(
        Health::builder().check(broken("database")),
        Some(WATCHDOG),
        Answering::AtOnce,
    );
    service.run_for(60 * SECOND).await;
    assert!(service.times("READY=1")[0] <= SECOND);
    assert!(service.health().report().ready().is_unhealthy());
    assert_eq!(
        service.statuses(),
        [
            "starting: waiting for database",
            "unhealthy: database failed"
        ]
    );
    assert!(service.longest_hunger() < WATCHDOG);
}

#[tokio::test(start_paused = true)]
async fn a_dependency_that_hangs_at_boot_delays_by_its_timeout() {
    let hanging = Check::from_fn("database", || async {
        pending::<()>().await;
        Ok::<_, BoxError>(())
    });
    let mut service = Service::start(
        Health::builder().check(hanging.timeout(2 * SECOND)),
        Some(WATCHDOG),
        Answering::AtOnce,
    );
    service.run_for(60 * SECOND).await;
    let ready = service.times("READY=1")[0];
    assert!(ready >= 2 * SECOND && ready <= 4 * SECOND, "{ready:?}");
    assert!(service.longest_hunger() < WATCHDOG);
}

#[tokio::test(start_paused = true)]
async fn more_time_is_asked_for_while_checks_have_not_run() {
    let late = well("database").initial_delay(100 * SECOND);
    let mut service = Service::start(
        Health::builder().check(late),
        Some(WATCHDOG),
        Answering::AtOnce,
    );
    service.run_for(99 * SECOND).await;
    let mut times = service.times(&extension());
    times.push(99 * SECOND);
    assert!(times[0] <= SECOND);
    for pair in times.windows(2) {
        let gap = pair[1] - pair[0];
        assert!(gap <= 12 * SECOND, "{gap:?}");
    }
    service.run_for(30 * SECOND).await;
    assert_eq!(service.count("READY=1"), 1);
    assert!(service.times(&extension()).last().unwrap() <= &(101 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn a_held_guard_alone_gets_no_more_time_but_its_progress_does() {
    let guard = StartupGuard::new("migrations");
    let mut service = Service::start(
        Health::builder().startup(&guard),
        Some(WATCHDOG),
        Answering::AtOnce,
    );
    service.run_for(100 * SECOND).await;
    assert_eq!(service.count(&extension()), 1);
    for step in 1..=5 {
        guard.progress();
        service.run_for(20 * SECOND).await;
        assert_eq!(service.count(&extension()), 1 + step);
    }
    service.run_for(100 * SECOND).await;
    assert_eq!(service.count(&extension()), 6);
}

#[tokio::test(start_paused = true)]
async fn a_guard_that_is_done_is_a_movement() {
    let (one, other) = (StartupGuard::new("one"), StartupGuard::new("other"));
    let mut service = Service::start(
        Health::builder().startup(&one).startup(&other),
        Some(WATCHDOG),
        Answering::AtOnce,
    );
    service.run_for(50 * SECOND).await;
    one.done();
    service.run_for(50 * SECOND).await;
    assert_eq!(service.count(&extension()), 2);
    other.done();
}

#[tokio::test(start_paused = true)]
async fn a_reporter_that_is_silent_gets_no_more_time_but_its_first_word_does() {
    let (one, first) = reporter("one");
    let (other, second) = reporter("other");
    let mut service = Service::start(
        Health::builder().check(one).readiness(other),
        Some(WATCHDOG),
        Answering::AtOnce,
    );
    service.run_for(100 * SECOND).await;
    assert_eq!(service.count(&extension()), 1);
    assert_eq!(service.statuses(), ["starting: waiting for one, other"]);
    first.healthy();
    service.run_for(100 * SECOND).await;
    assert_eq!(service.count(&extension()), 2);
    assert_eq!(service.count("READY=1"), 0);
    second.unhealthy("closed");
    service.run_for(SECOND).await;
    assert_eq!(service.count("READY=1"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_start_that_has_failed_gets_no_more_time_and_never_gets_ready() {
    let (migrations, other) = (StartupGuard::new("migrations"), StartupGuard::new("other"));
    let mut service = Service::start(
        Health::builder().startup(&migrations).startup(&other),
        Some(WATCHDOG),
        Answering::AtOnce,
    );
    service.run_for(50 * SECOND).await;
    drop(migrations);
    for _ in 0..5 {
        other.progress();
        service.run_for(20 * SECOND).await;
    }
    other.done();
    service.run_for(50 * SECOND).await;
    assert_eq!(service.count(&extension()), 1);
    assert_eq!(service.count("READY=1"), 0);
    let last = service.statuses().pop();
    assert_eq!(last, Some("start-up failed: migrations"));
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_not_alive_gets_no_more_time() {
    let (worker, _beat) = heartbeat("worker", 15 * SECOND);
    let late = well("database").initial_delay(200 * SECOND);
    let mut service = Service::start(
        Health::builder().check(late).liveness(worker),
        Some(WATCHDOG),
        Answering::AtOnce,
    );
    service.run_for(100 * SECOND).await;
    let last = *service.times(&extension()).last().unwrap();
    assert!(last <= 16 * SECOND, "{last:?}");
}

//! The watchdog: what feeds it, and what starves it.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_dependency_that_fails_later_starves_nobody() {
    let down = Arc::new(AtomicBool::new(false));
    let check = Check::with("database", Arc::clone(&down), |down| async move {
        if down.load(Ordering::Relaxed) {
            return Err("gone");
        }
        Ok(())
    });
    let mut service = Service::start(
        Health::builder().check(check.every(SECOND)),
        Some(WATCHDOG),
        Answering::AtOnce,
    );
    service.run_for(10 * SECOND).await;
    down.store(true, Ordering::Relaxed);
    service.run_for(60 * SECOND).await;
    assert_eq!(
        *service.statuses().last().unwrap(),
        "unhealthy: database failed"
    );
    assert!(service.longest_hunger() < WATCHDOG);
}

#[tokio::test(start_paused = true)]
async fn fed_every_third_of_the_interval() {
    let mut service = Service::start(Health::builder(), Some(WATCHDOG), Answering::AtOnce);
    service.run_for(60 * SECOND).await;
    let fed = service.count("WATCHDOG=1");
    assert!((59..=61).contains(&fed), "{fed}");
    assert_eq!(service.count("READY=1"), 1);
    assert_eq!(service.statuses(), ["healthy"]);
}

#[tokio::test(start_paused = true)]
async fn a_path_that_hangs_starves_the_watchdog_until_it_answers() {
    let mut service = Service::start(Health::builder(), Some(WATCHDOG), Answering::AtOnce);
    service.run_for(10 * SECOND).await;
    service.url.set(Answering::Never);
    // A request that was answered just before still counts.
    service.run_for(SECOND).await;
    let fed = service.count("WATCHDOG=1");
    service.run_for(60 * SECOND).await;
    assert_eq!(service.count("WATCHDOG=1"), fed);
    assert_eq!(
        *service.statuses().last().unwrap(),
        "not answering: timed out after 750 ms"
    );
    service.url.set(Answering::AtOnce);
    service.run_for(2 * SECOND).await;
    assert!(service.count("WATCHDOG=1") > fed);
    assert_eq!(*service.statuses().last().unwrap(), "healthy");
}

#[tokio::test(start_paused = true)]
async fn an_answer_within_a_quarter_is_in_time_and_one_after_it_is_not() {
    let in_time = Answering::After(WATCHDOG / 4 - Duration::from_millis(10));
    let mut service = Service::start(Health::builder(), Some(WATCHDOG), in_time);
    service.run_for(60 * SECOND).await;
    assert_eq!(service.count("READY=1"), 1);
    assert!(service.longest_hunger() < WATCHDOG);

    let late = Answering::After(WATCHDOG / 4 + Duration::from_millis(10));
    let mut service = Service::start(Health::builder(), Some(WATCHDOG), late);
    service.run_for(60 * SECOND).await;
    assert_eq!(service.count("READY=1"), 0);
}

#[tokio::test(start_paused = true)]
async fn one_request_without_an_answer_is_forgiven() {
    let mut service = Service::start(Health::builder(), Some(WATCHDOG), Answering::AtOnce);
    service.run_for(10 * SECOND).await;
    service.url.set(Answering::Never);
    let asked = service.url.asked();
    while service.url.asked() == asked {
        service.run_for(Duration::from_millis(50)).await;
    }
    service
        .url
        .set(Answering::After(WATCHDOG / 4 - SECOND / 100));
    service.run_for(20 * SECOND).await;
    assert!(service.longest_hunger() < WATCHDOG);
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_that_stops_starves_the_watchdog_and_asks_no_url() {
    let (worker, beat) = heartbeat("worker", 2 * SECOND);
    let mut service = Service::start(
        Health::builder().liveness(worker),
        Some(WATCHDOG),
        Answering::AtOnce,
    );
    for _ in 0..20 {
        service.run_for(SECOND).await;
        beat.beat();
    }
    assert!(service.longest_hunger() < WATCHDOG);
    service.run_for(3 * SECOND).await;
    let (fed, asked) = (service.count("WATCHDOG=1"), service.url.asked());
    service.run_for(60 * SECOND).await;
    assert_eq!(service.count("WATCHDOG=1"), fed);
    assert_eq!(service.url.asked(), asked);
    assert_eq!(
        *service.statuses().last().unwrap(),
        "unhealthy: worker heartbeat missed"
    );
    beat.beat();
    service.run_for(2 * SECOND).await;
    assert!(service.count("WATCHDOG=1") > fed);
}

#[tokio::test(start_paused = true)]
async fn without_a_watchdog_the_url_is_asked_until_ready() {
    let mut service = Service::start(Health::builder(), None, Answering::After(4 * SECOND));
    service.run_for(60 * SECOND).await;
    assert_eq!(service.count("READY=1"), 1);
    assert_eq!(service.count("WATCHDOG=1"), 0);
    assert_eq!(service.url.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_watchdog_that_nobody_can_keep_makes_no_storm() {
    let microsecond = Duration::from_micros(1);
    let mut service = Service::start(Health::builder(), Some(microsecond), Answering::AtOnce);
    service.run_for(10 * SECOND).await;
    assert!(service.url.asked() <= 102, "{}", service.url.asked());
    assert_eq!(service.count("READY=1"), 1);
}

#[tokio::test(start_paused = true)]
async fn the_longest_watchdog() {
    let longest = Duration::from_micros(u64::MAX - 1);
    let mut service = Service::start(Health::builder(), Some(longest), Answering::AtOnce);
    service.run_for(60 * SECOND).await;
    assert_eq!(service.count("READY=1"), 1);
    assert_eq!(service.count("WATCHDOG=1"), 1);
}

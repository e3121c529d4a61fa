use tokio::task::JoinHandle;

use super::super::tests::fakes::{Answering, FakeUrl, Manager};
use super::*;
use crate::{BoxError, Check, Health, HealthBuilder, StartupGuard, heartbeat};

const SECOND: Duration = Duration::from_secs(1);
/// The watchdog's interval in most of these tests.
const WATCHDOG: Duration = Duration::from_secs(3);

/// A service that has joined, and what it has told since the start.
struct Service {
    health: Option<Health>,
    url: FakeUrl,
    manager: Manager,
    task: JoinHandle<()>,
    begun: Instant,
    told: Vec<(Duration, String)>,
}

impl Service {
    fn start(builder: HealthBuilder, watchdog: Option<Duration>, answering: Answering) -> Self {
        let health = builder.build().unwrap();
        let manager = Manager::new();
        let url = FakeUrl::new(answering);
        let task = Task::new(
            Arc::clone(health.shared()),
            Notifier::new(manager.address()),
            watchdog,
            url.clone(),
            Details::Summary,
        );
        Self {
            health: Some(health),
            url,
            manager,
            task: tokio::spawn(task.run()),
            begun: Instant::now(),
            told: Vec::new(),
        }
    }

    fn health(&self) -> &Health {
        self.health.as_ref().unwrap()
    }

    /// Lets time pass, and notes what is told meanwhile, to the 50 ms.
    async fn run_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            sleep(Duration::from_millis(50)).await;
            let now = self.begun.elapsed();
            for message in self.manager.received() {
                for line in message.lines() {
                    self.told.push((now, line.to_owned()));
                }
            }
        }
    }

    /// When this was told.
    fn times(&self, line: &str) -> Vec<Duration> {
        let same = |(at, told): &(Duration, String)| (told == line).then_some(*at);
        self.told.iter().filter_map(same).collect()
    }

    fn count(&self, line: &str) -> usize {
        self.times(line).len()
    }

    fn statuses(&self) -> Vec<&str> {
        let status = |(_, told): &'_ (Duration, String)| told.starts_with("STATUS=");
        let status = self.told.iter().filter(|told| status(told));
        status.map(|(_, told)| &told["STATUS=".len()..]).collect()
    }

    /// The longest time without a sign of life, from READY to now.
    fn longest_hunger(&self) -> Duration {
        let mut times = self.times("READY=1");
        times.extend(self.times("WATCHDOG=1"));
        times.push(self.begun.elapsed());
        let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
        gaps.max().unwrap()
    }
}

fn well(name: &str) -> Check {
    Check::from_fn(name, || async { Ok::<_, BoxError>(()) })
}

fn broken(name: &str) -> Check {
    Check::from_fn(name, || async { Err::<(), _>("gone") })
}

fn extension() -> String {
    "EXTEND_TIMEOUT_USEC=30000000".to_owned()
}

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

use std::collections::VecDeque;
use std::sync::Mutex;

use http::StatusCode;

use super::super::consul::Consul;
use super::super::dialect::{Answer, Message};
use super::super::etcd::Etcd;
use super::super::instance::Instance;
use super::super::ping::Ping;
use super::*;
use crate::checks::{Check, Reporter, StartupGuard, heartbeat, reporter};
use crate::error::BoxError;
use crate::health::Health;
use crate::state::Fault;

const SECOND: Duration = Duration::from_secs(1);
const TTL: Duration = Duration::from_secs(15);

/// What a server does with a call.
#[derive(Clone, Debug)]
enum Does {
    Says(u16, &'static str),
    SaysAfter(Duration, u16),
    Hangs,
    Refuses,
    Panics,
}

/// What has come, at which second.
type Calls = Arc<Mutex<Vec<(f64, String)>>>;

/// A server that does as its script says, and then always the same.
#[derive(Clone)]
struct Server {
    calls: Calls,
    script: Arc<Mutex<VecDeque<Does>>>,
    always: Arc<Mutex<Does>>,
    begun: Instant,
    under_way: Arc<Mutex<u32>>,
}

impl Server {
    fn new(always: Does) -> Self {
        Self {
            calls: Calls::default(),
            script: Arc::default(),
            always: Arc::new(Mutex::new(always)),
            begun: Instant::now(),
            under_way: Arc::default(),
        }
    }

    fn script(&self, does: impl IntoIterator<Item = Does>) {
        self.script.lock().unwrap().extend(does);
    }

    fn always(&self, does: Does) {
        *self.always.lock().unwrap() = does;
    }

    /// The calls since the last time, without their times.
    fn calls(&self) -> Vec<String> {
        self.timed().into_iter().map(|(_, call)| call).collect()
    }

    fn timed(&self) -> Vec<(f64, String)> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }
}

/// Counts the calls that are under way.
struct UnderWay(Arc<Mutex<u32>>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        *self.0.lock().unwrap() -= 1;
    }
}

impl Wire for Server {
    async fn send(&self, message: Message) -> Result<Answer, String> {
        let at = self.begun.elapsed().as_millis() as f64 / 1000.0;
        let json: serde_json::Value = serde_json::from_str(&message.body).unwrap_or_default();
        let what = message
            .path
            .rsplit_once("/agent/")
            .map_or(&*message.path, |path| path.1);
        let call = match json["Status"].as_str() {
            Some(status) => format!("{status}: {}", json["Output"].as_str().unwrap()),
            None if message.path.ends_with("/fail") => format!("{what} {}", message.body),
            None => what.to_owned(),
        };
        self.calls.lock().unwrap().push((at, call));
        let under_way = UnderWay(Arc::clone(&self.under_way));
        {
            let mut count = under_way.0.lock().unwrap();
            *count += 1;
            assert_eq!(*count, 1, "one call at a time");
        }
        let scripted = self.script.lock().unwrap().pop_front();
        let does = scripted.unwrap_or_else(|| self.always.lock().unwrap().clone());
        let (status, body) = match does {
            Does::Says(status, body) => (status, body),
            Does::SaysAfter(time, status) => {
                sleep(time).await;
                (status, "")
            }
            Does::Hangs => pending().await,
            Does::Refuses => return Err("refused".to_owned()),
            Does::Panics => panic!("on purpose"),
        };
        Ok(Answer {
            status: StatusCode::from_u16(status).unwrap(),
            body: body.into(),
        })
    }
}

const OK: Does = Does::Says(200, r#"{"ID":"7","result":{"ID":"7","TTL":"15"}}"#);
const LOST: Does = Does::Says(200, r#"{"result":{"ID":"7"}}"#);

/// An announced service that a reporter turns.
struct Service {
    health: Health,
    database: Reporter,
    inside: watch::Receiver<usize>,
    task: tokio::task::JoinHandle<()>,
}

impl Service {
    fn start<D: Dialect>(dialect: D, server: &Server, life: Option<Duration>) -> Self {
        let (check, database) = reporter("database");
        let health = Health::builder().check(check).build().unwrap();
        database.healthy();
        Self::announce(health, database, dialect, server, life)
    }

    fn announce<D: Dialect>(
        health: Health,
        database: Reporter,
        dialect: D,
        server: &Server,
        life: Option<Duration>,
    ) -> Self {
        let rhythm = Rhythm {
            period: TTL / 3,
            limit: TTL / 3,
            longest_wait: Duration::from_secs(60),
            life,
        };
        let inside = Arc::new(watch::Sender::new(1));
        let seen = inside.subscribe();
        let about = (health.subscribe(), Details::Summary, inside);
        let task = Task::new(dialect, server.clone(), rhythm, "test".to_owned(), about);
        Self {
            health,
            database,
            inside: seen,
            task: tokio::spawn(task.run()),
        }
    }

    fn consul(server: &Server) -> Self {
        Self::start(Consul::new("", &instance(), TTL), server, Some(TTL))
    }

    fn etcd(server: &Server) -> Self {
        Self::start(Etcd::new("services", &instance(), TTL), server, Some(TTL))
    }

    fn is_withdrawn(&self) -> bool {
        *self.inside.borrow() == 0
    }
}

fn instance() -> Instance {
    Instance::new("a", "h", 1).id("one")
}

const GRANT: &str = "/v3/lease/grant";
const PUT: &str = "/v3/kv/put";
const KEEP: &str = "/v3/lease/keepalive";
const REVOKE: &str = "/v3/lease/revoke";
const FAILED: &str =
    "/ping/fail starting: waiting for database; unhealthy: worker heartbeat missed";
const REGISTER: &str = "service/register";
const PASSING: &str = "passing: healthy";
const DEREGISTER: &str = "service/deregister/one";

/// Lets this much time pass.
async fn pass(seconds: f64) {
    sleep(Duration::from_secs_f64(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn consul_is_told_each_status_in_time_and_the_end_at_once() {
    let server = Server::new(OK);
    let service = Service::consul(&server);
    pass(11.0).await;
    assert_eq!(
        server.timed(),
        [
            (0.0, REGISTER),
            (0.0, PASSING),
            (5.0, PASSING),
            (10.0, PASSING)
        ]
        .map(|(at, call)| (at, call.to_owned()))
    );
    service.database.degraded("slow");
    pass(1.0).await;
    service.database.unhealthy("gone");
    pass(1.5).await;
    service.health.maintenance(true);
    pass(6.0).await;
    assert_eq!(
        server.calls(),
        [
            "warning: degraded: database degraded",
            "critical: unhealthy: database failed",
            "critical: in maintenance; unhealthy: database failed",
        ]
    );
    service.health.maintenance(false);
    service.database.healthy();
    pass(0.1).await;
    assert_eq!(server.calls(), [PASSING]);
    service.health.drain();
    pass(0.1).await;
    assert_eq!(server.calls(), [DEREGISTER]);
    assert!(service.is_withdrawn());
    service.database.unhealthy("gone");
    service.database.healthy();
    pass(3600.0).await;
    assert_eq!(server.calls(), [""; 0], "never again");
    assert!(service.task.is_finished());
}

#[tokio::test(start_paused = true)]
async fn etcd_has_the_service_while_it_is_ready() {
    let server = Server::new(OK);
    let service = Service::etcd(&server);
    pass(11.0).await;
    assert_eq!(server.calls(), [GRANT, PUT, KEEP, KEEP]);
    service.database.degraded("slow");
    pass(5.0).await;
    assert_eq!(server.calls(), [KEEP], "degraded is ready");
    service.health.maintenance(true);
    pass(60.0).await;
    assert_eq!(server.calls(), [REVOKE]);
    service.health.maintenance(false);
    pass(1.0).await;
    assert_eq!(server.calls(), [GRANT, PUT]);
    service.health.drain();
    pass(0.1).await;
    assert_eq!(server.calls(), [REVOKE]);
    assert!(service.is_withdrawn());
    service.health.maintenance(true);
    service.health.maintenance(false);
    pass(3600.0).await;
    assert_eq!(server.calls(), [""; 0], "never again");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_registered_before_it_is_ready_and_nothing_withdrawn() {
    let server = Server::new(OK);
    let guard = StartupGuard::new("migrations");
    let (check, database) = reporter("database");
    database.healthy();
    let health = Health::builder()
        .check(check)
        .startup(&guard)
        .build()
        .unwrap();
    let etcd = Etcd::new("services", &instance(), TTL);
    let service = Service::announce(health, database, etcd, &server, Some(TTL));
    pass(60.0).await;
    service.health.drain();
    pass(1.0).await;
    assert_eq!(server.calls(), [""; 0]);
    assert!(service.is_withdrawn());
    drop(guard);
}

#[tokio::test(start_paused = true)]
async fn a_ping_url_is_kicked_while_live_and_told_of_a_failure_once() {
    let server = Server::new(OK);
    let (worker, beat) = heartbeat("worker", 12 * SECOND);
    let (check, database) = reporter("database");
    let health = Health::builder()
        .check(check)
        .liveness(worker)
        .build()
        .unwrap();
    let ping = Ping::new("/ping", None);
    let service = Service::announce(health, database, ping, &server, None);
    pass(11.0).await;
    // Not ready, and live.
    assert_eq!(server.calls(), ["/ping"; 3]);
    pass(60.0).await;
    assert_eq!(server.calls(), [FAILED]);
    beat.beat();
    pass(0.1).await;
    assert_eq!(server.calls(), ["/ping"]);
    // A drain is no failure, and the process lives on.
    service.health.drain();
    pass(10.0).await;
    assert_eq!(server.calls(), ["/ping"; 2]);
    drop(service.health);
    pass(60.0).await;
    assert_eq!(server.calls(), [""; 0]);
    assert!(service.task.is_finished());
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_engine_is_an_end() {
    for (service, server, last) in [
        {
            let server = Server::new(OK);
            (Service::consul(&server), server, DEREGISTER)
        },
        {
            let server = Server::new(OK);
            (Service::etcd(&server), server, REVOKE)
        },
    ] {
        pass(1.0).await;
        server.calls();
        let mut inside = service.inside.clone();
        drop(service.health);
        drop(service.database);
        timeout(SECOND, inside.wait_for(|inside| *inside == 0))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(server.calls(), [last]);
    }
}

#[tokio::test(start_paused = true)]
async fn failures_are_tried_again_ever_more_slowly() {
    for does in [
        Does::Refuses,
        Does::Says(403, ""),
        Does::Says(404, "page not found"),
        Does::Says(500, "{}"),
        Does::Says(200, "nonsense"),
        Does::Says(301, ""),
    ] {
        let server = Server::new(does.clone());
        let service = Service::etcd(&server);
        pass(600.0).await;
        let times: Vec<f64> = server.timed().into_iter().map(|(at, _)| at).collect();
        for (index, pair) in times.windows(2).enumerate() {
            let most = (2.0_f64.powi(index as i32 + 1)).min(60.0);
            let waited = pair[1] - pair[0];
            assert!(
                (most / 2.0 - 0.01..=most + 0.01).contains(&waited),
                "{does:?}: {waited} s after {index}"
            );
        }
        assert!((14..30).contains(&times.len()), "{times:?}");
        // It is back within the longest wait, and failures are forgotten.
        server.always(OK);
        pass(61.0).await;
        assert_eq!(server.calls()[..2], [GRANT, PUT]);
        server.script([Does::Refuses]);
        pass(10.0).await;
        let times: Vec<f64> = server.timed().into_iter().map(|(at, _)| at).collect();
        assert!(times[1] - times[0] <= 2.01, "{times:?}");
        assert!(!service.task.is_finished());
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_is_ended_in_time() {
    let server = Server::new(OK);
    let service = Service::consul(&server);
    pass(1.0).await;
    server.calls();
    server.script([Does::Hangs]);
    pass(13.0).await;
    // At 5 s, cut off at 10 s, and again before the 15 s of the first are over.
    let times = server.timed();
    assert_eq!(times[0], (5.0, PASSING.to_owned()));
    assert!((11.0..12.01).contains(&times[1].0), "{times:?}");
    drop(service);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_lost_is_granted_anew() {
    let server = Server::new(OK);
    let service = Service::etcd(&server);
    pass(1.0).await;
    assert_eq!(server.calls(), [GRANT, PUT]);
    server.script([LOST]);
    pass(6.1).await;
    assert_eq!(server.calls(), [KEEP, GRANT, PUT]);
    // Between the grant and the key, too.
    server.script([LOST, OK, Does::Says(404, "")]);
    pass(10.0).await;
    assert_eq!(server.calls(), [KEEP, GRANT, PUT, GRANT, PUT]);
    drop(service);
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_has_forgotten_the_service_is_told_anew() {
    let server = Server::new(OK);
    let service = Service::consul(&server);
    pass(1.0).await;
    server.calls();
    server.script([Does::Says(404, "Unknown check ID")]);
    pass(6.1).await;
    assert_eq!(server.calls(), [PASSING, REGISTER, PASSING]);
    drop(service);
}

#[tokio::test(start_paused = true)]
async fn a_state_that_flaps_is_told_once_a_second_and_the_last_wins() {
    for last in [true, false] {
        let server = Server::new(Does::SaysAfter(Duration::from_millis(30), 200));
        let service = Service::consul(&server);
        pass(0.5).await;
        server.calls();
        // 40 turns a second.
        for turn in 0..400 {
            service.health.maintenance(turn % 2 == 0);
            pass(0.025).await;
        }
        service.health.maintenance(!last);
        pass(1.1).await;
        let calls = server.calls();
        // One for each second, and one for each period where nothing was to be told.
        assert!(calls.len() <= 14, "{calls:?}");
        let expected = if last {
            PASSING
        } else {
            "critical: in maintenance"
        };
        assert_eq!(calls.last().unwrap(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_a_call_under_way_for_a_second_and_comes_after_it() {
    // The call is answered meanwhile: the withdrawal follows it at once.
    let server = Server::new(OK);
    server.script([Does::SaysAfter(SECOND / 2, 200)]);
    let service = Service::consul(&server);
    pass(0.1).await;
    service.health.drain();
    pass(0.5).await;
    let expected = [(0.0, REGISTER), (0.5, DEREGISTER)];
    assert_eq!(
        server.timed(),
        expected.map(|(at, call)| (at, call.to_owned()))
    );
    assert!(service.is_withdrawn());

    // It hangs: the withdrawal waits for a second, and not for its limit.
    let server = Server::new(OK);
    server.script([Does::Hangs]);
    let service = Service::consul(&server);
    pass(0.5).await;
    service.health.drain();
    pass(1.1).await;
    let expected = [(0.0, REGISTER), (1.5, DEREGISTER)];
    assert_eq!(
        server.timed(),
        expected.map(|(at, call)| (at, call.to_owned()))
    );
    assert!(service.is_withdrawn());

    // The engine ends meanwhile.
    let server = Server::new(OK);
    server.script([OK, Does::Hangs]);
    let service = Service::etcd(&server);
    pass(0.5).await;
    drop((service.health, service.database));
    pass(1.1).await;
    assert_eq!(server.calls(), [GRANT, PUT, REVOKE]);
}

#[tokio::test(start_paused = true)]
async fn a_drain_does_not_wait_for_the_end_of_a_pause() {
    let server = Server::new(OK);
    let service = Service::etcd(&server);
    pass(1.0).await;
    server.always(Does::Refuses);
    pass(60.0).await;
    server.calls();
    server.always(OK);
    service.health.drain();
    pass(0.1).await;
    assert_eq!(server.calls(), [REVOKE]);
    // Nor for its turn, after a change just before.
    let server = Server::new(OK);
    let service = Service::etcd(&server);
    pass(1.0).await;
    service.health.maintenance(true);
    service.health.maintenance(false);
    service.health.drain();
    pass(0.1).await;
    assert_eq!(server.calls(), [GRANT, PUT, REVOKE]);
    assert!(service.is_withdrawn());
}

#[tokio::test(start_paused = true)]
async fn a_withdrawal_is_tried_until_the_registration_has_run_out() {
    let server = Server::new(OK);
    let service = Service::consul(&server);
    pass(1.0).await;
    server.calls();
    server.always(Does::Refuses);
    service.health.drain();
    pass(4.1).await;
    let calls = server.calls();
    assert!((2..=4).contains(&calls.len()), "{calls:?}");
    assert!(calls.iter().all(|call| call == DEREGISTER), "{calls:?}");
    pass(14.0).await;
    assert!(service.task.is_finished());
    assert!(!service.is_withdrawn());

    // It is heard in the end.
    let server = Server::new(OK);
    let service = Service::consul(&server);
    pass(1.0).await;
    server.script([Does::Refuses, Does::Hangs]);
    service.health.drain();
    pass(14.0).await;
    assert!(service.is_withdrawn());
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_this_task_alone_and_nobody_waits_for_it() {
    let server = Server::new(Does::Panics);
    let service = Service::consul(&server);
    let mut inside = service.inside.clone();
    assert!(service.task.await.unwrap_err().is_panic());
    assert!(inside.wait_for(|inside| *inside == 0).await.is_err());
    assert!(service.health.report().ready().is_healthy());
}

#[tokio::test(start_paused = true)]
async fn a_process_that_stood_still_is_announced_again() {
    let server = Server::new(OK);
    let service = Service::etcd(&server);
    pass(1.0).await;
    server.calls();
    // Suspended: no timer runs, and the lease runs out meanwhile.
    tokio::time::advance(Duration::from_secs(3600)).await;
    server.script([LOST]);
    pass(2.1).await;
    assert_eq!(server.calls(), [KEEP, GRANT, PUT]);
    drop(service);
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_is_forced_is_announced_like_a_real_one() {
    let server = Server::new(OK);
    let check = Check::from_fn("cache", || async { Ok::<_, BoxError>(()) });
    let (_, database) = reporter("unused");
    let health = Health::builder().check(check).build().unwrap();
    health
        .subscribe()
        .wait_for(|report| report.ready().is_healthy())
        .await;
    let etcd = Etcd::new("services", &instance(), TTL);
    let service = Service::announce(health, database, etcd, &server, Some(TTL));
    pass(1.0).await;
    let fault = service.health.force("cache", Fault::Down).unwrap();
    pass(1.0).await;
    drop(fault);
    pass(1.5).await;
    assert_eq!(server.calls(), [GRANT, PUT, REVOKE, GRANT, PUT]);
}

#[test]
fn waits_grow_and_have_an_end() {
    let rhythm = |longest_wait| Rhythm {
        period: SECOND,
        limit: SECOND,
        longest_wait,
        life: None,
    };
    let minute = rhythm(Duration::from_secs(60));
    for (failures, least) in [
        (1, 1),
        (2, 2),
        (3, 4),
        (5, 16),
        (6, 30),
        (7, 30),
        (u32::MAX, 30),
    ] {
        assert_eq!(minute.wait(failures, 0), least * SECOND, "{failures}");
        assert!(
            minute.wait(failures, u64::MAX) < 2 * least * SECOND,
            "{failures}"
        );
    }
    assert_eq!(rhythm(Duration::ZERO).wait(9, 0), SECOND);
}

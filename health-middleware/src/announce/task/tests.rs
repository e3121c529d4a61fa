mod failing;
mod leaving;
mod telling;
mod watchdog;

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Mutex;

use http::StatusCode;

use super::super::consul::Consul;
use super::super::dialect::{Answer, Message};
use super::super::etcd::Etcd;
use super::super::instance::Instance;
use super::super::ping::Ping;
use super::super::watchdog::Watchdog;
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
    fn start<D: Dialect>(dialect: D, server: &Server, rhythm: Rhythm) -> Self {
        let (check, database) = reporter("database");
        let health = Health::builder().check(check).build().unwrap();
        database.healthy();
        Self::announce(health, database, dialect, server, rhythm)
    }

    fn announce<D: Dialect>(
        health: Health,
        database: Reporter,
        dialect: D,
        server: &Server,
        rhythm: Rhythm,
    ) -> Self {
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
        let consul = Consul::new("", &instance(), TTL);
        Self::start(consul, server, Rhythm::registry(TTL))
    }

    fn etcd(server: &Server) -> Self {
        let etcd = Etcd::new("services", &instance(), TTL);
        Self::start(etcd, server, Rhythm::registry(TTL))
    }

    fn watchdog(server: &Server) -> Self {
        let watchdog = Watchdog::new("", &instance(), TTL);
        Self::start(watchdog, server, Rhythm::registry(TTL))
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

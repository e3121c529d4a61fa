//! What most tests need: checks that obey, and requests that are easily made.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use health_middleware::{BoxError, Check, Health, Outcome};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tokio::time::timeout;
use tower::ServiceExt;

/// What a scripted check does at its next run.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Healthy,
    Degraded(&'static str),
    Fail(&'static str),
    Panic(&'static str),
    Hang,
    Take(Duration),
}

/// A check that does as it is told, and counts.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    act: Arc<Mutex<Act>>,
    pub(crate) runs: Arc<AtomicUsize>,
    /// Runs that are going on now.
    running: Arc<AtomicUsize>,
    pub(crate) most_at_once: Arc<AtomicUsize>,
}

impl Script {
    pub(crate) fn new(act: Act) -> Self {
        Self {
            act: Arc::new(Mutex::new(act)),
            runs: Arc::default(),
            running: Arc::default(),
            most_at_once: Arc::default(),
        }
    }

    pub(crate) fn set(&self, act: Act) {
        *self.act.lock().unwrap() = act;
    }

    pub(crate) fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    /// Counts a run that is made elsewhere.
    pub(crate) fn count(&self) {
        self.runs.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    pub(crate) fn check(&self, name: &str) -> Check {
        Check::with(
            name,
            self.clone(),
            |script| async move { script.run().await },
        )
        .every(Duration::from_secs(5))
        .timeout(Duration::from_secs(1))
    }

    async fn run(&self) -> Result<Outcome, BoxError> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        let _running = Running::begin(self);
        let act = self.act.lock().unwrap().clone();
        match act {
            Act::Healthy => Ok(Outcome::Healthy),
            Act::Degraded(reason) => Ok(Outcome::degraded(reason)),
            Act::Fail(error) => Err(error.into()),
            Act::Panic(message) => panic!("{message}"),
            Act::Hang => std::future::pending().await,
            Act::Take(time) => {
                tokio::time::sleep(time).await;
                Ok(Outcome::Healthy)
            }
        }
    }
}

struct Running<'a>(&'a Script);

impl<'a> Running<'a> {
    fn begin(script: &'a Script) -> Self {
        let now = script.running.fetch_add(1, Ordering::SeqCst) + 1;
        script.most_at_once.fetch_max(now, Ordering::SeqCst);
        Self(script)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A service with one component, `database`, that does as the script says.
pub(crate) fn with_database(act: Act) -> (Script, Health) {
    let script = Script::new(act);
    let health = Health::builder().check(script.check("database")).build();
    (script, health.unwrap())
}

/// An answer, taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// Asks the endpoints alone.
pub(crate) async fn send(health: &Health, request: Request<()>) -> Answer {
    let response = health
        .clone()
        .into_service()
        .oneshot(request)
        .await
        .unwrap_or_else(|never: Infallible| match never {});
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8(body.to_vec()).unwrap(),
    }
}

pub(crate) async fn get(health: &Health, path: &str) -> Answer {
    send(health, Request::get(path).body(()).unwrap()).await
}

pub(crate) async fn request(health: &Health, method: Method, path: &str) -> Answer {
    let request = Request::builder().method(method).uri(path);
    send(health, request.body(()).unwrap()).await
}

/// The status codes of `/health`, `/health/live`, `/health/ready` and
/// `/health/startup`.
pub(crate) async fn codes(health: &Health) -> [u16; 4] {
    let mut codes = [0; 4];
    for (code, path) in codes.iter_mut().zip([
        "/health",
        "/health/live",
        "/health/ready",
        "/health/startup",
    ]) {
        *code = get(health, path).await.status.as_u16();
    }
    codes
}

/// Lets the engine do what is due, without letting time pass.
pub(crate) async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// Lets time pass, of a paused clock, and the engine do what falls due.
pub(crate) async fn pass(time: Duration) {
    settle().await;
    tokio::time::sleep(time).await;
    settle().await;
}

/// Lets a paused clock jump without polling any task: what a reader sees that is
/// served before the engine's tasks are.
pub(crate) fn jump(time: Duration) {
    assert!(poll_once(tokio::time::advance(time)).is_pending());
}

/// Waits for a condition on a real clock, with a bound.
pub(crate) async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let waited = timeout(Duration::from_secs(30), async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    assert!(waited.await.is_ok(), "in vain: {what}");
}

/// The same for what is no part of a runtime.
pub(crate) fn eventually_blocking(what: &str, mut condition: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(30), "in vain: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Polls once, without a task.
pub(crate) fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

pub(crate) type Body = Full<Bytes>;

/// A service that says hello.
pub(crate) async fn hello(_: Request<()>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Full::from("hello")))
}

pub(crate) async fn text(response: Response<Body>) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

//! The servers, each as its crate's own documentation sets it up. Their checks
//! answer at once, and count their runs.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use tokio::net::TcpListener;

const CHECKS: usize = 100;

pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    /// Runs of checks since it has begun.
    pub(crate) runs: Arc<AtomicU64>,
    /// Requests a second, by rounds.
    pub(crate) rates: Vec<f64>,
    pub(crate) bytes: usize,
    pub(crate) ran: u64,
    pub(crate) answered: u64,
}

/// All there are, the route by hand first.
pub(crate) fn all() -> Vec<Server> {
    let outermost = serve("health-middleware, around the router", |listener, runs| {
        Box::pin(async move {
            use tower::Layer;
            let app = ours(runs).layer().layer(router());
            let _ = axum::serve(listener, tower::make::Shared::new(app)).await;
        })
    });
    let body = one_body(outermost.address);
    vec![
        serve(
            "a route by hand, its body made beforehand",
            |listener, _| Box::pin(by_hand(listener, body)),
        ),
        outermost,
        serve(
            "health-middleware, the router's last layer",
            |listener, runs| {
                Box::pin(async move {
                    let app = router().layer(ours(runs).layer());
                    let _ = axum::serve(listener, app).await;
                })
            },
        ),
        serve("axum-health 0.2.1", |listener, runs| {
            Box::pin(axum_health(listener, runs))
        }),
        serve("nidus-http 1.2.0", |listener, runs| {
            Box::pin(nidus_http(listener, runs))
        }),
        serve("ullun-api 0.4.13", |listener, runs| {
            Box::pin(ullun_api(listener, runs))
        }),
    ]
}

fn names() -> impl Iterator<Item = String> {
    (0..CHECKS).map(|number| format!("dependency-{number:03}"))
}

fn router() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

fn ours(runs: Arc<AtomicU64>) -> health_middleware::Health {
    use health_middleware::{BoxError, Check, Health};

    let mut builder = Health::builder();
    for name in names() {
        let check = Check::with(name, Arc::clone(&runs), |runs| async move {
            runs.fetch_add(1, Ordering::Relaxed);
            Ok::<_, BoxError>(())
        });
        builder = builder.check(check);
    }
    builder.build().expect("a health")
}

/// The same bytes and headers as ours, and no check behind them.
async fn by_hand(listener: TcpListener, body: Bytes) {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let ready = get(move || {
        let answer = (headers.clone(), body.clone());
        async move { answer }
    });
    let _ = axum::serve(listener, router().route("/health/ready", ready)).await;
}

async fn axum_health(listener: TcpListener, runs: Arc<AtomicU64>) {
    use axum_health::indicator::{HealthDetail, HealthIndicator};
    use axum_health::service::Health;

    struct Dependency {
        name: String,
        runs: Arc<AtomicU64>,
    }

    #[async_trait::async_trait]
    impl HealthIndicator for Dependency {
        fn name(&self) -> String {
            self.name.clone()
        }

        async fn details(&self) -> HealthDetail {
            self.runs.fetch_add(1, Ordering::Relaxed);
            HealthDetail::up()
        }
    }

    let mut builder = Health::builder();
    for name in names() {
        let runs = Arc::clone(&runs);
        builder = builder.with_indicator(Dependency { name, runs });
    }
    let app = router()
        .route("/health/ready", get(axum_health::health_check))
        .layer(builder.build());
    let _ = axum::serve(listener, app).await;
}

async fn nidus_http(listener: TcpListener, runs: Arc<AtomicU64>) {
    use nidus_http::health::{HealthRegistry, HealthStatus};

    let mut registry = HealthRegistry::new();
    for name in names() {
        let runs = Arc::clone(&runs);
        registry = registry.ready_check(name, move || {
            runs.fetch_add(1, Ordering::Relaxed);
            async { HealthStatus::up() }
        });
    }
    let _ = axum::serve(listener, router().merge(registry.routes())).await;
}

async fn ullun_api(listener: TcpListener, runs: Arc<AtomicU64>) {
    use ullun::app::App;
    use ullun::health::Health;

    let mut health = Health::new();
    for name in names() {
        let runs = Arc::clone(&runs);
        health = health.check(&name, move || {
            runs.fetch_add(1, Ordering::Relaxed);
            async { Ok::<(), String>(()) }
        });
    }
    let app = App::new().get("/health/ready", health.readiness());
    let _ = app.serve(listener).await;
}

type Served = Pin<Box<dyn Future<Output = ()>>>;

/// Serves on the first processor, on a thread and a runtime of its own.
fn serve<F>(name: &'static str, app: F) -> Server
where
    F: FnOnce(TcpListener, Arc<AtomicU64>) -> Served + Send + 'static,
{
    let runs = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&runs);
    let (bound, address) = mpsc::channel();
    thread::spawn(move || {
        keep_to(|index| index == 0);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async move {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
            let _ = bound.send(listener.local_addr().expect("an address"));
            app(listener, counted).await;
        });
    });
    Server {
        name,
        address: address.recv().expect("a server"),
        runs,
        rates: Vec::new(),
        bytes: 0,
        ran: 0,
        answered: 0,
    }
}

/// Keeps this thread off the processor that the servers have, if there are others.
pub(crate) fn leave_to_servers() {
    keep_to(|index| index > 0);
}

/// Keeps this thread to some of those processors that it may run on.
fn keep_to(wanted: impl Fn(usize) -> bool) {
    let allowed = sched_getaffinity(None).expect("an affinity");
    let mut kept = CpuSet::new();
    let processors = (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu));
    for (_, cpu) in processors.enumerate().filter(|(index, _)| wanted(*index)) {
        kept.set(cpu);
    }
    if kept.count() > 0 {
        sched_setaffinity(None, &kept).expect("an affinity");
    }
}

/// The body of an answer after every check has run.
fn one_body(address: SocketAddr) -> Bytes {
    use std::io::{Read, Write};

    loop {
        let mut stream = std::net::TcpStream::connect(address).expect("a connection");
        let request = "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        if head.starts_with("HTTP/1.1 200") {
            return Bytes::from(body.to_owned());
        }
        thread::yield_now();
    }
}

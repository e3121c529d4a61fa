//! `/health/live` over HTTP beside a hand-written axum route that returns the
//! same prebuilt bytes and headers.

mod table;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use health_middleware::Health;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use table::{Table, median};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tower::Layer;
use tower::make::Shared;

const CONNECTIONS: usize = 16;
const RUN: Duration = Duration::from_millis(700);
const PAIRS: usize = 15;
const REQUEST: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";

/// Serves on a thread and a runtime of its own.
fn serve<F>(app: F) -> SocketAddr
where
    F: FnOnce(TcpListener) -> futures::Served + Send + 'static,
{
    let (bound, address) = oneshot::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async move {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
            let _ = bound.send(listener.local_addr().expect("an address"));
            app(listener).await;
        });
    });
    address.blocking_recv().expect("a server")
}

mod futures {
    pub(crate) type Served = std::pin::Pin<Box<dyn Future<Output = ()>>>;
}

fn layer_outermost() -> SocketAddr {
    serve(|listener| {
        Box::pin(async move {
            let health = Health::builder().build().expect("a health");
            let router = Router::new().route("/", get(|| async { "hello" }));
            let app = health.layer().layer(router);
            let _ = axum::serve(listener, Shared::new(app)).await;
        })
    })
}

fn layer_in_router() -> SocketAddr {
    serve(|listener| {
        Box::pin(async move {
            let health = Health::builder().build().expect("a health");
            let app = Router::new()
                .route("/", get(|| async { "hello" }))
                .layer(health.layer());
            let _ = axum::serve(listener, app).await;
        })
    })
}

fn by_hand(body: Bytes) -> SocketAddr {
    serve(|listener| {
        Box::pin(async move {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            let live = get(move || {
                let answer = (headers.clone(), body.clone());
                async move { answer }
            });
            let app = Router::new()
                .route("/", get(|| async { "hello" }))
                .route("/health/live", live);
            let _ = axum::serve(listener, app).await;
        })
    })
}

/// One answer, to learn its length and to compare.
async fn ask(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(REQUEST).await.expect("a request");
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).await.expect("an answer");
    answer.truncate(length);
    String::from_utf8(answer).expect("text")
}

/// Requests for each second over kept connections.
async fn load(address: SocketAddr, length: usize) -> f64 {
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        connections.push(stream);
    }
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for mut stream in connections {
        tasks.spawn_local(async move {
            let mut answer = vec![0; length];
            let mut answers = 0u64;
            while begun.elapsed() < RUN {
                stream.write_all(REQUEST).await.expect("a request");
                stream.read_exact(&mut answer).await.expect("an answer");
                assert!(answer.starts_with(b"HTTP/1.1 200"));
                answers += 1;
            }
            answers
        });
    }
    let mut answers = 0;
    while let Some(served) = tasks.join_next().await {
        answers += served.expect("a client");
    }
    answers as f64 / begun.elapsed().as_secs_f64()
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, compare())
}

async fn compare() -> ExitCode {
    let (outermost, inside) =
        tokio::task::spawn_blocking(|| (layer_outermost(), layer_in_router()))
            .await
            .expect("servers");
    let answer = ask(outermost).await;
    let body = answer.split_once("\r\n\r\n").expect("a head").1.to_owned();
    let hand = tokio::task::spawn_blocking(|| by_hand(body.into()))
        .await
        .expect("a server");
    let sorted = |answer: &str| {
        let head = answer.split_once("\r\n\r\n").expect("a head").0;
        let mut lines: Vec<_> = head.lines().filter(|l| !l.starts_with("date")).collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    assert_eq!(
        sorted(&answer),
        sorted(&ask(hand).await),
        "not the same answers"
    );

    let length = answer.len();
    let mut table =
        Table::new("`/health/live` over HTTP, 16 kept connections, median of paired runs");
    let mut figures = [Vec::new(), Vec::new(), Vec::new()];
    let mut ratios = [Vec::new(), Vec::new()];
    for address in [outermost, inside, hand] {
        load(address, length).await;
    }
    for _ in 0..PAIRS {
        let mut run = [0.0; 3];
        for (index, address) in [outermost, inside, hand].into_iter().enumerate() {
            run[index] = load(address, length).await;
            figures[index].push(run[index]);
        }
        ratios[0].push(run[0] / run[2]);
        ratios[1].push(run[1] / run[2]);
    }
    let [outermost, inside, hand] = figures.map(median);
    let [over, within] = ratios.map(median);
    table.note("route written by hand", &format!("{hand:.0} /s"));
    table.note(
        "layer outermost, around the router",
        &format!("{outermost:.0} /s"),
    );
    table.note("layer as the router's last", &format!("{inside:.0} /s"));
    table.check(
        "layer outermost, against the route",
        &format!("{over:.3}"),
        "1.000",
        over >= 1.0,
    );
    table.note(
        "layer as the router's last, against the route",
        &format!("{within:.3}"),
    );
    table.finish()
}

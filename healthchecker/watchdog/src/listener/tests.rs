//! Over real sockets; what waits, waits for a connection's end within [`PATIENCE`].

mod answers;
mod bind;
mod stop;
mod times;
mod tls;

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{Bound, Limits, Notice, Peer};
use crate::config::Config;

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(30);

const HELLO: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const BIG: usize = 32 * 1024 * 1024;

pub(super) async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("it takes too long")
}

/// A server of this test, and what it knows of itself.
struct Served {
    addresses: Vec<SocketAddr>,
    stop: Option<oneshot::Sender<()>>,
    done: JoinHandle<usize>,
    notices: Arc<Mutex<Vec<Notice>>>,
    /// How many connections have a service now.
    open: watch::Receiver<usize>,
    /// Each permit lets one `/wait` be answered.
    gate: Arc<Semaphore>,
    /// How many requests to `/wait` have come.
    waiting: watch::Receiver<usize>,
}

/// A service's life.
struct Open(watch::Sender<usize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}

#[derive(Debug)]
struct Unwilling;

impl fmt::Display for Unwilling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no answer")
    }
}

impl std::error::Error for Unwilling {}

impl Served {
    fn new(limits: Limits) -> Self {
        Self::with("[[listen]]\naddress = \"127.0.0.1:0\"", limits)
    }

    fn with(config: &str, limits: Limits) -> Self {
        let config = Config::parse(config).expect("a configuration");
        let bound = Bound::bind(&config.listeners).expect("bound");
        let addresses = bound.addresses();
        let (opened, open) = watch::channel(0);
        let (waits, waiting) = watch::channel(0);
        let gate = Arc::new(Semaphore::new(0));
        let notices = Arc::<Mutex<Vec<Notice>>>::default();
        let (stop, stopped) = oneshot::channel();
        let passed = gate.clone();
        let service = move |peer: Peer| {
            opened.send_modify(|open| *open += 1);
            let open = Open(opened.clone());
            let (gate, waits) = (passed.clone(), waits.clone());
            service_fn(move |request| {
                let _ = &open;
                answer(peer, request, gate.clone(), waits.clone())
            })
        };
        let told = notices.clone();
        let done = tokio::spawn(bound.serve(
            limits,
            service,
            async {
                // A server that is dropped is no longer asked for.
                let _ = stopped.await;
            },
            move |notice| told.lock().unwrap().push(notice),
        ));
        Self {
            addresses,
            stop: Some(stop),
            done,
            notices,
            open,
            gate,
            waiting,
        }
    }

    async fn connect(&self) -> TcpStream {
        soon(TcpStream::connect(self.addresses[0])).await.unwrap()
    }

    fn stop(&mut self) {
        self.stop.take().expect("stopped once").send(()).unwrap();
    }

    /// How many it has cut off.
    async fn done(self) -> usize {
        soon(self.done).await.unwrap()
    }

    async fn open(&self, count: usize) {
        let mut open = self.open.clone();
        soon(open.wait_for(|open| *open == count)).await.unwrap();
    }

    async fn waiting(&self, count: usize) {
        let mut waiting = self.waiting.clone();
        soon(waiting.wait_for(|waiting| *waiting == count))
            .await
            .unwrap();
    }

    fn notices(&self) -> Vec<Notice> {
        self.notices.lock().unwrap().clone()
    }
}

async fn answer(
    peer: Peer,
    request: Request<Incoming>,
    gate: Arc<Semaphore>,
    waits: watch::Sender<usize>,
) -> Result<Response<Full<Bytes>>, Unwilling> {
    let body = match request.uri().path() {
        "/peer" => format!("{} {}", peer.listener, peer.is_tls),
        "/unwilling" => return Err(Unwilling),
        "/panic" => panic!("on purpose"),
        "/big" => return Ok(Response::new(Full::from(vec![b'x'; BIG]))),
        "/wait" => {
            waits.send_modify(|waits| *waits += 1);
            gate.acquire().await.expect("a gate").forget();
            "waited".to_owned()
        }
        "/read" => match request.into_body().collect().await {
            Ok(body) => format!("read {}", body.to_bytes().len()),
            Err(_) => return Err(Unwilling),
        },
        path => path.to_owned(),
    };
    Ok(Response::new(Full::from(body)))
}

async fn send(stream: &mut TcpStream, text: &str) {
    soon(stream.write_all(text.as_bytes())).await.unwrap();
}

/// All that comes until the connection ends, in whichever way.
async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    match soon(stream.read_to_end(&mut bytes)).await {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error}"),
    }
    String::from_utf8(bytes).unwrap()
}

/// What comes up to `end`, which is its end.
async fn up_to(stream: &mut (impl AsyncRead + Unpin), end: &str) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end.as_bytes()) {
        bytes.push(soon(stream.read_u8()).await.expect("more"));
    }
    String::from_utf8(bytes).unwrap()
}

/// One request that is answered with its own path, which is no more than a slash.
async fn hello(stream: &mut TcpStream) {
    send(stream, HELLO).await;
    let answer = up_to(stream, "\r\n\r\n/").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

/// That futures may move between threads, whatever runtime they are on.
#[tokio::test]
async fn serving_is_send() {
    fn is_send(_: &impl Send) {}
    let bound = Bound::bind(&[]).unwrap();
    let service = |_| {
        service_fn(|_: Request<Incoming>| async {
            Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
        })
    };
    let serving = bound.serve(Limits::default(), service, async {}, |_| {});
    is_send(&serving);
    assert_eq!(soon(serving).await, 0);
}

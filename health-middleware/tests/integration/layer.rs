//! The layer over inner services that are saturated, failed or counted.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use health_middleware::{Health, HealthLayer, HealthService, ResponseFuture};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use tokio::time::timeout;
use tower::limit::ConcurrencyLimit;
use tower::load_shed::{LoadShed, error::Overloaded};
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};
use tower_test::{assert_request_eq, mock};

use crate::support::{Body, hello, poll_once, settle, text};

type Mock = mock::Mock<&'static str, Response<Body>>;

/// The mock's requests are compared, which `http::Request` cannot be.
fn adapt(
    mock: Mock,
) -> impl Service<Request<()>, Response = Response<Body>, Error = BoxError, Future: Send> + Clone {
    mock.map_request(|request: Request<()>| match request.uri().path() {
        "/work" => "work",
        _ => "other",
    })
}

fn work() -> Request<()> {
    Request::get("/work").body(()).unwrap()
}

fn probe() -> Request<()> {
    Request::get("/health/live").body(()).unwrap()
}

fn health() -> Health {
    Health::builder().build().unwrap()
}

#[tokio::test]
async fn a_probe_is_answered_while_the_inner_service_is_saturated() {
    let (mock, mut handle) = mock::pair::<&'static str, Response<Body>>();
    handle.allow(0);
    let mut service = health().layer().layer(adapt(mock));
    let response = service.ready().await.unwrap().call(probe()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(poll_once(handle.next_request()).is_pending());
}

#[tokio::test]
async fn a_request_waits_in_its_own_future_until_the_inner_service_is_ready() {
    let (mock, mut handle) = mock::pair::<&'static str, Response<Body>>();
    handle.allow(0);
    let mut service = health().layer().layer(adapt(mock));
    let mut call = spawn(service.ready().await.unwrap().call(work()));
    assert!(call.poll().is_pending());

    handle.allow(1);
    assert!(call.is_woken(), "the waiting request was not told");
    assert!(call.poll().is_pending());
    assert_request_eq!(handle, "work").send_response(Response::new(Full::from("done")));
    let Poll::Ready(Ok(response)) = call.poll() else {
        panic!("the answer is there");
    };
    assert_eq!(text(response).await, "done");
}

/// What the guide says of it.
#[tokio::test]
async fn a_load_shed_sheds_inside_of_the_layer_and_never_outside() {
    let (mock, mut handle) = mock::pair::<&'static str, Response<Body>>();
    handle.allow(0);
    let mut inside = health().layer().layer(LoadShed::new(adapt(mock.clone())));
    let shed = inside.ready().await.unwrap().call(work()).await;
    assert!(shed.unwrap_err().is::<Overloaded>());
    let probed = inside.ready().await.unwrap().call(probe()).await.unwrap();
    assert_eq!(probed.status(), StatusCode::OK);

    let mut outside = LoadShed::new(health().layer().layer(adapt(mock)));
    let mut call = spawn(outside.ready().await.unwrap().call(work()));
    assert!(call.poll().is_pending(), "neither shed nor answered");
}

#[tokio::test]
async fn an_error_of_readiness_goes_to_the_request_and_not_to_a_probe() {
    let (mock, mut handle) = mock::pair::<&'static str, Response<Body>>();
    handle.send_error("broken");
    let mut service = health().layer().layer(adapt(mock));
    let response = service.ready().await.unwrap().call(probe()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let error = service.ready().await.unwrap().call(work()).await;
    assert_eq!(error.unwrap_err().to_string(), "broken");
    let response = service.ready().await.unwrap().call(probe()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_error_that_comes_while_a_request_waits_goes_to_it() {
    let (mock, mut handle) = mock::pair::<&'static str, Response<Body>>();
    handle.allow(0);
    let mut service = health().layer().layer(adapt(mock));
    let mut call = spawn(service.call(work()));
    assert!(call.poll().is_pending());
    drop(handle);
    assert!(call.is_woken());
    assert!(matches!(call.poll(), Poll::Ready(Err(_))));
}

/// One permit: a request that holds it, others that wait, probes all the while.
#[tokio::test]
async fn a_concurrency_limit_of_one_neither_blocks_probes_nor_starves_requests() {
    let (mock, mut handle) = mock::pair::<&'static str, Response<Body>>();
    handle.allow(u64::MAX);
    let mut first = health()
        .layer()
        .layer(ConcurrencyLimit::new(adapt(mock), 1));
    let mut second = first.clone();
    let mut third = first.clone();

    let mut holds = spawn(first.ready().await.unwrap().call(work()));
    assert!(holds.poll().is_pending());
    let mut waits = spawn(second.ready().await.unwrap().call(work()));
    assert!(waits.poll().is_pending());

    for service in [&mut first, &mut second, &mut third] {
        let response = service.ready().await.unwrap().call(probe()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }

    assert_request_eq!(handle, "work").send_response(Response::new(Full::from("first")));
    assert!(matches!(holds.poll(), Poll::Ready(Ok(_))));
    drop(holds);
    assert!(
        waits.is_woken(),
        "the permit did not reach the one who waits"
    );
    assert!(waits.poll().is_pending());
    assert_request_eq!(handle, "work").send_response(Response::new(Full::from("second")));
    assert!(matches!(waits.poll(), Poll::Ready(Ok(_))));
}

/// A connection that is idle after a probe, or before its first request, holds
/// and queues for nothing.
#[tokio::test]
async fn an_idle_connection_that_has_only_probed_holds_no_permit() {
    let limited = ConcurrencyLimit::new(service_fn(hello), 1);
    let mut busy = health().layer().layer(limited);
    let mut idle = busy.clone();
    let mut silent = busy.clone();

    idle.ready().await.unwrap().call(probe()).await.unwrap();
    idle.ready().await.unwrap();
    silent.ready().await.unwrap();
    for _ in 0..3 {
        let call = busy.ready().await.unwrap().call(work());
        let response = timeout(Duration::from_secs(30), call)
            .await
            .expect("starved by idle connections")
            .unwrap();
        assert_eq!(text(response).await, "hello");
    }
}

#[tokio::test]
async fn a_request_that_is_given_up_while_it_waits_gives_up_its_place() {
    let (mock, mut handle) = mock::pair::<&'static str, Response<Body>>();
    handle.allow(u64::MAX);
    let mut service = health()
        .layer()
        .layer(ConcurrencyLimit::new(adapt(mock), 1));
    let mut holds = spawn(service.call(work()));
    assert!(holds.poll().is_pending());
    let mut given_up = spawn(service.call(work()));
    assert!(given_up.poll().is_pending());
    let mut waits = spawn(service.call(work()));
    assert!(waits.poll().is_pending());

    drop(given_up);
    drop(holds);
    settle().await;
    assert!(waits.is_woken());
    assert!(waits.poll().is_pending());
    // The mock saw the first request, whose caller has gone, and the last.
    let _ = handle.next_request().await;
    assert_request_eq!(handle, "work").send_response(Response::new(Full::from("last")));
    assert!(matches!(waits.poll(), Poll::Ready(Ok(_))));
}

/// Counts its clones.
#[derive(Debug, Default)]
struct Counted {
    clones: Arc<AtomicUsize>,
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.clones.fetch_add(1, Ordering::SeqCst);
        Self {
            clones: Arc::clone(&self.clones),
        }
    }
}

impl Service<Request<()>> for Counted {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(Response::new(Full::from("counted"))))
    }
}

#[tokio::test]
async fn neither_a_probe_nor_a_request_clones_an_inner_service_that_is_ready() {
    let counted = Counted::default();
    let clones = Arc::clone(&counted.clones);
    let mut service = health().layer().layer(counted);
    for request in [work(), probe(), work(), probe()] {
        service.ready().await.unwrap().call(request).await.unwrap();
    }
    assert_eq!(clones.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_body_of_a_passed_request_and_response_is_untouched() {
    let echo = service_fn(|request: Request<Body>| async {
        Ok::<_, Infallible>(Response::new(request.into_body()))
    });
    let request = Request::post("/echo")
        .body(Full::from("as it was"))
        .unwrap();
    let response = health().layer().layer(echo).oneshot(request).await.unwrap();
    assert_eq!(text(response).await, "as it was");
}

#[tokio::test]
async fn a_body_that_is_not_made_of_bytes_is_made_by_a_closure() {
    #[derive(Debug, PartialEq)]
    struct Own(Bytes);

    let inner = service_fn(|_: Request<()>| async {
        Ok::<_, Infallible>(Response::new(Own(Bytes::from_static(b"own"))))
    });
    let service = health().layer_with(Own).layer(inner);
    let response = service.clone().oneshot(work()).await.unwrap();
    assert_eq!(*response.body(), Own(Bytes::from_static(b"own")));
    let response = service.oneshot(probe()).await.unwrap();
    assert!(response.body().0.starts_with(b"{\"status\":\"healthy\""));
}

#[tokio::test]
async fn the_inner_service_can_be_reached() {
    let mut service = health().layer().layer(Counted::default());
    assert_eq!(service.get_ref().clones.load(Ordering::SeqCst), 0);
    service.get_mut().clones.store(7, Ordering::SeqCst);
    assert_eq!(service.into_inner().clones.load(Ordering::SeqCst), 7);
}

#[test]
fn what_crosses_threads_does() {
    fn crosses<T: Send + Sync + Clone + Unpin + std::fmt::Debug + 'static>() {}
    fn sent<T: Send + std::fmt::Debug + 'static>() {}

    crosses::<Health>();
    crosses::<HealthLayer>();
    crosses::<HealthService<Counted>>();
    crosses::<health_middleware::EndpointService>();
    crosses::<health_middleware::Heartbeat>();
    crosses::<Arc<health_middleware::Report>>();
    sent::<ResponseFuture<Counted, (), Body>>();
    sent::<health_middleware::HealthBuilder>();
    sent::<health_middleware::Check>();
    sent::<health_middleware::Subscription>();
    sent::<health_middleware::FaultGuard>();
    sent::<health_middleware::StartupGuard>();
}

/// A future with a waker that remembers whether it was woken.
fn spawn<F: Future>(future: F) -> Spawned<F> {
    Spawned {
        future: Box::pin(future),
        woken: Arc::default(),
    }
}

struct Spawned<F> {
    future: std::pin::Pin<Box<F>>,
    woken: Arc<Flag>,
}

#[derive(Default)]
struct Flag(std::sync::atomic::AtomicBool);

impl std::task::Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl<F: Future> Spawned<F> {
    fn poll(&mut self) -> Poll<F::Output> {
        self.woken.0.store(false, Ordering::SeqCst);
        let waker = Arc::clone(&self.woken).into();
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    fn is_woken(&self) -> bool {
        self.woken.0.load(Ordering::SeqCst)
    }
}

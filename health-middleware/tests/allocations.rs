//! What a request costs in allocations; the counting allocator is the whole
//! process's, hence a binary of its own.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::{AllocationInfo, measure};
use bytes::Bytes;
use health_middleware::{BoxError, Check, Health};
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer, Service};

type Body = Full<Bytes>;

#[derive(Clone)]
struct Bare;

impl Service<Request<()>> for Bare {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(Response::new(Full::from(Bytes::from_static(b"hello")))))
    }
}

/// One request, from readiness to the response, dropped at the end.
fn serve<S>(service: &mut S, path: &'static str)
where
    S: Service<Request<()>, Response = Response<Body>, Error = Infallible>,
{
    let mut request = Request::new(());
    *request.uri_mut() = http::Uri::from_static(path);
    let mut context = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut context).is_ready());
    let future = pin!(service.call(request));
    let Poll::Ready(Ok(response)) = future.poll(&mut context) else {
        panic!("not ready at once");
    };
    assert_eq!(response.status(), 200);
}

fn count<S>(service: &mut S, path: &'static str) -> AllocationInfo
where
    S: Service<Request<()>, Response = Response<Body>, Error = Infallible>,
{
    serve(service, path);
    measure(|| {
        for _ in 0..100 {
            serve(service, path);
        }
    })
}

async fn healthy(components: usize) -> Health {
    let mut builder = Health::builder();
    for index in 0..components {
        let name = format!("component-{index}");
        builder = builder.check(Check::from_fn(name, || async { Ok::<_, BoxError>(()) }));
    }
    let health = builder.build().unwrap();
    let mut subscription = health.subscribe();
    while !health.report().ready().is_healthy() {
        subscription.changed().await;
    }
    health
}

#[tokio::test(start_paused = true)]
async fn passing_through_allocates_nothing() {
    let health = healthy(3).await;
    let mut layered = health.layer().layer(Bare);
    for path in ["/", "/accounts/10000", "/healthy", "/health/live/"] {
        assert_eq!(count(&mut Bare, path).count_total, 0);
        assert_eq!(count(&mut layered, path).count_total, 0, "{path}");
    }
}

/// The headers' map is the response's own, and that is two; the body's bytes are
/// shared, so that what is allocated does not grow with the report.
#[tokio::test(start_paused = true)]
async fn a_probe_allocates_its_header_map_whatever_the_number_of_components() {
    for components in [0, 1, 1000] {
        let health = healthy(components).await;
        let mut layered = health.layer().layer(Bare);
        for path in ["/health", "/health/live", "/health/ready"] {
            let counted = count(&mut layered, path);
            assert!(
                counted.count_total <= 2 * 100,
                "{components} {path}: {counted:?}"
            );
            assert!(
                counted.bytes_total <= 512 * 100,
                "{components} {path}: {counted:?}"
            );
            assert_eq!(counted.count_current, 0, "{components} {path}: {counted:?}");
        }
    }
}

//! What the layer costs a request that is not a probe, over the bare service.

mod table;

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::process::ExitCode;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use health_middleware::{Health, RuntimeStall};
use http::{Request, Response};
use http_body_util::Full;
use table::{Table, cpu_seconds, median};
use tower::{Layer, Service};

type Body = Full<Bytes>;

#[derive(Clone)]
struct Bare;

impl Service<Request<Body>> for Bare {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        ready(Ok(Response::new(request.into_body())))
    }
}

const CALLS: u32 = 200_000;
const PAIRS: usize = 41;

/// Nanoseconds for each request.
fn run<S>(service: &mut S, path: &'static str) -> f64
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    let mut context = Context::from_waker(Waker::noop());
    let uri = http::Uri::from_static(path);
    let begun = cpu_seconds();
    for _ in 0..CALLS {
        let mut request = Request::new(Body::default());
        *request.uri_mut() = uri.clone();
        let _ = black_box(service.poll_ready(&mut context));
        let future = pin!(service.call(black_box(request)));
        let _ = black_box(future.poll(&mut context));
    }
    (cpu_seconds() - begun) * 1e9 / f64::from(CALLS)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let health = Health::builder()
        .liveness(RuntimeStall::new())
        .build()
        .expect("a health");
    let mut layered = health.layer().layer(Bare);
    let mut table = Table::new("Passing through, median of paired runs");
    for path in ["/", "/accounts/10000", "/health/unlike"] {
        let (mut bare, mut over) = (Vec::new(), Vec::new());
        run(&mut Bare, path);
        run(&mut layered, path);
        for _ in 0..PAIRS {
            let one = run(&mut Bare, path);
            let other = run(&mut layered, path);
            bare.push(one);
            over.push(other - one);
        }
        let (bare, over) = (median(bare), median(over));
        table.note(&format!("bare service, {path}"), &format!("{bare:.1} ns"));
        table.check(
            &format!("the layer over it, {path}"),
            &format!("{over:+.1} ns"),
            "30 ns",
            over <= 30.0,
        );
    }
    table.finish()
}

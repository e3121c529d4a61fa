//! What `metrics` adds to a probe, without a recorder and with one.

mod table;

use std::convert::Infallible;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::process::ExitCode;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use axum::body::Body;
use health_middleware::{BoxError, Check, Health};
use http::{Request, Response};
use metrics_exporter_prometheus::PrometheusBuilder;
use table::{Table, median};
use tower::{Layer, Service, service_fn};

const CALLS: u32 = 100_000; //X
const ROUNDS: usize = 41;

async fn nothing(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::empty()))
}

/// Nanoseconds a call.
fn run<S: Service<Request<Body>>>(service: &mut S) -> f64 {
    let mut context = Context::from_waker(Waker::noop());
    let begun = Instant::now();
    for _ in 0..CALLS {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = http::Uri::from_static("/health/ready");
        let _ = black_box(service.poll_ready(&mut context));
        let future = pin!(service.call(black_box(request)));
        let _ = black_box(future.poll(&mut context));
    }
    begun.elapsed().as_nanos() as f64 / f64::from(CALLS)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut builder = Health::builder();
    for index in 0..1000 {
        let check = Check::from_fn(format!("component-{index:04}"), || async {
            Ok::<_, BoxError>(())
        });
        builder = builder.check(check.every(Duration::from_secs(3600)));
    }
    let health = builder.build().expect("a health");
    let mut subscription = health.subscribe();
    while !health.report().ready().is_healthy() {
        subscription.changed().await;
    }
    let mut service = health.layer().layer(service_fn(nothing));

    let mut table = Table::new("A probe with `metrics`, 1,000 components, median");
    let mut row = |what: &str| {
        run(&mut service);
        let probe = median((0..ROUNDS).map(|_| run(&mut service)).collect());
        table.check(what, &format!("{probe:.1} ns"), "250 ns", probe <= 250.0);
        probe
    };
    let without = row("no recorder");
    PrometheusBuilder::new()
        .install_recorder()
        .expect("the only recorder");
    let with = row("metrics-exporter-prometheus");
    table.note("the recorder's part", &format!("{:.1} ns", with - without));
    table.finish()
}

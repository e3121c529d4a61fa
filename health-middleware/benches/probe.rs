//! What a probe costs in process, with one component and with a thousand.

mod table;

use std::convert::Infallible;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::process::ExitCode;
use std::task::{Context, Waker};
use std::time::Duration;

use axum::body::Body;
use health_middleware::{BoxError, Check, Health, HealthService};
use http::{Request, Response};
use table::{Table, cpu_seconds, median};
use tower::{Layer, Service, service_fn};

const CALLS: u32 = 100_000;
const ROUNDS: usize = 41;

async fn healthy(components: usize) -> Health {
    let mut builder = Health::builder();
    for index in 0..components {
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
    health
}

async fn nothing(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::empty()))
}

/// What making a request, and dropping it, costs by itself.
fn request_alone(path: &'static str) -> f64 {
    let uri = http::Uri::from_static(path);
    let begun = cpu_seconds();
    for _ in 0..CALLS {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = uri.clone();
        drop(black_box(request));
    }
    (cpu_seconds() - begun) * 1e9 / f64::from(CALLS)
}

fn run<S>(service: &mut HealthService<S>, path: &'static str) -> f64
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone,
{
    let mut context = Context::from_waker(Waker::noop());
    let uri = http::Uri::from_static(path);
    let begun = cpu_seconds();
    for _ in 0..CALLS {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = uri.clone();
        let _ = black_box(service.poll_ready(&mut context));
        let future = pin!(service.call(black_box(request)));
        let _ = black_box(future.poll(&mut context));
    }
    (cpu_seconds() - begun) * 1e9 / f64::from(CALLS)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let one = healthy(1).await;
    let many = healthy(1000).await;
    let mut one = one.layer().layer(service_fn(nothing));
    let mut many = many.layer().layer(service_fn(nothing));
    let mut table = Table::new("A probe in process, axum's body, median of paired runs");
    for path in ["/health", "/health/live", "/health/ready"] {
        let (mut few, mut lots, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        run(&mut one, path);
        run(&mut many, path);
        for _ in 0..ROUNDS {
            let request = request_alone(path);
            let a = run(&mut one, path) - request;
            let b = run(&mut many, path) - request;
            few.push(a);
            lots.push(b);
            ratios.push(b / a);
        }
        let (few, lots, ratio) = (median(few), median(lots), median(ratios));
        table.note(&format!("{path}, 1 component"), &format!("{few:.1} ns"));
        table.check(
            &format!("{path}, 1,000 components"),
            &format!("{lots:.1} ns"),
            "250 ns",
            lots <= 250.0,
        );
        table.check(
            &format!("{path}, 1,000 components against 1"),
            &format!("{ratio:.3}"),
            "1.10",
            ratio <= 1.10,
        );
    }
    #[cfg(feature = "metrics")]
    {
        metrics_exporter_prometheus::PrometheusBuilder::new()
            .install_recorder()
            .expect("the only recorder");
        for path in ["/health", "/health/live", "/health/ready"] {
            run(&mut many, path);
            let counted = |_| run(&mut many, path) - request_alone(path);
            let counted = median((0..ROUNDS).map(counted).collect());
            table.check(
                &format!("{path}, 1,000 components, counted for Prometheus"),
                &format!("{counted:.1} ns"),
                "250 ns",
                counted <= 250.0,
            );
        }
    }
    table.finish()
}

//! What the probes see, served to Prometheus.
//!
//! ```text
//! cargo run --example metrics --features metrics -- 127.0.0.1:8080
//! curl http://127.0.0.1:8080/metrics
//! ```

use std::env::args_os;
use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use health_middleware::{BoxError, Check, Health};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tokio::net::TcpListener;
use tokio::time::interval;

/// Seconds; a check's timeout is 2 by default.
const BUCKETS: [f64; 8] = [0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1.0, 2.0];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address: SocketAddr = match args_os().nth(1) {
        Some(address) => address.to_string_lossy().parse()?,
        None => ([127, 0, 0, 1], 8080).into(),
    };
    let duration = Matcher::Full("health_check_duration_seconds".to_owned());
    let prometheus = PrometheusBuilder::new()
        .set_buckets_for_metric(duration, &BUCKETS)?
        .install_recorder()?;

    let health = Health::builder()
        .check(Check::from_fn("database", || async {
            // … ask the database …
            Ok::<_, BoxError>(())
        }))
        .build()?;

    let upkeep = prometheus.clone();
    tokio::spawn(async move {
        let mut every = interval(Duration::from_secs(5));
        loop {
            every.tick().await;
            upkeep.run_upkeep();
        }
    });
    let scrape = move || async move {
        let text = [(CONTENT_TYPE, "text/plain; version=0.0.4")];
        (text, prometheus.render())
    };
    let app = Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/metrics", get(scrape))
        .layer(health.layer());
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    let drained = health.drain_on_shutdown(Duration::from_secs(5));
    axum::serve(listener, app)
        .with_graceful_shutdown(drained)
        .await?;
    Ok(())
}

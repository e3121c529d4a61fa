use std::time::Duration;
use axum::{Router, routing::get};
use health_middleware::{Check, Health};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Check::tcp("database", std::env::var("DATABASE")?).timeout(Duration::from_millis(500)).failures(3);
    let health = Health::builder().check(database).build()?;
    let app = Router::new().route("/", get(|| async { "hello" })).layer(health.layer());
    let listener = TcpListener::bind(std::env::var("LISTEN")?).await?;
    // At SIGTERM: ready answers 503, and 5 s later the listener closes.
    let drained = health.drain_on_shutdown(Duration::from_secs(5));
    Ok(axum::serve(listener, app).with_graceful_shutdown(drained).await?)
}

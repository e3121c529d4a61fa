//! The page for people: open the address that it prints in a browser. With the
//! argument `sick` some of what the service needs does not work.

use std::time::Duration;

use axum::Router;
use health_middleware::{BoxError, Check, Details, Health, Outcome, Surface, heartbeat};
use tokio::net::TcpListener;
use tokio::time::sleep;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sick = std::env::args_os()
        .nth(1)
        .is_some_and(|word| word == "sick");
    let (outbox, worker) = heartbeat("outbox-worker", Duration::from_secs(30));
    let health = Health::builder()
        .check(answers("accounts-database", 1_800, None))
        .check(answers("object-store", 6_400, None))
        .check(answers(
            "payments-api",
            38_000,
            sick.then_some("connection refused by 10.2.0.17:443"),
        ))
        .check(hangs("search-index", sick))
        .check(
            answers(
                "session-cache",
                700,
                sick.then_some("READONLY You can't write against a read only replica."),
            )
            .optional(),
        )
        .liveness(outbox)
        .info("service", "accounts")
        .info("version", "2.7.1")
        .info("region", "eu-central-1")
        .management(Surface::new().details(Details::Full))
        .build()?;
    worker.beat();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("http://{}/health", listener.local_addr()?);
    let drained = health.drain_on_shutdown(Duration::ZERO);
    let management: Router = Router::new().fallback_service(health.into_service());
    axum::serve(listener, management)
        .with_graceful_shutdown(drained)
        .await?;
    drop(worker);
    Ok(())
}

/// Stands for a question to something that takes as many microseconds to answer.
fn answers(name: &str, micros: u64, error: Option<&'static str>) -> Check {
    Check::from_fn(name, move || async move {
        sleep(Duration::from_micros(micros)).await;
        match error {
            None => Ok(Outcome::Healthy),
            Some(error) => Err(BoxError::from(error)),
        }
    })
}

/// Stands for a question to something that may never answer.
fn hangs(name: &str, sick: bool) -> Check {
    Check::from_fn(name, move || async move {
        let time = if sick { 3600 } else { 0 };
        sleep(Duration::from_secs(time) + Duration::from_millis(12)).await;
        Ok::<_, BoxError>(())
    })
    .timeout(Duration::from_millis(500))
}

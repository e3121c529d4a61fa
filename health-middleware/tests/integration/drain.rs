//! Shutting down: first 503 for readiness, then the listener closes.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use health_middleware::Health;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::support::{Act, Script, codes, get as probe, settle};
use crate::wire::{self, listen};

#[tokio::test(start_paused = true)]
async fn drain_turns_readiness_alone_and_for_good() {
    let health = Health::builder()
        .check(Script::new(Act::Healthy).check("database"))
        .build()
        .unwrap();
    settle().await;
    health.drain();
    assert_eq!(codes(&health).await, [200, 200, 503, 200]);
    assert_eq!(
        probe(&health, "/health/ready").await.json()["message"],
        "draining"
    );
    assert!(health.report().is_draining());
    health.maintenance(true);
    health.maintenance(false);
    assert_eq!(codes(&health).await, [200, 200, 503, 200]);
}

#[tokio::test(start_paused = true)]
async fn the_delay_follows_the_signal() {
    let health = Health::builder().build().unwrap();
    let (signal, signalled) = oneshot::channel::<()>();
    let drained = tokio::spawn(health.drain_on(signalled, Duration::from_secs(5)));
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(!health.report().is_draining() && !drained.is_finished());
    signal.send(()).unwrap();
    let begun = Instant::now();
    settle().await;
    assert!(health.report().is_draining());
    drained.await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 5);
}

#[tokio::test]
async fn with_axum_the_listener_stays_open_for_the_delay_and_requests_are_finished() {
    let (listener, address) = listen().await;
    let (entered, in_flight) = oneshot::channel();
    let (release, held) = oneshot::channel::<()>();
    let slots = std::sync::Mutex::new(Some((entered, held)));
    let slots = std::sync::Arc::new(slots);
    let slow = get(move || {
        let slots = slots.lock().unwrap().take();
        async move {
            if let Some((entered, held)) = slots {
                entered.send(()).unwrap();
                held.await.unwrap();
            }
            "finished"
        }
    });
    let health = Health::builder().build().unwrap();
    let app = Router::new().route("/slow", slow).layer(health.layer());
    let (signal, signalled) = oneshot::channel::<()>();
    let drained = health.drain_on(signalled, Duration::from_millis(500));
    let server = tokio::spawn(async move {
        axum::serve(listener, app)
            .with_graceful_shutdown(drained)
            .await
    });
    let request = tokio::spawn(async move { wire::get(address, "/slow").await });
    in_flight.await.unwrap();
    assert_eq!(wire::get(address, "/health/ready").await.status, 200);

    let mut subscription = health.subscribe();
    let begun = Instant::now();
    signal.send(()).unwrap();
    assert!(subscription.changed().await.unwrap().is_draining());
    // New connections are served until the delay is over, and balancers can see
    // the 503. A machine too busy to ask twice in half a second has seen nothing
    // wrong either.
    let mut refused_readiness = 0;
    while let Ok(answer) = wire::try_get(address, "/health/ready").await {
        assert_eq!(answer.status, 503);
        if let Ok(live) = wire::try_get(address, "/health/live").await {
            assert_eq!(live.status, 200);
        }
        refused_readiness += 1;
        assert!(begun.elapsed() < Duration::from_secs(60), "never closes");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(
        refused_readiness > 0,
        "the listener closed before the 503 was seen"
    );
    assert!(
        begun.elapsed() >= Duration::from_millis(500),
        "closed too early"
    );
    assert!(!server.is_finished(), "a request is still in flight");
    release.send(()).unwrap();
    assert_eq!(request.await.unwrap().body, "finished");
    server.await.unwrap().unwrap();
}

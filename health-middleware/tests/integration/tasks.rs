//! No task is left behind.

use std::time::Duration;

use axum::Router;
use health_middleware::{BoxError, Check, Health, RuntimeStall, heartbeat};
use http::Request;
use tokio::runtime::Handle;
use tower::{Layer, ServiceExt, service_fn};

use crate::support::{Act, Script, hello, settle};

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

fn busy() -> (Health, Script) {
    let script = Script::new(Act::Hang);
    let (worker, _) = heartbeat("worker", Duration::from_secs(1));
    let health = Health::builder()
        .check(script.check("hangs"))
        .check(Check::blocking("blocking", || Ok::<_, BoxError>(())))
        .liveness(worker)
        .liveness(RuntimeStall::new())
        .build()
        .unwrap();
    (health, script)
}

#[tokio::test(start_paused = true)]
async fn the_engine_ends_with_its_last_handle() {
    assert_eq!(tasks(), 0);
    let (health, script) = busy();
    assert_eq!(tasks(), 4);
    settle().await;
    let (clone, layer, service) = (
        health.clone(),
        health.layer(),
        health.clone().into_service(),
    );
    let drained = health.drain_on(std::future::pending::<()>(), Duration::ZERO);
    let layered = layer.layer(service_fn(hello));
    drop(health);
    drop(clone);
    drop(layer);
    drop(drained);
    drop(layered);
    settle().await;
    assert_eq!(tasks(), 4, "a service is left");
    assert_eq!(script.running(), 1);
    drop(service);
    settle().await;
    assert_eq!(tasks(), 0);
    assert_eq!(script.running(), 0, "the run that hangs was not cancelled");
}

#[tokio::test(start_paused = true)]
async fn a_router_keeps_the_engine_until_it_is_dropped() {
    let (health, _script) = busy();
    let app: Router = Router::new().layer(health.layer());
    drop(health);
    settle().await;
    let request = Request::get("/health/live").body(axum::body::Body::empty());
    let response = app.clone().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    drop(response);
    drop(app);
    settle().await;
    assert_eq!(tasks(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_left_of_an_engine_does_not_keep_it_running() {
    let guard = health_middleware::StartupGuard::new("guard");
    let (worker, beat) = heartbeat("worker", Duration::from_secs(1));
    let health = Health::builder()
        .liveness(worker)
        .startup(&guard)
        .build()
        .unwrap();
    let fault = health
        .force("worker", health_middleware::Fault::Down)
        .unwrap();
    let subscription = health.subscribe();
    let report = health.report();
    drop(health);
    settle().await;
    assert_eq!(tasks(), 0);
    beat.beat();
    drop((guard, fault, subscription, report));
}

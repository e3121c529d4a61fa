//! In axum: inside a router, nested, around a finished one, on a second port.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use health_middleware::Health;
use http::{Request, StatusCode};
use tower::make::Shared;
use tower::{Layer, ServiceExt};
use tower_http::trace::TraceLayer;

use crate::wire::{self, listen};

fn router() -> Router {
    Router::new()
        .route("/", get(|| async { "hello" }))
        .layer(TraceLayer::new_for_http())
}

fn health() -> Health {
    Health::builder().build().unwrap()
}

#[tokio::test]
async fn inside_a_router() {
    let (listener, address) = listen().await;
    let health = health();
    let app = router().layer(health.layer());
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    assert_eq!(wire::get(address, "/").await.body, "hello");
    assert_eq!(wire::get(address, "/nothing").await.status, 404);
    for path in [
        "/health",
        "/health/live",
        "/health/ready",
        "/health/startup",
    ] {
        let answer = wire::get(address, path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.body.starts_with("{\"status\":\"healthy\""));
        let length = format!("content-length: {}", answer.body.len());
        assert_eq!(answer.head.matches("content-length").count(), 1);
        assert!(answer.head.contains(&length), "{answer:?}");
        assert!(answer.head.contains("cache-control: no-store"));
    }
    server.abort();
}

#[tokio::test]
async fn head_and_other_methods_on_the_wire() {
    let (listener, address) = listen().await;
    let app = router().layer(health().layer());
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let request = |method, path| {
        format!(
            "{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        )
    };
    let head = wire::send(address, &request("HEAD", "/health/live"))
        .await
        .unwrap();
    let get = wire::get(address, "/health/live").await;
    assert_eq!((head.status.as_u16(), &*head.body), (200, ""));
    assert!(
        head.head
            .contains(&format!("content-length: {}", get.body.len()))
    );
    let post = wire::send(address, &request("POST", "/health/live"))
        .await
        .unwrap();
    assert_eq!(post.status, 405);
    assert!(post.head.contains("allow: get, head"));
    let odd = wire::send(address, &request("GET", "/health/components/%ff%00"))
        .await
        .unwrap();
    assert_eq!(odd.status, 404);
    let old = wire::send(address, "GET /health HTTP/1.0\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(old.status, 200);
    server.abort();
}

/// A layer on an empty router wraps its fallback, and that is enough.
#[tokio::test]
async fn on_an_empty_router() {
    let (listener, address) = listen().await;
    let app = Router::new().layer(health().layer());
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    assert_eq!(wire::get(address, "/health").await.status, 200);
    server.abort();
}

/// axum takes the prefix off before the layer sees the path. A nested router
/// hands requests that it has no route for to the outer one's fallback, layer and
/// all, unless it has a fallback of its own or is nested as a service.
/// What the guide warns of: these take the place of the fallback that the layer
/// is around.
#[tokio::test]
async fn what_is_added_after_the_layer_takes_the_endpoints_away() {
    let health = health();
    let fallback = || get(|| async { (StatusCode::IM_A_TEAPOT, "fallback") });
    let other = || Router::new().fallback(fallback());
    let lost = [
        router().layer(health.layer()).fallback(fallback()),
        router().layer(health.layer()).fallback_service(other()),
        Router::new()
            .merge(router().layer(health.layer()))
            .merge(other()),
    ];
    let kept = [
        router().fallback(fallback()).layer(health.layer()),
        router().merge(other()).layer(health.layer()),
    ];
    let ask = async |app: Router, path| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        app.oneshot(request).await.unwrap().status().as_u16()
    };
    for app in lost {
        assert_eq!(ask(app, "/health/live").await, 418);
    }
    for app in kept {
        assert_eq!(ask(app.clone(), "/health/live").await, 200);
        assert_eq!(ask(app, "/nothing").await, 418);
    }
    let finished = health.layer().layer(router().fallback(fallback()));
    let request = Request::get("/health/live").body(Body::empty()).unwrap();
    assert_eq!(finished.oneshot(request).await.unwrap().status(), 200);
}

#[tokio::test]
async fn nested() {
    let (listener, address) = listen().await;
    let health = health();
    let own_fallback = router().fallback(|| async { http::StatusCode::NOT_FOUND });
    let app = Router::new()
        .nest("/api", own_fallback.layer(health.layer()))
        .nest_service("/service", router().layer(health.layer()))
        .nest("/lost", router().layer(health.layer()));
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    for (path, status) in [
        ("/api/health", 200),
        ("/api/health/live", 200),
        ("/api/other", 404),
        ("/service/health", 200),
        ("/service/health/ready", 200),
        ("/service/other", 404),
        ("/lost/health", 404),
        ("/health", 404),
    ] {
        assert_eq!(wire::get(address, path).await.status, status, "{path}");
    }
    server.abort();
}

#[tokio::test]
async fn around_a_finished_router() {
    let (listener, address) = listen().await;
    let app = health().layer().layer(router());
    let server = tokio::spawn(async move { axum::serve(listener, Shared::new(app)).await });
    assert_eq!(wire::get(address, "/").await.body, "hello");
    assert_eq!(wire::get(address, "/health/ready").await.status, 200);
    assert_eq!(wire::get(address, "/nothing").await.status, 404);
    server.abort();
}

#[tokio::test]
async fn alone_on_a_management_port() {
    let (listener, address) = listen().await;
    let (management, management_address) = listen().await;
    let health = health();
    let app = router();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let endpoints = Router::new().fallback_service(health.clone().into_service());
    let beside = tokio::spawn(async move { axum::serve(management, endpoints).await });
    assert_eq!(wire::get(address, "/health").await.status, 404);
    let answer = wire::get(management_address, "/health").await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .head
            .contains(&format!("content-length: {}", answer.body.len()))
    );
    assert_eq!(wire::get(management_address, "/").await.status, 404);
    health.maintenance(true);
    assert_eq!(
        wire::get(management_address, "/health/ready").await.status,
        503
    );
    server.abort();
    beside.abort();
}

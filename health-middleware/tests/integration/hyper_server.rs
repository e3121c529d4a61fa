//! In a bare hyper server, and in a plain tower stack.

use std::convert::Infallible;

use bytes::Bytes;
use health_middleware::Health;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tower::limit::ConcurrencyLimitLayer;
use tower::{ServiceBuilder, service_fn};
use tower_http::map_response_body::MapResponseBodyLayer;
use tower_http::trace::TraceLayer;

use crate::wire::{self, listen};

async fn hello(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("hello")))
}

/// Serves every connection with a clone of the service.
macro_rules! serve {
    ($service:expr) => {{
        let (listener, address) = listen().await;
        let service = $service;
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = TowerToHyperService::new(service.clone());
                tokio::spawn(async move {
                    http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await
                });
            }
        });
        (server, address)
    }};
}

#[tokio::test]
async fn a_bare_hyper_server() {
    let health = Health::builder().build().unwrap();
    let stack = ServiceBuilder::new()
        .layer(health.layer())
        .service(service_fn(hello));
    let (server, address) = serve!(stack);
    assert_eq!(wire::get(address, "/").await.body, "hello");
    let answer = wire::get(address, "/health/live").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.head.matches("content-length").count(), 1);
    let head = "HEAD /health HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    let head = wire::send(address, head).await.unwrap();
    assert_eq!((head.status.as_u16(), &*head.body), (200, ""));
    server.abort();
}

/// A TraceLayer changes the body; a MapResponseBodyLayer changes it to one that
/// is `From<Bytes>` again.
#[tokio::test]
async fn around_layers_that_change_the_body() {
    let health = Health::builder().build().unwrap();
    let stack = ServiceBuilder::new()
        .layer(health.layer())
        .layer(MapResponseBodyLayer::new(axum::body::Body::new))
        .layer(TraceLayer::new_for_http())
        .layer(ConcurrencyLimitLayer::new(1))
        .service(service_fn(hello));
    let (server, address) = serve!(stack);
    assert_eq!(wire::get(address, "/").await.body, "hello");
    assert_eq!(wire::get(address, "/health").await.status, 200);
    server.abort();
}

#[tokio::test]
async fn with_bodies_that_are_boxed() {
    let health = Health::builder().build().unwrap();
    let boxed = service_fn(|_: Request<Incoming>| async {
        Ok::<_, Infallible>(Response::new(
            Full::new(Bytes::from_static(b"boxed")).boxed(),
        ))
    });
    let stack = ServiceBuilder::new()
        .layer(health.layer_with(|bytes| Full::new(bytes).boxed()))
        .service(boxed);
    let (server, address) = serve!(stack);
    assert_eq!(wire::get(address, "/").await.body, "boxed");
    assert_eq!(wire::get(address, "/health/ready").await.status, 200);
    server.abort();
}

#[tokio::test]
async fn the_endpoints_alone() {
    let health = Health::builder().build().unwrap();
    let (server, address) = serve!(health.clone().into_service());
    assert_eq!(wire::get(address, "/health/startup").await.status, 200);
    assert_eq!(wire::get(address, "/other").await.status, 404);
    server.abort();
}

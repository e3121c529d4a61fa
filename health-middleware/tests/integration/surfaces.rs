//! The layer and the management port: the same state, and two policies.

use std::convert::Infallible;

use bytes::Bytes;
use health_middleware::{Details, Health, Surface};
use http::Request;
use http_body_util::Full;
use tower::{Layer, ServiceExt, service_fn};

use crate::support::{Act, Body, Script, get, hello, send, settle, text};

/// The code and the body that the layer answers, in front of a service that says
/// hello.
async fn ask_layer(health: &Health, request: http::request::Builder) -> (u16, String) {
    let service = health.layer().layer(service_fn(hello));
    let request = request.body(()).unwrap();
    let response: Result<_, Infallible> = service.oneshot(request).await;
    let response: http::Response<Body> = response.unwrap();
    (response.status().as_u16(), text(response).await)
}

async fn get_layer(health: &Health, path: &str) -> (u16, String) {
    ask_layer(health, Request::get(path)).await
}

fn broken() -> health_middleware::HealthBuilder {
    Health::builder().check(Script::new(Act::Fail("secret")).check("database"))
}

/// What the body says of the component, if it names it.
fn said(body: &str) -> Option<String> {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let message = body["components"]["database"]["message"].as_str();
    message.map(str::to_owned)
}

#[tokio::test(start_paused = true)]
async fn details_apart() {
    use Details::{Full, StatusOnly, Summary};
    let message = |details| match details {
        StatusOnly => None,
        Full => Some("failed: secret".to_owned()),
        _ => Some("failed".to_owned()),
    };
    for both in [None, Some(StatusOnly), Some(Summary), Some(Full)] {
        for own in [None, Some(StatusOnly), Some(Summary), Some(Full)] {
            let mut builder = broken();
            // In either order.
            if own == Some(Full) {
                builder = builder.management(Surface::new().details(Full));
            }
            if let Some(details) = both {
                builder = builder.details(details);
            }
            if let Some(details) = own.filter(|own| *own != Full) {
                builder = builder.management(Surface::new().details(details));
            }
            let health = builder.build().unwrap();
            settle().await;
            let layer = both.unwrap_or_default();
            let management = own.unwrap_or(layer);
            // Each twice: the answers that both share are kept apart by their forms.
            for _ in 0..2 {
                let (code, body) = get_layer(&health, "/health").await;
                assert_eq!((code, said(&body)), (503, message(layer)));
                let answer = get(&health, "/health").await;
                assert_eq!(answer.status, 503);
                assert_eq!(said(&answer.text), message(management));
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_may_see_is_asked_for_each_surface() {
    let trust = |header: &'static str| {
        move |request: &http::request::Parts| match request.headers.contains_key(header) {
            true => Details::Full,
            false => Details::StatusOnly,
        }
    };
    let health = broken()
        .details_by(trust("x-caller"))
        .management(Surface::new().details_by(trust("x-operator")))
        .build()
        .unwrap();
    settle().await;
    for (header, layer, management) in [("x-caller", true, false), ("x-operator", false, true)] {
        let request = || Request::get("/health").header(header, "yes");
        let (_, body) = ask_layer(&health, request()).await;
        assert_eq!(body.contains("secret"), layer, "{header}");
        let answer = send(&health, request().body(()).unwrap()).await;
        assert_eq!(answer.text.contains("secret"), management, "{header}");
    }
}

#[tokio::test(start_paused = true)]
async fn both_tell_of_the_same_state_in_the_same_bytes() {
    let health = broken()
        .management(Surface::new().details(Details::Full))
        .build()
        .unwrap();
    settle().await;
    let text_plain = || Request::get("/health").header("accept", "text/plain");
    let (_, layer) = ask_layer(&health, text_plain()).await;
    let management = send(&health, text_plain().body(()).unwrap()).await;
    assert_eq!(layer, management.text);

    let same = broken().build().unwrap();
    settle().await;
    let bodies = same.layer_with(|bytes: Bytes| Full::new(bytes));
    let service = bodies.layer(service_fn(hello));
    let request = || Request::get("/health").body(()).unwrap();
    let layer = service.oneshot(request()).await.unwrap();
    let management = send(&same, request()).await;
    assert_eq!(layer.headers(), &management.headers);
    assert_eq!(text(layer).await, management.text);
}

#[cfg(feature = "testability")]
mod testability {
    use health_middleware::{BuildErrorKind, Paths, Testability};

    use super::*;

    const SICK: &str = "/testability/ready/false";

    #[tokio::test(start_paused = true)]
    async fn on_the_management_port_alone() {
        let health = Health::builder()
            .management(Surface::new().testability(Testability::new()))
            .build()
            .unwrap();
        // What is the service's own passes through, whatever is asked of it.
        for path in [SICK, "/testability/", "/testability/components/x/down"] {
            for method in ["GET", "PUT", "POST", "DELETE"] {
                let request = Request::builder().method(method).uri(path);
                let told = ask_layer(&health, request).await;
                assert_eq!(told, (200, "hello".to_owned()), "{method} {path}");
            }
        }
        assert_eq!(get_layer(&health, "/health/ready").await.0, 200);
        let answer = get(&health, SICK).await;
        assert_eq!(answer.text, r#"{"ready":false}"#);
        assert_eq!(get_layer(&health, "/health/ready").await.0, 503);
        assert_eq!(get(&health, "/health/ready").await.status, 503);
    }

    #[tokio::test(start_paused = true)]
    async fn within_a_router_that_has_the_layer_around_it() {
        let health = Health::builder()
            .management(Surface::new().testability(Testability::new()))
            .build()
            .unwrap();
        let nested = axum::Router::new().fallback_service(health.clone().into_service());
        let app: axum::Router = axum::Router::new()
            .nest_service("/internal", health.clone().into_service())
            .nest("/nested", nested)
            .fallback(|| async { "hello" })
            .layer(health.layer());
        for (path, expected) in [
            (SICK, "200 hello"),
            ("/health/ready?", "200 {\"status\":\"healthy\""),
            ("/internal/testability/ready/false", "200 {\"ready\":false}"),
            ("/health/ready", "503 {\"status\":\"unhealthy\""),
            ("/nested/health/ready", "503 {\"status\":\"unhealthy\""),
            ("/nested/testability/ready/true", "200 {\"ready\":true}"),
            ("/internal/health/ready", "200 {\"status\":\"healthy\""),
            ("/internal/nothing", "404 not found"),
        ] {
            let request = Request::get(path).body(axum::body::Body::empty()).unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            let code = response.status().as_u16();
            let body = axum::body::to_bytes(response.into_body(), 4096).await;
            let told = format!("{code} {}", String::from_utf8_lossy(&body.unwrap()));
            assert!(told.starts_with(expected), "{path}: {told}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn on_both_as_the_builder_says_it() {
        let health = Health::builder()
            .testability(Testability::new())
            .management(Surface::new().details(Details::Full))
            .build()
            .unwrap();
        assert_eq!(get_layer(&health, SICK).await.1, r#"{"ready":false}"#);
        assert_eq!(get(&health, SICK).await.text, r#"{"ready":false}"#);
    }

    #[tokio::test(start_paused = true)]
    async fn each_with_a_token_of_its_own() {
        let health = Health::builder()
            .testability(Testability::new().token("layer"))
            .management(Surface::new().testability(Testability::new().token("port")))
            .build()
            .unwrap();
        for (token, layer, management) in [("layer", 200, 401), ("port", 401, 200)] {
            let request = || Request::get(SICK).header("authorization", format!("Bearer {token}"));
            assert_eq!(ask_layer(&health, request()).await.0, layer, "{token}");
            let answer = send(&health, request().body(()).unwrap()).await;
            assert_eq!(answer.status, management, "{token}");
        }
    }

    #[tokio::test]
    async fn what_cannot_work_is_named() {
        let build = |both: &str, own: &str| {
            let own = Surface::new().testability(Testability::new().token(own));
            let builder = Health::builder().testability(Testability::new().token(both));
            builder.management(own).build().unwrap_err()
        };
        for (both, own, named) in [("", "port", "builder"), ("both", "a b", "management()")] {
            let error = build(both, own);
            assert_eq!(error.kind(), BuildErrorKind::InvalidToken);
            assert!(error.to_string().contains(named), "{error}");
        }
        let error = Health::builder()
            .paths(Paths::new().testability("/health/components"))
            .management(Surface::new().testability(Testability::new()))
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), BuildErrorKind::PathCollision);
        assert!(error.to_string().contains("/health/components"), "{error}");
    }
}

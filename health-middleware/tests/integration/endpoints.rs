//! What each endpoint answers, to whatever is asked.

use std::time::Duration;

use health_middleware::{Fault, Health, Paths, heartbeat};
use http::{Method, Request};
use serde_json::json;

use crate::support::{Act, Script, get, pass, request, send, settle};

async fn three() -> Health {
    let (worker, _beat) = heartbeat("worker", Duration::from_secs(30));
    let health = Health::builder()
        .liveness(worker)
        .check(Script::new(Act::Healthy).check("database"))
        .check(Script::new(Act::Fail("secret")).check("cache").optional())
        .build()
        .unwrap();
    settle().await;
    health
}

#[tokio::test(start_paused = true)]
async fn health_shows_all_components_failing_ones_first() {
    let answer = get(&three().await, "/health").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    assert_eq!(body["status"], "degraded");
    let components = body["components"].as_object().unwrap();
    assert_eq!(components.len(), 3);
    let place = |name| answer.text.find(&format!("\"{name}\":{{")).unwrap();
    assert!(place("cache") < place("database") && place("database") < place("worker"));
    assert_eq!(components["cache"]["status"], "degraded");
    assert_eq!(components["cache"]["message"], "failed");
    assert_eq!(components["database"]["status"], "healthy");
    assert!(components["database"].get("message").is_none());
    assert!(components["database"]["duration_ms"].is_number());
    assert!(components["worker"].get("duration_ms").is_none());
    assert!(!answer.text.contains("secret"));
    for time in [
        &body["timestamp"],
        &components["database"]["timestamp"],
        &components["worker"]["timestamp"],
    ] {
        let time = time.as_str().unwrap();
        assert!(
            time.len() == 24 && time.ends_with('Z') && &time[10..11] == "T",
            "{time}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn live_shows_what_decides_it_and_nothing_else() {
    let body = get(&three().await, "/health/live").await.json();
    assert_eq!(body["status"], "healthy");
    let components = body["components"].as_object().unwrap();
    assert_eq!(components.keys().collect::<Vec<_>>(), ["worker"]);
}

#[tokio::test(start_paused = true)]
async fn one_component_can_be_asked_for() {
    let health = three().await;
    let answer = get(&health, "/health/components/cache?verbose=1").await;
    assert_eq!(answer.status, 200, "optional, hence only degraded");
    assert_eq!(answer.json()["name"], "cache");
    assert_eq!(answer.json()["message"], "failed");
    let _fault = health.force("database", Fault::Down).unwrap();
    let answer = get(&health, "/health/components/database").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["message"], "forced");
}

#[tokio::test(start_paused = true)]
async fn queries_are_ignored() {
    let health = three().await;
    for path in [
        "/health?",
        "/health?x=1",
        "/health/live?a=/b?c",
        "/health/ready?%00",
    ] {
        assert_eq!(get(&health, path).await.status, 200, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn head_has_the_headers_of_get_and_no_body() {
    let health = three().await;
    for path in ["/health", "/health/live", "/health/components/cache"] {
        let head = request(&health, Method::HEAD, path).await;
        let get = get(&health, path).await;
        assert_eq!(head.status, get.status);
        let mut headers = get.headers.clone();
        headers.insert("content-length", get.text.len().into());
        assert_eq!(head.headers, headers);
        assert_eq!(head.text, "");
        assert_ne!(get.text, "");
    }
}

#[tokio::test(start_paused = true)]
async fn other_methods_are_not_allowed() {
    let health = three().await;
    let odd = Method::from_bytes(b"BREW").unwrap();
    let long = Method::from_bytes("X".repeat(500).as_bytes()).unwrap();
    for method in [
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
        Method::TRACE,
        Method::CONNECT,
        odd,
        long,
    ] {
        for path in [
            "/health",
            "/health/live",
            "/health/ready",
            "/health/startup",
            "/health/components/cache",
            "/health/components/none",
        ] {
            let answer = request(&health, method.clone(), path).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), "GET, HEAD");
        }
        assert_eq!(request(&health, method, "/other").await.status, 404);
    }
}

#[tokio::test(start_paused = true)]
async fn odd_paths_are_not_found_and_break_nothing() {
    let health = three().await;
    let long = format!("/health/components/{}", "x".repeat(60_000));
    for path in [
        "/",
        "/health/",
        "/health//live",
        "//health",
        "/HEALTH",
        "/healthz",
        "/health%2Flive",
        "/%68ealth",
        "/health/live/",
        "/health/../health",
        "/health;a=b",
        "/health/components",
        "/health/components/",
        "/health/components/none",
        "/health/components/cache/",
        "/health/components/c%61che",
        "/health/components/%00",
        "/health/components/%ff%fe",
        "/health/components/../cache",
        "/health/components/%",
        "*",
        &long,
    ] {
        let answer = get(&health, path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text.contains("xxx"), "the path is echoed");
    }
    let authority = Request::builder().method(Method::GET).uri("example.com:80");
    assert_eq!(send(&health, authority.body(()).unwrap()).await.status, 404);
    let absolute = Request::get("http://example.com/health/live");
    assert_eq!(send(&health, absolute.body(()).unwrap()).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn paths_are_configurable() {
    let builder = || Health::builder().check(Script::new(Act::Healthy).check("database"));
    let kubernetes = builder().paths(Paths::kubernetes()).build().unwrap();
    let under = builder()
        .paths(Paths::under("/internal/status"))
        .build()
        .unwrap();
    let some = builder()
        .paths(
            Paths::new()
                .live("/alive")
                .without_components()
                .without_startup(),
        )
        .build()
        .unwrap();
    settle().await;
    for path in [
        "/livez",
        "/readyz?verbose",
        "/healthz",
        "/startupz",
        "/healthz/database",
    ] {
        assert_eq!(get(&kubernetes, path).await.status, 200, "{path}");
        assert_eq!(get(&some, path).await.status, 404, "{path}");
    }
    for path in ["", "/live", "/ready", "/startup", "/components/database"] {
        let path = format!("/internal/status{path}");
        assert_eq!(get(&under, &path).await.status, 200, "{path}");
    }
    for (path, status) in [
        ("/alive", 200),
        ("/health", 200),
        ("/health/live", 404),
        ("/health/startup", 404),
        ("/health/components/database", 404),
    ] {
        assert_eq!(get(&some, path).await.status, status, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_without_checks_is_healthy() {
    let health = Health::builder().build().unwrap();
    for path in [
        "/health",
        "/health/live",
        "/health/ready",
        "/health/startup",
    ] {
        let body = get(&health, path).await.json();
        assert_eq!(body["status"], "healthy");
        assert_eq!(body["components"], json!({}));
    }
}

#[tokio::test(start_paused = true)]
async fn fresh_times_are_published_within_about_a_second() {
    let script = Script::new(Act::Healthy);
    let check = script.check("database").every(Duration::from_millis(100));
    let health = Health::builder().check(check).build().unwrap();
    settle().await;
    let mut reports = Vec::new();
    for _ in 0..100 {
        pass(Duration::from_millis(100)).await;
        reports.push(health.report());
    }
    reports.dedup_by(|one, other| std::sync::Arc::ptr_eq(one, other));
    assert!(
        (8..=12).contains(&reports.len()),
        "{} publications in 10 s",
        reports.len()
    );
}

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use health_middleware::{BoxError, Check, Health};
use http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;

#[tokio::test(start_paused = true)]
async fn smoke() {
    let health = Health::builder()
        .check(Check::from_fn("database", || async {
            Ok::<_, BoxError>(())
        }))
        .check(Check::from_fn("cache", || async { Err::<(), _>("secret") }).optional())
        .build()
        .unwrap();
    let mut sub = health.subscribe();
    sub.changed().await.unwrap();
    let app: Router = Router::new()
        .route("/", get(|| async { "hi" }))
        .layer(health.layer());
    for path in [
        "/",
        "/health",
        "/health/live",
        "/health/ready",
        "/health/startup",
        "/health/components/cache",
        "/nope",
    ] {
        let response = app
            .clone()
            .oneshot(Request::get(path).body(Body::empty()).unwrap())
            .await
            .unwrap();
        println!("{path} {} {:?}", response.status(), response.headers());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        println!("{}", String::from_utf8_lossy(&body));
    }
}

//! Who sees what, and closures that misbehave.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use health_middleware::{BoxError, Check, Details, Health};
use http::Request;

use crate::support::{Act, Script, codes, eventually, get, send, settle};

#[tokio::test(start_paused = true)]
async fn details_by_level() {
    for (details, expected) in [
        (Details::StatusOnly, None),
        (Details::Summary, Some("failed")),
        (Details::Full, Some("failed: password rejected\u{1b}[31m")),
    ] {
        let check = Script::new(Act::Fail("password rejected\u{1b}[31m")).check("database");
        let health = Health::builder()
            .check(check)
            .info("version", "1")
            .details(details)
            .build()
            .unwrap();
        settle().await;
        for path in ["/health", "/health/ready"] {
            let body = get(&health, path).await.json();
            assert_eq!(body["status"], "unhealthy");
            assert_eq!(body["components"]["database"]["message"].as_str(), expected);
            assert_eq!(
                body.get("version").is_some(),
                details != Details::StatusOnly
            );
        }
        let answer = get(&health, "/health/components/database").await;
        assert_eq!(answer.json()["message"].as_str(), expected);
        assert!(!answer.text.contains('\u{1b}'));
    }
}

#[tokio::test(start_paused = true)]
async fn details_by_request() {
    let health = Health::builder()
        .check(Script::new(Act::Fail("secret")).check("database"))
        .details_by(|request| {
            if request.headers.contains_key("x-operator") {
                Details::Full
            } else {
                Details::StatusOnly
            }
        })
        .build()
        .unwrap();
    settle().await;
    assert_eq!(
        get(&health, "/health").await.text,
        r#"{"status":"unhealthy"}"#
    );
    let operator = Request::get("/health").header("x-operator", "yes");
    let answer = send(&health, operator.body(()).unwrap()).await;
    assert!(answer.text.contains("failed: secret"));
}

#[tokio::test(start_paused = true)]
async fn a_predicate_that_panics_trusts_nobody_and_breaks_nothing() {
    let health = Health::builder()
        .check(Script::new(Act::Fail("secret")).check("database"))
        .details_by(|_| panic!("on purpose"))
        .build()
        .unwrap();
    settle().await;
    assert_eq!(
        get(&health, "/health").await.text,
        r#"{"status":"unhealthy"}"#
    );
    assert_eq!(codes(&health).await, [503, 200, 503, 200]);
}

#[test]
fn a_predicate_that_hangs_leaves_other_probes_answering() {
    let (entered, wait) = mpsc::channel::<()>();
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let health = runtime.block_on(async {
        Health::builder()
            .details_by(move |request| {
                if request.headers.contains_key("x-slow") {
                    entered.send(()).unwrap();
                    let _ = held.lock().unwrap().recv();
                }
                Details::Summary
            })
            .build()
            .unwrap()
    });
    let slow = std::thread::spawn({
        let health = health.clone();
        move || {
            let request = Request::get("/health")
                .header("x-slow", "yes")
                .body(())
                .unwrap();
            pollster(send(&health, request))
        }
    });
    wait.recv().unwrap();
    assert_eq!(pollster(codes(&health)), [200; 4]);
    health.maintenance(true);
    assert_eq!(pollster(codes(&health)), [200, 200, 503, 200]);
    release.send(()).unwrap();
    assert_eq!(slow.join().unwrap().status, 200);
}

/// Answers of the endpoints are there at once: no runtime is needed to wait.
fn pollster<F: Future>(future: F) -> F::Output {
    match crate::support::poll_once(future) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("a probe that waits"),
    }
}

#[tokio::test]
async fn info_closures_that_panic_or_hang_leave_everything_else_answering() {
    let (release, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let health = Health::builder()
        .info("fixed", "yes")
        .info_with("uptime", || 7)
        .info_with("wild", || -> i64 { panic!("on purpose") })
        .build()
        .unwrap();
    let hanging = Health::builder()
        .info("fixed", "yes")
        .info_with("hung", move || {
            let _ = held.lock().unwrap().recv();
            1
        })
        .check(Check::from_fn("database", || async {
            Ok::<_, BoxError>(())
        }))
        .build()
        .unwrap();
    let mut subscription = hanging.subscribe();
    assert!(subscription.changed().await.unwrap().status().is_healthy());
    let body = get(&hanging, "/health").await.json();
    assert_eq!(body["fixed"], "yes");
    assert!(body.get("hung").is_none());

    eventually("the fields that can be computed", || {
        pollster(get(&health, "/health")).json()["uptime"] == 7
    })
    .await;
    let body = get(&health, "/health").await.json();
    assert_eq!(body["fixed"], "yes");
    assert!(body.get("wild").is_none());

    release.send(()).unwrap();
    eventually("the field to come in the end", || {
        pollster(get(&hanging, "/health")).json()["hung"] == 1
    })
    .await;
}

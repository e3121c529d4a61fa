//! Who sees what, and closures that misbehave.

use std::sync::Mutex;
use std::sync::mpsc;

use health_middleware::{Details, Health};
use http::{Method, Request};

use crate::support::{Act, Script, codes, get, request, send, settle};

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
        if details != Details::StatusOnly {
            let answer = get(&health, "/health/components/database").await;
            assert_eq!(answer.json()["message"].as_str(), expected);
            assert!(!answer.text.contains('\u{1b}'));
        }
    }
}

/// Names that can be guessed one by one are not hidden.
#[tokio::test(start_paused = true)]
async fn where_the_status_alone_is_shown_no_component_can_be_asked_for() {
    let broken = || Script::new(Act::Fail("gone")).check("database");
    let only = Health::builder()
        .check(broken())
        .details(Details::StatusOnly)
        .build()
        .unwrap();
    let by_request = Health::builder()
        .check(broken())
        .details_by(|request| match request.headers.get("x-operator") {
            Some(_) => Details::Summary,
            None => Details::StatusOnly,
        })
        .build()
        .unwrap();
    settle().await;
    for health in [&only, &by_request] {
        let mut answers = Vec::new();
        for name in ["database", "nobody"] {
            let path = format!("/health/components/{name}");
            for method in [Method::GET, Method::HEAD, Method::DELETE] {
                let answer = request(health, method, &path).await;
                answers.push((answer.status, answer.headers, answer.text));
            }
        }
        let (known, unknown) = answers.split_at(3);
        assert_eq!(known[0].0, 404);
        assert_eq!(known, unknown);
    }
    let operator = Request::get("/health/components/database").header("x-operator", "yes");
    let answer = send(&by_request, operator.body(()).unwrap()).await;
    assert_eq!(answer.status, 503);
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

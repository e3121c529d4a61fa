//! Sick on purpose: absent unless switched on, and then as told.

use std::time::Duration;

use health_middleware::{Health, Paths, Testability, heartbeat};
use http::{Method, Request};

use crate::support::{Act, Script, codes, get, pass, request, send, settle};

async fn testable(testability: Testability) -> Health {
    let (worker, _beat) = heartbeat("worker", Duration::from_secs(3600));
    let health = Health::builder()
        .check(Script::new(Act::Healthy).check("database"))
        .liveness(worker)
        .testability(testability)
        .build()
        .unwrap();
    settle().await;
    assert_eq!(codes(&health).await, [200; 4]);
    health
}

#[tokio::test(start_paused = true)]
async fn sick_and_well_again_in_every_spelling() {
    let health = testable(Testability::new()).await;
    for (sick, well) in [
        ("false", "true"),
        ("0", "1"),
        ("f", "t"),
        ("F", "T"),
        ("FALSE", "TRUE"),
        ("False", "True"),
    ] {
        let answer = get(&health, &format!("/testability/healthy/{sick}")).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.text),
            (200, "{\"healthy\":false}")
        );
        assert_eq!(codes(&health).await, [503, 200, 503, 200]);
        assert_eq!(get(&health, "/health").await.json()["message"], "forced");
        let answer = get(&health, &format!("/testability/healthy/{well}")).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.text),
            (200, "{\"healthy\":true}")
        );
        assert_eq!(codes(&health).await, [200; 4]);
    }
}

#[tokio::test(start_paused = true)]
async fn anything_else_is_refused_with_what_is_allowed() {
    let health = testable(Testability::new()).await;
    for value in ["maybe", "", "yes", "2", "tRuE", "false%20", "false/", "-1"] {
        let answer = get(&health, &format!("/testability/healthy/{value}")).await;
        assert_eq!(answer.status, 400, "{value:?}");
        assert_eq!(answer.text, "allowed values are true or false");
    }
    assert_eq!(codes(&health).await, [200; 4]);
    for path in [
        "/testability/",
        "/testability/healthy",
        "/testability/other/true",
        "/testability/components/none/down",
    ] {
        assert_eq!(get(&health, path).await.status, 404, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn endpoints_one_by_one() {
    let health = testable(Testability::new()).await;
    for (path, expected) in [
        ("live", [200, 503, 200, 200]),
        ("ready", [200, 200, 503, 200]),
    ] {
        get(&health, &format!("/testability/{path}/false")).await;
        assert_eq!(codes(&health).await, expected);
        get(&health, &format!("/testability/{path}/true")).await;
        assert_eq!(codes(&health).await, [200; 4]);
    }
}

#[tokio::test(start_paused = true)]
async fn components_one_by_one() {
    let health = testable(Testability::new()).await;
    for (state, message) in [
        ("down", "forced"),
        ("hang", "timed out after 1 s"),
        ("panic", "panicked"),
    ] {
        let answer = get(
            &health,
            &format!("/testability/components/database/{state}"),
        )
        .await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["forced"], state);
        pass(Duration::from_secs(2)).await;
        let component = get(&health, "/health/components/database").await;
        assert_eq!(component.json()["message"], message);
        assert_eq!(codes(&health).await, [503, 200, 503, 200]);
        get(&health, "/testability/components/database/up").await;
        settle().await;
        assert_eq!(codes(&health).await, [200; 4], "{state}");
    }
    get(&health, "/testability/components/database/slow").await;
    pass(Duration::from_secs(1)).await;
    assert_eq!(codes(&health).await, [200; 4], "slow, yet in time");

    let answer = get(&health, "/testability/components/database/dead").await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.text,
        "allowed values are up, down, slow, hang or panic"
    );
    let answer = get(&health, "/testability/components/worker/hang").await;
    assert_eq!(answer.status, 400);
    assert!(answer.text.ends_with("allowed values are up or down"));
    get(&health, "/testability/components/worker/down").await;
    assert_eq!(codes(&health).await, [503, 503, 503, 200]);
}

#[tokio::test(start_paused = true)]
async fn get_put_and_post_and_no_other_method() {
    let health = testable(Testability::new()).await;
    for method in [Method::GET, Method::PUT, Method::POST] {
        for (value, expected) in [("false", 503), ("true", 200)] {
            let path = format!("/testability/healthy/{value}");
            assert_eq!(request(&health, method.clone(), &path).await.status, 200);
            assert_eq!(get(&health, "/health").await.status, expected);
        }
    }
    for method in [Method::HEAD, Method::DELETE, Method::OPTIONS, Method::PATCH] {
        let answer = request(&health, method, "/testability/healthy/false").await;
        assert_eq!(answer.status, 405);
        assert_eq!(answer.header("allow"), "GET, PUT, POST");
    }
    assert_eq!(codes(&health).await, [200; 4]);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_asked_for() {
    let health = testable(Testability::new().token("s3cret")).await;
    for (header, status) in [
        (None, 401),
        (Some("Bearer wrong"), 401),
        (Some("Bearer s3cre"), 401),
        (Some("Bearer s3cret1"), 401),
        (Some("Bearer "), 401),
        (Some("s3cret"), 401),
        (Some("Basic s3cret"), 401),
        (Some("Bearer s3cret"), 200),
        (Some("bearer s3cret"), 200),
    ] {
        let mut request = Request::get("/testability/healthy/true");
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let answer = send(&health, request.body(()).unwrap()).await;
        assert_eq!(answer.status, status, "{header:?}");
        if status == 401 {
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
    // What is not there is not told apart without the token.
    assert_eq!(get(&health, "/testability/other").await.status, 401);
    let debug = format!("{:?}", Testability::new().token("s3cret"));
    assert!(!debug.contains("s3cret"));
}

#[tokio::test(start_paused = true)]
async fn without_the_builder_call_the_path_is_not_ours() {
    let health = Health::builder().build().unwrap();
    let answer = get(&health, "/testability/healthy/false").await;
    assert_eq!((answer.status.as_u16(), &*answer.text), (404, "not found"));
    assert_eq!(codes(&health).await, [200; 4]);
}

#[tokio::test(start_paused = true)]
async fn the_prefix_is_configurable() {
    let health = Health::builder()
        .paths(Paths::new().testability("/chaos"))
        .testability(Testability::new())
        .build()
        .unwrap();
    assert_eq!(get(&health, "/testability/healthy/false").await.status, 404);
    assert_eq!(get(&health, "/chaos/healthy/false").await.status, 200);
    assert_eq!(codes(&health).await, [503, 200, 503, 200]);
}

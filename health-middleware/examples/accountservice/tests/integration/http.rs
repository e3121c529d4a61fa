//! What it answers.

use serde_json::json;

use crate::service::{Room, Service};

#[test]
fn accounts_are_found_by_their_exact_id() {
    let room = Room::new();
    let service = Service::start_healthy(&room.path("db"), &[]);
    for (id, name) in [("10000", "Person_0"), ("10099", "Person_99")] {
        let answer = service.get(&format!("/accounts/{id}"));
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json(), json!({ "id": id, "name": name }));
    }
    for id in [
        "9999", "10100", "+10000", "010000", "10000%20", "%00", "ten", "10000?x",
    ] {
        let answer = service.get(&format!("/accounts/{id}"));
        let expected = if id == "10000?x" { 200 } else { 404 };
        assert_eq!(answer.status, expected, "{id}");
        answer.json();
    }
}

#[test]
fn other_paths_are_not_found_in_json() {
    let room = Room::new();
    let service = Service::start(&room.path("db"), &[]);
    for path in [
        "/",
        "/accounts",
        "/accounts/",
        "/accounts/10000/x",
        "/healthy",
    ] {
        let answer = service.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(
            answer.json(),
            json!({ "error": "no such resource" }),
            "{path}"
        );
    }
}

#[test]
fn health_names_the_database() {
    let room = Room::new();
    let service = Service::start_healthy(&room.path("db"), &[]);
    for path in ["/health", "/health/ready"] {
        let health = service.get(path).json();
        assert_eq!(health["status"], "healthy", "{path}");
        assert_eq!(
            health["components"]["database"]["status"], "healthy",
            "{path}"
        );
    }
    let live = service.get("/health/live").json();
    assert_eq!(live["status"], "healthy");
    assert!(live["components"].get("database").is_none(), "{live}");
}

#[test]
fn testability_is_not_there_unless_asked_for() {
    let room = Room::new();
    let service = Service::start_healthy(&room.path("db"), &[]);
    assert_eq!(service.get("/testability/healthy/false").status, 404);
    assert_eq!(service.get("/health").status, 200);
}

#[test]
fn testability_turns_health_and_back() {
    let room = Room::new();
    let service = Service::start_healthy(&room.path("db"), &["--testability"]);
    assert_eq!(service.get("/testability/healthy/false").status, 200);
    assert_eq!(service.get("/health").status, 503);
    assert_eq!(service.get("/health/ready").status, 503);
    assert_eq!(service.get("/accounts/10000").status, 200);
    assert_eq!(service.get("/testability/healthy/true").status, 200);
    assert_eq!(service.get("/health").status, 200);
}

#[test]
fn testability_refuses_what_is_no_boolean() {
    let room = Room::new();
    let service = Service::start_healthy(&room.path("db"), &["--testability"]);
    let answer = service.get("/testability/healthy/maybe");
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("true or false"), "{}", answer.body);
    assert_eq!(service.get("/health").status, 200);
}

//! The three forms, the two vocabularies, and codes for degraded.

use health_middleware::{BuildErrorKind, Details, Health, StartupGuard, Vocabulary};
use http::Request;
use serde_json::json;

use crate::support::{Act, Answer, Script, get, send, settle};

async fn ask(health: &Health, path: &str, accept: &str) -> Answer {
    let request = Request::get(path).header("accept", accept);
    send(health, request.body(()).unwrap()).await
}

async fn degraded(vocabulary: Vocabulary, code: u16) -> Health {
    let health = Health::builder()
        .check(Script::new(Act::Healthy).check("database"))
        .check(Script::new(Act::Fail("secret")).check("cache").optional())
        .info("service", "accounts")
        .info("version", "1.2.3")
        .info("shards", 3)
        .info("load", 0.5)
        .info("nan", f64::NAN)
        .info("canary", true)
        .vocabulary(vocabulary)
        .degraded_status(code)
        .build()
        .unwrap();
    settle().await;
    health
}

#[tokio::test(start_paused = true)]
async fn health_json() {
    let health = degraded(Vocabulary::Health, 200).await;
    let answer = ask(&health, "/health", "application/health+json").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/health+json");
    let body = answer.json();
    assert_eq!(body["status"], "warn");
    assert_eq!(body["serviceId"], "accounts");
    assert_eq!(body["version"], "1.2.3");
    let cache = &body["checks"]["cache"][0];
    assert_eq!(
        (&cache["status"], &cache["output"]),
        (&json!("warn"), &json!("failed"))
    );
    let database = &body["checks"]["database"][0];
    assert_eq!(
        (&database["status"], &database["observedUnit"]),
        (&json!("pass"), &json!("ms"))
    );
    assert!(database["observedValue"].is_number() && database["time"].is_string());
    assert!(
        database.get("output").is_none(),
        "section 4.8: omitted for pass"
    );

    let answer = ask(
        &health,
        "/health/components/cache",
        "application/health+json",
    )
    .await;
    assert_eq!(answer.json()["checks"]["cache"][0]["status"], "warn");
}

#[tokio::test(start_paused = true)]
async fn health_json_of_start_up() {
    let guard = StartupGuard::new("migrations");
    let health = Health::builder().startup(&guard).build().unwrap();
    let answer = ask(&health, "/health/startup", "application/health+json").await;
    assert_eq!(answer.status, 503);
    let body = answer.json();
    assert_eq!(
        (&body["status"], &body["output"]),
        (&json!("fail"), &json!("starting"))
    );
    assert_eq!(body["checks"]["migrations"][0]["status"], "fail");
}

#[tokio::test(start_paused = true)]
async fn text_is_one_word() {
    let health = degraded(Vocabulary::Health, 200).await;
    let answer = ask(&health, "/health", "text/plain").await;
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(answer.text, "degraded");
    assert_eq!(
        ask(&health, "/health/components/database", "text/plain")
            .await
            .text,
        "healthy"
    );
}

#[tokio::test(start_paused = true)]
async fn a_report_as_json_is_what_health_answers() {
    for vocabulary in [Vocabulary::Health, Vocabulary::UpDown] {
        for code in [200, 503] {
            for details in [Details::StatusOnly, Details::Summary, Details::Full] {
                let health = Health::builder()
                    .check(Script::new(Act::Healthy).check("file"))
                    .check(Script::new(Act::Fail("secret")).check("cache").optional())
                    .readiness(Script::new(Act::Fail("gone")).check("database"))
                    .info("version", "1.2.3")
                    .vocabulary(vocabulary)
                    .degraded_status(code)
                    .details(details)
                    .build()
                    .unwrap();
                settle().await;
                let told = get(&health, "/health").await.text;
                assert_eq!(health.report().to_json(details), told);
            }
        }
    }
}

/// The body as it is written: a reader of JSON may take digits for a float.
#[tokio::test(start_paused = true)]
async fn whole_numbers_of_every_type_keep_their_digits() {
    let health = Health::builder()
        .info("i8", i8::MIN)
        .info("i16", i16::MIN)
        .info("i32", i32::MIN)
        .info("i64", i64::MIN)
        .info("isize", isize::MAX)
        .info("u8", u8::MAX)
        .info("u16", u16::MAX)
        .info("u32", u32::MAX)
        .info("u64", u64::MAX)
        .info("usize", usize::MAX)
        .build()
        .unwrap();
    let body = get(&health, "/health").await.text;
    let written = format!(
        "\"i8\":-128,\"i16\":-32768,\"i32\":-2147483648,\"i64\":-9223372036854775808,\
         \"isize\":{},\"u8\":255,\"u16\":65535,\"u32\":4294967295,\
         \"u64\":18446744073709551615,\"usize\":{},",
        isize::MAX,
        usize::MAX
    );
    assert!(body.contains(&written), "{body}");
}

#[tokio::test(start_paused = true)]
async fn info_is_in_the_body() {
    let health = degraded(Vocabulary::Health, 200).await;
    let body = get(&health, "/health").await.json();
    for (name, value) in [
        ("service", json!("accounts")),
        ("version", json!("1.2.3")),
        ("shards", json!(3)),
        ("load", json!(0.5)),
        ("nan", json!(null)),
        ("canary", json!(true)),
    ] {
        assert_eq!(body[name], value, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn up_and_down() {
    let health = Health::builder()
        .check(Script::new(Act::Healthy).check("database"))
        .vocabulary(Vocabulary::UpDown)
        .details(Details::StatusOnly)
        .build()
        .unwrap();
    assert_eq!(get(&health, "/health").await.text, r#"{"status":"DOWN"}"#);
    settle().await;
    assert_eq!(get(&health, "/health").await.text, r#"{"status":"UP"}"#);
    assert_eq!(ask(&health, "/health", "text/plain").await.text, "UP");
    let answer = ask(&health, "/health", "application/health+json").await;
    assert_eq!(answer.text, r#"{"status":"pass"}"#);
}

#[tokio::test(start_paused = true)]
async fn words_go_with_the_code_for_degraded() {
    for (code, updown, health_json) in [
        (200, "UP", "warn"),
        (299, "UP", "warn"),
        (429, "DOWN", "fail"),
        (503, "DOWN", "fail"),
    ] {
        let health = degraded(Vocabulary::UpDown, code).await;
        let answer = get(&health, "/health").await;
        assert_eq!(answer.status, code);
        assert_eq!(answer.json()["status"], updown);
        assert_eq!(get(&health, "/health/live").await.status, 200);
        let answer = ask(&health, "/health/ready", "application/health+json").await;
        assert_eq!(answer.json()["status"], health_json);
    }
    for code in [0, 100, 199, 304, 399, 600, 999, 1000, u16::MAX] {
        let error = Health::builder().degraded_status(code).build().unwrap_err();
        assert_eq!(error.kind(), BuildErrorKind::InvalidStatusCode, "{code}");
    }
}

//! What cannot work is refused by name.

use std::time::Duration;

use health_middleware::BuildErrorKind::{
    DuplicateName, InvalidDuration, InvalidInfo, InvalidName, InvalidPath, InvalidThreshold,
    NoRuntime, PathCollision,
};
use health_middleware::{
    BoxError, BuildErrorKind, Check, Health, HealthBuilder, Paths, RuntimeStall, StartupGuard,
    heartbeat,
};

fn check(name: &str) -> Check {
    Check::from_fn(name, || async { Ok::<_, BoxError>(()) })
}

fn with(check: Check) -> HealthBuilder {
    Health::builder().check(check)
}

#[track_caller]
fn refused(builder: HealthBuilder, kind: BuildErrorKind, culprit: &str) {
    let error = builder.build().expect_err(culprit);
    assert_eq!(error.kind(), kind, "{error}");
    assert!(
        error.to_string().contains(culprit),
        "{error} does not name {culprit}"
    );
}

#[tokio::test]
async fn names() {
    let long = "x".repeat(101);
    for name in [
        "", " ", "a b", "a/b", "a?b", "a#b", "a%20b", "ä", ".", "..", "a\n", "a\"b", &long,
    ] {
        refused(with(check(name)), InvalidName, &format!("{name:?}"));
    }
    for name in ["a", "db-1.eu_west~x", "0", "...", &"x".repeat(100)] {
        assert!(with(check(name)).build().is_ok(), "{name}");
    }
    let guard = StartupGuard::new("not a name");
    refused(Health::builder().startup(&guard), InvalidName, "not a name");
}

#[tokio::test]
async fn duplicates() {
    refused(
        with(check("db")).check(check("db")),
        DuplicateName,
        "\"db\"",
    );
    let (worker, _beat) = heartbeat("db", Duration::from_secs(1));
    refused(with(check("db")).liveness(worker), DuplicateName, "\"db\"");
    let stalls = Health::builder()
        .liveness(RuntimeStall::new())
        .liveness(RuntimeStall::new());
    refused(stalls, DuplicateName, "\"runtime\"");
    let (one, other) = (StartupGuard::new("guard"), StartupGuard::new("guard"));
    refused(
        Health::builder().startup(&one).startup(&other),
        DuplicateName,
        "\"guard\"",
    );
}

#[tokio::test]
async fn durations() {
    let week = Duration::from_secs(7 * 86_400);
    let over = week + Duration::from_nanos(1);
    for absurd in [Duration::ZERO, Duration::from_nanos(1), over, Duration::MAX] {
        refused(
            with(check("db").timeout(absurd)),
            InvalidDuration,
            "\"db\": timeout(",
        );
        refused(
            with(check("db").every(absurd)),
            InvalidDuration,
            "\"db\": every(",
        );
        let (worker, _beat) = heartbeat("worker", absurd);
        refused(
            Health::builder().liveness(worker),
            InvalidDuration,
            "\"worker\": time to live",
        );
        let stall = RuntimeStall::new().tolerance(absurd);
        refused(
            Health::builder().liveness(stall),
            InvalidDuration,
            "\"runtime\": tolerance(",
        );
    }
    refused(
        with(check("db").initial_delay(over)),
        InvalidDuration,
        "initial_delay(",
    );
    let (worker, _beat) = heartbeat("worker", week);
    let longest = check("db").timeout(week).every(week).initial_delay(week);
    let health = with(longest).liveness(worker).build().unwrap();
    tokio::task::yield_now().await;
    assert!(health.report().live().is_healthy());
}

/// What is measured in less than a scheduler's slice restarts healthy services.
#[tokio::test]
async fn a_tolerance_that_an_idle_machine_exceeds() {
    let stall = |tolerance| {
        let stall = RuntimeStall::new().tolerance(Duration::from_micros(tolerance));
        Health::builder().liveness(stall)
    };
    for micros in [1_000, 49_999] {
        refused(stall(micros), InvalidDuration, "50ms to 7 days");
    }
    assert!(stall(50_000).build().is_ok());
}

#[tokio::test]
async fn names_that_grpc_has_for_endpoints() {
    for name in ["liveness", "readiness", "startup"] {
        refused(with(check(name)), InvalidName, &format!("{name:?}"));
        let guard = StartupGuard::new(name);
        refused(Health::builder().startup(&guard), InvalidName, name);
        let longer = format!("{name}-1");
        assert!(with(check(&longer)).build().is_ok());
    }
}

#[tokio::test]
async fn thresholds() {
    refused(
        with(check("db").failures(0)),
        InvalidThreshold,
        "\"db\": failures(0)",
    );
    refused(
        with(check("db").successes(0)),
        InvalidThreshold,
        "\"db\": successes(0)",
    );
    assert!(
        with(check("db").failures(u32::MAX).successes(u32::MAX))
            .build()
            .is_ok()
    );
}

#[tokio::test]
async fn paths() {
    let paths = |paths| Health::builder().paths(paths);
    refused(
        paths(Paths::new().health("health")),
        InvalidPath,
        "\"health\"",
    );
    refused(paths(Paths::new().live("/")), InvalidPath, "\"/\"");
    refused(paths(Paths::new().ready("/a b")), InvalidPath, "/a b");
    refused(
        paths(Paths::new().components("/c/")),
        InvalidPath,
        "\"/c/\"",
    );
    refused(paths(Paths::under("")), InvalidPath, "\"\"");
    refused(
        paths(Paths::new().live("/health")),
        PathCollision,
        "\"/health\"",
    );
    let hidden = Paths::new().ready("/health/components/x");
    refused(paths(hidden), PathCollision, "/health/components/x");
}

#[tokio::test]
async fn info() {
    for name in [
        "status",
        "message",
        "timestamp",
        "components",
        "checks",
        "output",
        "serviceId",
        "",
    ] {
        refused(
            Health::builder().info(name, 1),
            InvalidInfo,
            &format!("{name:?}"),
        );
    }
    refused(
        Health::builder().info("a", 1).info("a", 2),
        InvalidInfo,
        "twice",
    );
}

#[cfg(feature = "testability")]
#[tokio::test]
async fn tokens() {
    use health_middleware::Testability;
    for token in ["", " ", "a b", "ä", "a\n"] {
        let builder = Health::builder().testability(Testability::new().token(token));
        refused(builder, BuildErrorKind::InvalidToken, "token");
    }
    let colliding = Paths::new().testability("/health/components");
    let builder = Health::builder()
        .paths(colliding.clone())
        .testability(Testability::new());
    refused(builder, PathCollision, "/health/components");
    assert!(
        Health::builder().paths(colliding).build().is_ok(),
        "not switched on"
    );
}

#[test]
fn no_runtime() {
    refused(Health::builder(), NoRuntime, "no tokio runtime");
}

#[test]
fn a_runtime_without_timers() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async { refused(Health::builder(), NoRuntime, "no timers") });
}

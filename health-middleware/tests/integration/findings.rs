//! What runs are taken for: panics, errors, thresholds.

use std::time::Duration;

use health_middleware::{BoxError, Cause, Check, Health, HealthCheck, Outcome, Status};

use crate::support::{Act, Script, get, pass, settle};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_finding_and_the_next_run_goes_on() {
    let script = Script::new(Act::Panic("on purpose"));
    let health = Health::builder()
        .check(script.check("wild"))
        .build()
        .unwrap();
    settle().await;
    let report = health.report();
    let component = report.component("wild").unwrap();
    assert_eq!(component.cause(), Some(Cause::Panicked));
    assert_eq!(component.error(), Some("on purpose"));

    script.set(Act::Healthy);
    pass(SECOND * 6).await;
    assert!(health.report().status().is_healthy());
}

#[tokio::test(start_paused = true)]
async fn panics_before_the_first_await_in_display_and_in_drop_are_contained() {
    #[derive(Debug)]
    struct Unspeakable;
    impl std::fmt::Display for Unspeakable {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("in Display")
        }
    }
    impl std::error::Error for Unspeakable {}

    struct Explosive;
    impl Drop for Explosive {
        fn drop(&mut self) {
            panic!("in drop")
        }
    }

    let health = Health::builder()
        .check(Check::from_fn("early", || {
            if true {
                panic!("early");
            }
            async { Ok::<_, BoxError>(()) }
        }))
        .check(Check::from_fn("display", || async {
            Err::<(), _>(Unspeakable)
        }))
        .check(Check::from_fn("drop", || async {
            let _explosive = Explosive;
            std::future::pending::<Result<(), BoxError>>().await
        }))
        .check(Check::from_fn("payload", || async {
            if true {
                std::panic::panic_any(Explosive);
            }
            Ok::<_, BoxError>(())
        }))
        .check(Check::from_fn("fine", || async { Ok::<_, BoxError>(()) }))
        .build()
        .unwrap();
    for _ in 0..2 {
        pass(SECOND * 5).await;
        let report = health.report();
        let causes: Vec<_> = ["display", "drop", "early", "fine", "payload"]
            .map(|name| report.component(name).unwrap().cause())
            .into();
        assert_eq!(
            causes,
            [
                Some(Cause::Panicked),
                Some(Cause::TimedOut),
                Some(Cause::Panicked),
                None,
                Some(Cause::Panicked)
            ]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn thresholds_count_in_time() {
    let script = Script::new(Act::Healthy);
    let check = script.check("database").failures(3).successes(2);
    let health = Health::builder().check(check).build().unwrap();
    let status = || health.report().component("database").unwrap().status();
    let until = async |runs| {
        while script.runs() < runs {
            pass(SECOND / 10).await;
        }
        settle().await;
    };
    until(1).await;
    assert_eq!(status(), Status::Healthy);
    script.set(Act::Fail("down"));
    until(3).await;
    assert_eq!(status(), Status::Healthy, "two of three");
    until(4).await;
    assert_eq!(status(), Status::Unhealthy);
    script.set(Act::Healthy);
    until(5).await;
    assert_eq!(status(), Status::Unhealthy, "one of two");
    until(6).await;
    assert_eq!(status(), Status::Healthy);
}

#[tokio::test(start_paused = true)]
async fn degraded_and_optional() {
    let script = Script::new(Act::Degraded("half open"));
    let optional = Script::new(Act::Fail("gone"));
    let health = Health::builder()
        .check(script.check("billing"))
        .check(optional.check("cache").optional())
        .build()
        .unwrap();
    settle().await;
    let report = health.report();
    assert_eq!(report.status(), Status::Degraded);
    let billing = report.component("billing").unwrap();
    assert_eq!(
        (billing.cause(), billing.error()),
        (Some(Cause::Degraded), Some("half open"))
    );
    let cache = report.component("cache").unwrap();
    assert_eq!(
        (cache.status(), cache.cause()),
        (Status::Degraded, Some(Cause::Failed))
    );
    assert!(cache.is_optional());
    assert_eq!(get(&health, "/health/ready").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn an_error_is_told_with_its_sources_and_within_bounds() {
    #[derive(Debug)]
    struct Outer(std::io::Error);
    impl std::fmt::Display for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("ping")
        }
    }
    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }

    let health = Health::builder()
        .check(Check::from_fn("chain", || async {
            Err::<(), _>(Outer(std::io::Error::other("cable cut")))
        }))
        .check(Check::from_fn("long", || async {
            Err::<(), _>("ä".repeat(10_000))
        }))
        .build()
        .unwrap();
    settle().await;
    let report = health.report();
    assert_eq!(
        report.component("chain").unwrap().error(),
        Some("ping: cable cut")
    );
    let long = report.component("long").unwrap().error().unwrap();
    assert!(long.len() < 1100 && long.ends_with('…'));
}

#[tokio::test(start_paused = true)]
async fn a_type_can_be_a_check() {
    struct Limit(u32);
    impl HealthCheck for Limit {
        async fn check(&self) -> Result<Outcome, BoxError> {
            tokio::task::yield_now().await;
            if self.0 > 10 {
                return Err("too many".into());
            }
            Ok(().into())
        }
    }
    let health = Health::builder()
        .check(Check::new("few", Limit(1)))
        .check(Check::new("many", Limit(11)).optional())
        .build()
        .unwrap();
    settle().await;
    assert_eq!(health.report().status(), Status::Degraded);
}

//! Runs: when they begin, what ends them, and what they are taken for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use health_middleware::{BoxError, Cause, Check, Health, HealthCheck, Outcome, Status};
use tokio::time::Instant;

use crate::support::{Act, Script, eventually, get, jump, pass, settle};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn the_first_run_is_at_once_and_until_then_nothing_is_healthy() {
    let script = Script::new(Act::Healthy);
    let health = Health::builder()
        .check(script.check("database"))
        .build()
        .unwrap();
    let report = health.report();
    let component = report.component("database").unwrap();
    assert_eq!(component.status(), Status::Unhealthy);
    assert_eq!(component.cause(), Some(Cause::NotRunYet));
    assert_eq!((component.timestamp(), component.duration()), (None, None));
    assert_eq!(get(&health, "/health").await.status, 503);

    settle().await;
    assert_eq!(script.runs(), 1);
    assert_eq!(get(&health, "/health").await.status, 200);
    assert!(
        health
            .report()
            .component("database")
            .unwrap()
            .timestamp()
            .is_some()
    );
}

#[tokio::test(start_paused = true)]
async fn runs_follow_the_period_give_or_take_a_tenth() {
    let begun = Arc::new(Mutex::new(Vec::new()));
    let times = Arc::clone(&begun);
    let check = Check::from_fn("timed", move || {
        times.lock().unwrap().push(Instant::now());
        async { Ok::<_, BoxError>(()) }
    });
    let _health = Health::builder()
        .check(check.every(SECOND))
        .build()
        .unwrap();
    pass(SECOND * 100).await;

    let begun = begun.lock().unwrap();
    assert!((90..=112).contains(&begun.len()), "{} runs", begun.len());
    let gaps: Vec<_> = begun.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for gap in &gaps {
        // The timer's grain is a millisecond.
        assert!((898..=1102).contains(&gap.as_millis()), "{gap:?}");
    }
    assert!(gaps.iter().any(|gap| *gap != gaps[0]), "no jitter at all");
}

#[tokio::test(start_paused = true)]
async fn an_initial_delay_is_waited_for() {
    let script = Script::new(Act::Healthy);
    let check = script.check("late").initial_delay(SECOND * 10);
    let health = Health::builder().check(check).build().unwrap();
    pass(SECOND * 9).await;
    assert_eq!(script.runs(), 0);
    assert!(health.report().startup().is_unhealthy());
    pass(SECOND * 2).await;
    assert_eq!(script.runs(), 1);
    assert!(health.report().startup().is_healthy());
}

#[tokio::test(start_paused = true)]
async fn a_run_is_cancelled_at_its_timeout() {
    let script = Script::new(Act::Hang);
    let health = Health::builder()
        .check(script.check("slow"))
        .build()
        .unwrap();
    pass(SECOND / 2).await;
    assert_eq!(script.running(), 1);
    assert_eq!(
        health.report().component("slow").unwrap().cause(),
        Some(Cause::NotRunYet)
    );
    pass(SECOND).await;
    assert_eq!(script.running(), 0, "what timed out still runs");
    let answer = get(&health, "/health/components/slow").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["message"], "timed out after 1 s");

    pass(SECOND * 60).await;
    assert!(script.runs() > 5);
    assert_eq!(script.most_at_once.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn runs_that_outlast_their_period_do_not_overlap() {
    let script = Script::new(Act::Take(SECOND * 3));
    let check = script.check("long").every(SECOND).timeout(SECOND * 4);
    let health = Health::builder().check(check).build().unwrap();
    pass(SECOND * 31).await;
    assert_eq!(script.most_at_once.load(Ordering::SeqCst), 1);
    assert!((9..=11).contains(&script.runs()), "{} runs", script.runs());
    assert!(health.report().status().is_healthy());
}

#[tokio::test(start_paused = true)]
async fn a_check_that_never_waits_lets_others_run() {
    let eager = Check::from_fn("eager", || async {
        // Longer than its period, without a point to yield at.
        tokio::time::advance(Duration::from_millis(3)).await;
        Ok::<_, BoxError>(())
    });
    let other = Script::new(Act::Healthy);
    let health = Health::builder()
        .check(eager.every(Duration::from_millis(1)))
        .check(other.check("other"))
        .build()
        .unwrap();
    settle().await;
    assert_eq!(other.runs(), 1);
    drop(health);
}

#[tokio::test(start_paused = true)]
async fn a_check_that_outlasts_its_period_without_yielding_lets_others_run() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let eager = Check::from_fn("eager", move || {
        let run = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            jump(Duration::from_millis(3));
            if run > 1000 {
                // Nobody else is let in: enough has been seen.
                std::future::pending::<()>().await;
            }
            Ok::<_, BoxError>(())
        }
    });
    let health = Health::builder()
        .check(eager.every(Duration::from_millis(1)))
        .build()
        .unwrap();
    settle().await;
    let runs = runs.load(Ordering::SeqCst);
    assert!((2..=100).contains(&runs), "{runs} runs");
    drop(health);
}

#[tokio::test(start_paused = true)]
async fn ten_slow_checks_take_the_time_of_one() {
    let script = Script::new(Act::Take(SECOND / 2));
    let mut builder = Health::builder();
    for index in 0..10 {
        builder = builder.check(script.check(&format!("slow-{index}")));
    }
    let health = builder.build().unwrap();
    pass(SECOND * 6 / 10).await;
    assert!(health.report().status().is_healthy());
}

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

#[tokio::test]
async fn a_blocking_overrun_is_timed_out_and_not_begun_again_until_it_returns() {
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let check = Check::blocking("nfs", move || {
        // The first run hangs until it is released, in a thread of its own.
        if counted.fetch_add(1, Ordering::SeqCst) == 0 {
            held.lock().unwrap().recv().map_err(|_| "never released")?;
        }
        Ok::<_, BoxError>(())
    });
    let health = Health::builder()
        .check(
            check
                .timeout(Duration::from_millis(20))
                .every(Duration::from_millis(20)),
        )
        .build()
        .unwrap();
    let mut subscription = health.subscribe();
    let report = subscription.changed().await.unwrap();
    assert_eq!(
        report.component("nfs").unwrap().cause(),
        Some(Cause::TimedOut)
    );
    let first = report.component("nfs").unwrap().timestamp();

    eventually("the overrun to be reported again", || {
        health.report().component("nfs").unwrap().timestamp() > first
    })
    .await;
    let report = health.report();
    assert_eq!(
        report.component("nfs").unwrap().cause(),
        Some(Cause::TimedOut)
    );
    assert!(report.live().is_healthy());
    assert_eq!(runs.load(Ordering::SeqCst), 1);

    release.send(()).unwrap();
    eventually("a new run", || health.report().status().is_healthy()).await;
    assert!(runs.load(Ordering::SeqCst) > 1);
}

#[tokio::test]
async fn a_blocking_panic_is_a_finding() {
    let check = Check::blocking("wild", || -> Result<(), BoxError> { panic!("on purpose") });
    let health = Health::builder().check(check).build().unwrap();
    let report = health.subscribe().changed().await.unwrap();
    let component = report.component("wild").unwrap();
    assert_eq!(component.cause(), Some(Cause::Panicked));
    assert_eq!(component.error(), Some("on purpose"));
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_probes_cause_no_run() {
    let script = Script::new(Act::Healthy);
    let health = Health::builder()
        .check(script.check("database"))
        .build()
        .unwrap();
    settle().await;
    let mut probes = tokio::task::JoinSet::new();
    for _ in 0..10_000 {
        let health = health.clone();
        probes.spawn(async move { get(&health, "/health").await.status });
    }
    while let Some(status) = probes.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
    assert_eq!(script.runs(), 1);
}

//! Runs: when they begin, and what ends them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use health_middleware::{BoxError, Cause, Check, Health, Status};
use tokio::time::Instant;

use crate::support::{Act, Script, get, jump, pass, settle, with_database};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn the_first_run_is_at_once_and_until_then_nothing_is_healthy() {
    let (script, health) = with_database(Act::Healthy);
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
async fn ten_thousand_probes_cause_no_run() {
    let (script, health) = with_database(Act::Healthy);
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

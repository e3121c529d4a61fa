//! Components that are told and not asked.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use health_middleware::{
    BuildErrorKind, Cause, Details, Fault, ForceErrorKind, Health, Report, Reporter, ReporterCheck,
    Status, reporter,
};
use tokio::time::advance;

use crate::support::{codes, get, pass, poll_once, settle};

const SECOND: Duration = Duration::from_secs(1);

fn breaker() -> (Health, Reporter) {
    let (check, breaker) = reporter("breaker");
    (Health::builder().check(check).build().unwrap(), breaker)
}

fn kind(report: &Report) -> (Status, Option<Cause>, Option<&str>) {
    let breaker = report.component("breaker").unwrap();
    (breaker.status(), breaker.cause(), breaker.error())
}

#[tokio::test(start_paused = true)]
async fn what_is_said_is_published_before_the_call_returns() {
    let (health, breaker) = breaker();
    breaker.healthy();
    assert_eq!(kind(&health.report()), (Status::Healthy, None, None));
    breaker.degraded("half open");
    let half = (Status::Degraded, Some(Cause::Degraded), Some("half open"));
    assert_eq!(kind(&health.report()), half);
    breaker.unhealthy("open");
    let open = (Status::Unhealthy, Some(Cause::Failed), Some("open"));
    assert_eq!(kind(&health.report()), open);
    assert_eq!(codes(&health).await, [503, 200, 503, 200]);
    // Another text, of the same status and cause.
    breaker.unhealthy("still open");
    assert_eq!(kind(&health.report()).2, Some("still open"));
    breaker.healthy();
    assert_eq!(codes(&health).await, [200; 4]);
}

#[tokio::test(start_paused = true)]
async fn before_the_first_word_nothing_is_known_and_start_up_waits() {
    let (health, breaker) = breaker();
    settle().await;
    assert_eq!(kind(&health.report()).1, Some(Cause::NotRunYet));
    assert_eq!(codes(&health).await, [503, 200, 503, 503]);
    let startup = get(&health, "/health/startup").await.json();
    assert_eq!(startup["components"]["breaker"]["message"], "not run yet");
    pass(SECOND * 3600).await;
    assert_eq!(kind(&health.report()).1, Some(Cause::NotRunYet));
    breaker.unhealthy("open");
    assert_eq!(codes(&health).await, [503, 200, 503, 200]);
}

#[tokio::test(start_paused = true)]
async fn words_from_before_build_count_and_the_last_is_kept() {
    let (check, breaker) = reporter("breaker");
    breaker.unhealthy("open");
    breaker.degraded("half open");
    let health = Health::builder().check(check).build().unwrap();
    assert_eq!(kind(&health.report()).2, Some("half open"));
    assert_eq!(codes(&health).await, [200; 4]);
}

#[tokio::test(start_paused = true)]
async fn a_word_holds_for_ever_also_without_who_said_it() {
    let (health, breaker) = breaker();
    breaker.healthy();
    drop(breaker);
    advance(SECOND * 86_400 * 365).await;
    assert_eq!(codes(&health).await, [200; 4]);
}

#[tokio::test(start_paused = true)]
async fn with_a_time_to_live_a_word_gets_stale_and_saying_it_again_renews_it() {
    let (check, breaker) = reporter("breaker");
    let check = check.time_to_live(SECOND * 30);
    let health = Health::builder().check(check).build().unwrap();
    let mut changes = health.subscribe();
    breaker.healthy();
    assert!(changes.changed().await.unwrap().status().is_healthy());
    for _ in 0..4 {
        advance(SECOND * 29).await;
        assert!(health.report().status().is_healthy());
        breaker.healthy();
    }
    // Those who wait are told, though nobody says anything.
    let report = changes.changed().await.unwrap();
    assert_eq!(kind(&report).1, Some(Cause::Stale));
    assert!(report.startup().is_healthy());
    breaker.healthy();
    assert_eq!(codes(&health).await, [200; 4]);
}

#[tokio::test(start_paused = true)]
async fn an_optional_one_degrades() {
    let (check, breaker) = reporter("breaker");
    let check = check.optional();
    let health = Health::builder().check(check).build().unwrap();
    breaker.unhealthy("open");
    assert_eq!(get(&health, "/health").await.json()["status"], "degraded");
    assert_eq!(kind(&health.report()).1, Some(Cause::Failed));
}

#[tokio::test(start_paused = true)]
async fn it_may_decide_readiness_alone() {
    let (check, feed) = reporter("feed");
    let health = Health::builder().readiness(check).build().unwrap();
    feed.unhealthy("closed");
    assert_eq!(codes(&health).await, [200, 200, 503, 200]);
}

#[tokio::test(start_paused = true)]
async fn texts_are_bounded_and_only_for_those_who_may_see_details() {
    #[derive(Debug)]
    struct Outer(std::io::Error);
    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("no answer")
        }
    }
    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
    let (check, feed) = reporter("feed");
    let health = Health::builder()
        .check(check)
        .details_by(|request| match request.headers.contains_key("trusted") {
            true => Details::Full,
            false => Details::Summary,
        })
        .build()
        .unwrap();
    feed.unhealthy(Outer(std::io::Error::other("10.0.0.7 is gone")));
    let told = get(&health, "/health").await;
    assert_eq!(told.json()["components"]["feed"]["message"], "failed");
    assert!(!told.text.contains("10.0.0.7"));
    let trusted = http::Request::get("/health").header("trusted", "").body(());
    let told = crate::support::send(&health, trusted.unwrap()).await;
    let message = &told.json()["components"]["feed"]["message"];
    assert_eq!(message, "failed: no answer: 10.0.0.7 is gone");
    feed.degraded("x".repeat(5000));
    let report = health.report();
    let kept = report.component("feed").unwrap().error().unwrap().len();
    assert!((1024..1030).contains(&kept), "{kept} bytes");
}

#[tokio::test(start_paused = true)]
async fn subscribers_are_told_of_each_change_and_of_no_repetition() {
    let (health, breaker) = breaker();
    let mut changes = health.subscribe();
    breaker.healthy();
    changes.changed().await.unwrap();
    for _ in 0..9 {
        breaker.healthy();
    }
    settle().await;
    assert!(poll_once(changes.changed()).is_pending());
    breaker.unhealthy("open");
    assert!(changes.changed().await.unwrap().status().is_unhealthy());
}

#[tokio::test(start_paused = true)]
async fn repetition_costs_no_publication_and_renews_the_time_within_a_second() {
    let (health, breaker) = breaker();
    breaker.healthy();
    let first = health.report();
    for _ in 0..9 {
        breaker.healthy();
        assert!(Arc::ptr_eq(&first, &health.report()), "published again");
    }
    pass(SECOND * 2).await;
    assert!(!Arc::ptr_eq(&first, &health.report()), "never published");
}

#[tokio::test(start_paused = true)]
async fn a_fault_hides_what_is_said_until_it_is_lifted() {
    let (health, breaker) = breaker();
    breaker.healthy();
    let error = health.force("breaker", Fault::Hang).unwrap_err();
    assert_eq!(error.kind(), ForceErrorKind::NotApplicable);
    let fault = health.force("breaker", Fault::Down).unwrap();
    breaker.degraded("half open");
    assert_eq!(kind(&health.report()).1, Some(Cause::Forced));
    drop(fault);
    assert_eq!(kind(&health.report()).2, Some("half open"));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_done_once_the_engine_has_ended() {
    let (health, breaker) = breaker();
    breaker.healthy();
    let mut changes = health.subscribe();
    drop(health);
    breaker.unhealthy("open");
    assert!(changes.report().status().is_healthy());
    assert!(changes.changed().await.is_none());
    drop(changes);
    breaker.healthy();
}

#[tokio::test(start_paused = true)]
async fn a_time_to_live_that_makes_no_sense_is_refused() {
    for (time_to_live, fits) in [
        (Duration::ZERO, false),
        (Duration::from_millis(1), true),
        (SECOND * 86_400 * 7, true),
        (SECOND * 86_400 * 8, false),
    ] {
        let (check, _breaker) = reporter("breaker");
        let built = Health::builder()
            .check(check.time_to_live(time_to_live))
            .build();
        let error = built.err().map(|error| error.kind());
        let refused = (!fits).then_some(BuildErrorKind::InvalidDuration);
        assert_eq!(error, refused, "{time_to_live:?}");
    }
}

/// An error may say something itself while its text is made, and who hears of a
/// change may too: nothing is locked meanwhile.
#[test]
fn words_may_be_said_from_any_thread_and_within_one_another() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let (health, breaker) = runtime.block_on(async { self::breaker() });

    struct Talks(Reporter);
    impl fmt::Display for Talks {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.healthy();
            f.write_str("talks")
        }
    }
    impl fmt::Debug for Talks {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Ok(())
        }
    }
    impl std::error::Error for Talks {}
    breaker.unhealthy(Talks(breaker.clone()));
    assert_eq!(kind(&health.report()).2, Some("talks"));

    let (start, over) = (Barrier::new(4), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                start.wait();
                for _ in 0..500 {
                    breaker.healthy();
                    breaker.degraded("half open");
                    breaker.unhealthy("open");
                }
                over.store(true, Ordering::Relaxed);
            });
        }
        start.wait();
        while !over.load(Ordering::Relaxed) {
            let report = health.report();
            let (status, cause, text) = kind(&report);
            let expected = match status {
                Status::Healthy => (None, None),
                Status::Degraded => (Some(Cause::Degraded), Some("half open")),
                _ => (
                    Some(Cause::Failed),
                    text.filter(|t| ["open", "talks"].contains(t)),
                ),
            };
            assert_eq!((cause, text), expected);
        }
    });
    breaker.healthy();
    assert!(
        health.report().status().is_healthy(),
        "the last word counts"
    );
}

#[tokio::test(start_paused = true)]
async fn an_error_whose_text_panics_tells_nothing_and_breaks_nothing() {
    #[derive(Debug)]
    struct Panics;
    impl fmt::Display for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("on purpose")
        }
    }
    impl std::error::Error for Panics {}
    let (health, breaker) = breaker();
    breaker.healthy();
    let told = catch_unwind(AssertUnwindSafe(|| breaker.unhealthy(Panics)));
    assert!(told.is_err());
    assert!(health.report().status().is_healthy());
    breaker.degraded("half open");
    assert_eq!(kind(&health.report()).2, Some("half open"));
}

#[test]
fn auto_traits() {
    fn is<T: Send + Sync + Unpin + fmt::Debug + 'static>() {}
    fn clones<T: Clone>() {}
    is::<Reporter>();
    is::<ReporterCheck>();
    clones::<Reporter>();
}

//! Checks that block their thread, and what becomes of those that overrun.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use health_middleware::{BoxError, Cause, Check, Fault, Health};
use tokio::time::advance;

use crate::support::{Act, Script, eventually, settle};

const SECOND: Duration = Duration::from_secs(1);

/// A check each of whose runs waits for its release.
fn held(script: &Script) -> (Check, Sender<()>) {
    let (release, held): (_, Receiver<()>) = channel();
    let held = Arc::new(Mutex::new(held));
    let counted = script.clone();
    let check = Check::blocking("nfs", move || {
        counted.count();
        let held = held.lock().unwrap();
        held.recv().map_err(|_| "never released")?;
        Ok::<_, BoxError>(())
    });
    (check.timeout(SECOND).every(SECOND * 5), release)
}

/// Lets threads go on, while the clock of the runtime stands.
async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(30), "in vain: {what}");
        settle().await;
        std::thread::yield_now();
    }
}

#[tokio::test(start_paused = true)]
async fn an_overrun_takes_nothing_of_the_time_of_the_next_run() {
    let script = Script::new(Act::Healthy);
    let (check, release) = held(&script);
    let health = Health::builder().check(check).build().unwrap();
    let cause = || health.report().component("nfs").unwrap().cause();
    until("the first run", || script.runs() == 1).await;
    advance(SECOND * 2).await;
    settle().await;
    assert_eq!(cause(), Some(Cause::TimedOut));

    // The next one is due between 4.5 and 5.5 s; it cannot begin.
    let mut passed = SECOND * 2;
    while passed < SECOND * 6 {
        advance(SECOND / 10).await;
        settle().await;
        passed += SECOND / 10;
        // The overrun returns late in the first second in which it is waited for.
        if passed == SECOND * 5 + SECOND / 2 {
            assert_eq!(script.runs(), 1, "two runs at once");
            release.send(()).unwrap();
            until("the second run", || script.runs() == 2).await;
        }
    }
    // Half a second of its own one.
    release.send(()).unwrap();
    until("its answer", || cause().is_none()).await;
    assert_eq!(script.runs(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_overrun_stays_timed_out_for_as_long_as_it_takes() {
    let script = Script::new(Act::Healthy);
    let (check, release) = held(&script);
    let health = Health::builder().check(check).build().unwrap();
    until("the first run", || script.runs() == 1).await;
    advance(SECOND * 2).await;
    settle().await;
    for _ in 0..600 {
        advance(SECOND / 10).await;
        settle().await;
        let report = health.report();
        let component = report.component("nfs").unwrap();
        assert_eq!(component.cause(), Some(Cause::TimedOut), "and not stale");
    }
    assert_eq!(script.runs(), 1);
    drop(release);
    until("a new run", || script.runs() > 1).await;
}

/// It has its time, whatever is forced or lifted meanwhile.
#[tokio::test(start_paused = true)]
async fn a_force_during_a_run_that_cannot_be_cancelled_makes_no_timeout_of_it() {
    let script = Script::new(Act::Healthy);
    let (check, release) = held(&script);
    let health = Health::builder().check(check).build().unwrap();
    let cause = || health.report().component("nfs").unwrap().cause();
    until("the first run", || script.runs() == 1).await;
    release.send(()).unwrap();
    until("its answer", || cause().is_none()).await;

    drop(health.force("nfs", Fault::Panic).unwrap());
    until("the second run", || script.runs() == 2).await;
    drop(health.force("nfs", Fault::Panic).unwrap());
    advance(SECOND / 2).await;
    settle().await;
    assert_eq!((cause(), script.runs()), (None, 2));
    release.send(()).unwrap();
    until("the third run", || script.runs() == 3).await;
    release.send(()).unwrap();
    settle().await;
    assert_eq!(cause(), None);

    drop(health.force("nfs", Fault::Panic).unwrap());
    until("the fourth run", || script.runs() == 4).await;
    drop(health.force("nfs", Fault::Panic).unwrap());
    advance(SECOND * 2).await;
    settle().await;
    assert_eq!(cause(), Some(Cause::TimedOut));
}

#[tokio::test(start_paused = true)]
async fn an_overrun_that_returns_early_keeps_the_period() {
    let script = Script::new(Act::Healthy);
    let (release, held): (_, Receiver<()>) = channel();
    let (held, counted) = (Mutex::new(held), script.clone());
    let returned = Arc::new(AtomicBool::new(false));
    let returns = Arc::clone(&returned);
    let check = Check::blocking("nfs", move || {
        counted.count();
        let _ = held.lock().unwrap().recv();
        returns.store(true, Ordering::Release);
        Ok::<_, BoxError>(())
    });
    let check = check.timeout(SECOND).every(SECOND * 5);
    let health = Health::builder().check(check).build().unwrap();
    until("the first run", || script.runs() == 1).await;
    advance(SECOND * 2).await;
    settle().await;
    let cause = health.report().component("nfs").unwrap().cause();
    assert_eq!(cause, Some(Cause::TimedOut));
    drop(release);
    until("its return", || returned.load(Ordering::Acquire)).await;
    // The next one is due 4.5 s after the first began, at the soonest.
    for _ in 0..20 {
        advance(SECOND / 10).await;
        settle().await;
        assert_eq!(script.runs(), 1);
    }
    advance(SECOND * 2).await;
    until("the second run", || script.runs() == 2).await;
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

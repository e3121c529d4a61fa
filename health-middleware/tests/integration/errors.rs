//! Errors and panics that are worse than others, and what is kept of their texts.

use std::error::Error;
use std::fmt;
use std::future::pending;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use health_middleware::{BoxError, Cause, Check, Health, Outcome};

use crate::support::{Act, Script, pass, settle};

/// Does something that may freeze a runtime, on one of its own.
#[track_caller]
fn without_freezing<F>(what: F)
where
    F: AsyncFnOnce() + Send + 'static,
{
    let (done, wait) = mpsc::channel();
    let thread = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(what());
        let _ = done.send(());
    });
    match wait.recv_timeout(Duration::from_secs(30)) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("the runtime is frozen"),
        // Its own panic is the better message.
        _ => thread.join().unwrap(),
    }
}

/// An error that is, in the end, its own source.
#[derive(Debug)]
struct Round;

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("round and round")
    }
}

impl Error for Round {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self)
    }
}

#[test]
fn an_error_that_is_its_own_source() {
    without_freezing(async || {
        let health = Health::builder()
            .check(Check::from_fn("async", || async { Err::<(), _>(Round) }))
            .build()
            .unwrap();
        settle().await;
        let report = health.report();
        let component = report.component("async").unwrap();
        assert_eq!(component.error(), Some("round and round"));
    });
}

/// Writes more than anybody wants to keep, for as long as it is taken.
#[derive(Debug)]
struct Endless;

impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        loop {
            f.write_str("and so on ")?;
        }
    }
}

impl Error for Endless {}

#[test]
fn an_error_that_never_ends_its_text() {
    without_freezing(async || {
        let health = Health::builder()
            .check(Check::from_fn("it", || async { Err::<(), _>(Endless) }))
            .build()
            .unwrap();
        settle().await;
        let report = health.report();
        let text = report.component("it").unwrap().error().unwrap();
        assert!(text.len() < 1100 && text.ends_with('…'), "{text}");
    });
}

#[tokio::test(start_paused = true)]
async fn a_reason_is_kept_within_bounds() {
    let health = Health::builder()
        .check(Check::from_fn("it", || async {
            Ok::<_, BoxError>(Outcome::degraded("ä".repeat(10_000)))
        }))
        .build()
        .unwrap();
    settle().await;
    let report = health.report();
    let text = report.component("it").unwrap().error().unwrap();
    assert!(text.len() < 1100 && text.ends_with('…'), "{}", text.len());
}

/// Thrown, it throws another when it is dropped, with one head less.
struct Hydra(u32);

impl Drop for Hydra {
    fn drop(&mut self) {
        if let Some(left) = self.0.checked_sub(1) {
            std::panic::panic_any(Hydra(left));
        }
    }
}

const HYDRA: Hydra = Hydra(2);

#[tokio::test(start_paused = true)]
async fn a_panic_whose_payload_panics_with_another_ends_no_task() {
    let thrown = Script::new(Act::Healthy);
    let dropped = Script::new(Act::Healthy);
    let (throwing, dropping) = (thrown.clone(), dropped.clone());
    let health = Health::builder()
        .check(Check::from_fn("thrown", move || {
            throwing.count();
            async {
                if true {
                    std::panic::panic_any(HYDRA);
                }
                Ok::<_, BoxError>(())
            }
        }))
        .check(Check::from_fn("dropped", move || {
            dropping.count();
            async {
                let _hydra = HYDRA;
                pending::<Result<(), BoxError>>().await
            }
        }))
        .build()
        .unwrap();
    pass(Duration::from_secs(60)).await;
    for (name, script, cause) in [
        ("thrown", &thrown, Cause::Panicked),
        ("dropped", &dropped, Cause::TimedOut),
    ] {
        assert!(script.runs() > 5, "{name} ran {} times", script.runs());
        let report = health.report();
        assert_eq!(report.component(name).unwrap().cause(), Some(cause));
    }
}

#[tokio::test]
async fn a_blocking_check_may_throw_the_same() {
    let script = Script::new(Act::Healthy);
    let counted = script.clone();
    let check = Check::blocking("it", move || -> Result<(), BoxError> {
        counted.count();
        std::panic::panic_any(HYDRA);
    });
    let health = Health::builder()
        .check(check.every(Duration::from_millis(5)))
        .build()
        .unwrap();
    crate::support::eventually("several runs", || script.runs() > 3).await;
    let report = health.report();
    assert_eq!(
        report.component("it").unwrap().cause(),
        Some(Cause::Panicked)
    );
}

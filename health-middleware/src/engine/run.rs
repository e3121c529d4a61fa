//! The task of one active check: runs, one after the other, for ever.

use std::any::Any;
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::Notify;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::schedule::{Jitter, jittered};
use super::{Shared, Source};
use crate::check::{BlockingFn, Runner, Timing};
use crate::fault::Fault;
use crate::outcome::{BoxError, Outcome};
use crate::race::{First, race};
use crate::transition::Finding;

/// Runs a check for as long as it is polled.
pub(super) async fn run(shared: Arc<Shared>, index: usize, runner: Runner) {
    let Source::Active { timing, rerun, .. } = &shared.slots[index].source else {
        return;
    };
    let mut jitter = Jitter::new();
    let mut work = Work::new(runner);
    race(sleep(timing.initial_delay), rerun.notified()).await;
    loop {
        let started = Instant::now();
        let fault = shared.fault(index);
        match race(work.run(timing, fault), rerun.notified()).await {
            First::Left(finding) => shared.record(index, finding, Some(started.elapsed())),
            // Faults have changed: what this run would find no longer matters.
            First::Right(()) => continue,
        }
        let next = started + jittered(timing.every, jitter.next());
        pause(next, rerun).await;
    }
}

/// Waits for the next run. It yields at least once, so that a check that never
/// waits cannot hold its thread, even where runs take longer than the period.
async fn pause(next: Instant, rerun: &Notify) {
    if next <= Instant::now() {
        tokio::task::yield_now().await;
    } else {
        race(sleep_until(next), rerun.notified()).await;
    }
}

/// What is run, and what of it cannot be cancelled.
struct Work {
    runner: Runner,
    /// A blocking run that has not returned.
    unfinished: Option<JoinHandle<Finding>>,
}

impl Work {
    fn new(runner: Runner) -> Self {
        Self {
            runner,
            unfinished: None,
        }
    }

    /// One run, within its timeout and under the fault in force.
    async fn run(&mut self, timing: &Timing, fault: Option<Fault>) -> Finding {
        let limited = timeout(timing.timeout, async {
            match fault {
                Some(Fault::Hang) => pending().await,
                Some(Fault::Slow(delay)) => sleep(delay).await,
                _ => {}
            }
            let panics = fault == Some(Fault::Panic);
            match &self.runner {
                Runner::Async(check) => {
                    contain(async {
                        if panics {
                            panic!("forced to panic");
                        }
                        finding(check.run().await)
                    })
                    .await
                }
                Runner::Blocking(check) => {
                    // What an overrun finds in the end is too late to count.
                    if let Some(overrun) = &mut self.unfinished {
                        let _ = overrun.await;
                    }
                    let check = Arc::clone(check);
                    let run = spawn_blocking(move || block(&*check, panics));
                    let found = self.unfinished.insert(run).await;
                    self.unfinished = None;
                    found.unwrap_or_else(|error| match error.try_into_panic() {
                        Ok(panic) => panicked(panic),
                        Err(error) => Finding::Failed(error.to_string().into()),
                    })
                }
            }
        });
        limited.await.unwrap_or(Finding::TimedOut)
    }
}

fn block(check: &BlockingFn, panics: bool) -> Finding {
    if panics {
        panic!("forced to panic");
    }
    finding(check())
}

fn finding(answer: Result<Outcome, BoxError>) -> Finding {
    match answer {
        Ok(Outcome::Healthy) => Finding::Healthy,
        Ok(Outcome::Degraded(reason)) => Finding::Degraded(bounded(&reason)),
        Err(error) => Finding::Failed(describe(&error)),
    }
}

/// An error and what it came from.
fn describe(error: &BoxError) -> Arc<str> {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source.filter(|_| text.len() < MAX_TEXT) {
        let cause_text = cause.to_string();
        // Many errors repeat their source in their own text.
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    bounded(&text)
}

/// What is kept of an error's text, in bytes.
const MAX_TEXT: usize = 1024;

fn bounded(text: &str) -> Arc<str> {
    if text.len() <= MAX_TEXT {
        return text.into();
    }
    let boundary = |end: &usize| text.is_char_boundary(*end);
    let end = (0..=MAX_TEXT).rev().find(boundary).unwrap_or(0);
    format!("{}…", &text[..end]).into()
}

/// Drives a check, and takes its panics for what they are: a finding.
fn contain<F: Future<Output = Finding>>(run: F) -> Contained<F> {
    Contained {
        run: Some(Box::pin(run)),
    }
}

struct Contained<F> {
    run: Option<Pin<Box<F>>>,
}

impl<F: Future<Output = Finding>> Future for Contained<F> {
    type Output = Finding;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Finding> {
        let Some(run) = &mut self.run else {
            return Poll::Pending;
        };
        // Nothing of the run is looked at again after a panic, but to drop it.
        match catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(cx))) {
            Ok(polled) => polled,
            Err(panic) => Poll::Ready(panicked(panic)),
        }
    }
}

impl<F> Drop for Contained<F> {
    fn drop(&mut self) {
        let run = self.run.take();
        let _ = catch_unwind(AssertUnwindSafe(|| drop(run)));
    }
}

fn panicked(panic: Box<dyn Any + Send>) -> Finding {
    let text = if let Some(text) = panic.downcast_ref::<&str>() {
        bounded(text)
    } else if let Some(text) = panic.downcast_ref::<String>() {
        bounded(text)
    } else {
        "no message".into()
    };
    // What was thrown may panic in its turn when it is dropped.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(panic)));
    Finding::Panicked(text)
}

//! The task of one active check: runs, one after the other, for ever.

use std::any::Any;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::Notify;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::Shared;
use crate::checks::{BlockingFn, Outcome, Runner, Source, Timing};
use crate::contain::{contain, discard, try_call};
use crate::error::BoxError;
use crate::race::{First, race};
use crate::state::{Fault, Finding, Jitter, jittered};
use crate::text::{bounded, describe, thrown};

/// Runs a check for as long as it is polled.
pub(super) async fn run(shared: Arc<Shared>, index: usize, runner: Runner) {
    let Source::Active { timing, rerun, .. } = &shared.slots[index].source else {
        return;
    };
    let mut jitter = Jitter::new();
    let mut job = Job::new(runner);
    race(sleep(timing.initial_delay), rerun.notified()).await;
    loop {
        let started = Instant::now();
        match job.unfinished_until() {
            // Begun before a fault was forced or lifted: what it finds no longer
            // matters, and it has its time.
            Some(deadline) if started < deadline => {
                let over = race(job.returned(), sleep_until(deadline));
                race(over, rerun.notified()).await;
                continue;
            }
            // Not begun again: it still is what it was found to be, and no run
            // that a duration could be told of.
            Some(_) => {
                shared.record(index, Finding::TimedOut, None);
                let next = started + jittered(timing.every, jitter.next());
                // A run is due since then: it begins when this one returns.
                race(race(sleep_until(next), rerun.notified()), job.returned()).await;
                continue;
            }
            None => {
                let fault = shared.fault(index);
                match race(job.run(timing, fault), rerun.notified()).await {
                    First::Left(finding) => shared.record(index, finding, Some(started.elapsed())),
                    // Faults have changed: what this run would find no longer matters.
                    First::Right(()) => continue,
                }
            }
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
struct Job {
    runner: Runner,
    /// A blocking run that has not returned, and when its time is over.
    unfinished: Option<(JoinHandle<Finding>, Instant)>,
}

impl Job {
    fn new(runner: Runner) -> Self {
        Self {
            runner,
            unfinished: None,
        }
    }

    /// When the time is over, or was, of a run that still goes on.
    fn unfinished_until(&self) -> Option<Instant> {
        let unfinished = self.unfinished.as_ref();
        unfinished
            .filter(|(run, _)| !run.is_finished())
            .map(|(_, deadline)| *deadline)
    }

    /// Waits for such a run to return, if there is one: the next has all its time
    /// then. What was found in the end is too late to count.
    async fn returned(&mut self) {
        match &mut self.unfinished {
            Some((run, _)) => {
                let _ = run.await;
                self.unfinished = None;
            }
            None => pending().await,
        }
    }

    /// One run, within its timeout and under the fault in force.
    async fn run(&mut self, timing: &Timing, fault: Option<Fault>) -> Finding {
        let deadline = Instant::now() + timing.timeout;
        let limited = timeout_at(deadline, async {
            match fault {
                Some(Fault::Hang) => pending().await,
                Some(Fault::Slow(delay)) => sleep(delay).await,
                _ => {}
            }
            let panics = fault == Some(Fault::Panic);
            match &self.runner {
                Runner::Async(check) => {
                    Contained::new(async {
                        if panics {
                            panic!("forced to panic");
                        }
                        finding(check.run().await)
                    })
                    .await
                }
                Runner::Blocking(check) => {
                    let check = Arc::clone(check);
                    let run = spawn_blocking(move || block(&*check, panics));
                    let (run, _) = self.unfinished.insert((run, deadline));
                    let found = run.await;
                    self.unfinished = None;
                    // It contains its panics, and is cancelled by a shutdown alone.
                    found.unwrap_or_else(|error| Finding::Failed(error.to_string().into()))
                }
            }
        });
        // An answer that is late is none, even where the clock has jumped over the
        // deadline and it is there before anybody looks.
        let in_time = limited.await.ok().filter(|_| Instant::now() <= deadline);
        in_time.unwrap_or(Finding::TimedOut)
    }
}

fn block(check: &BlockingFn, panics: bool) -> Finding {
    let found = try_call(|| {
        if panics {
            panic!("forced to panic");
        }
        finding(check())
    });
    found.unwrap_or_else(panicked)
}

fn finding(answer: Result<Outcome, BoxError>) -> Finding {
    match answer {
        Ok(Outcome::Healthy) => Finding::Healthy,
        Ok(Outcome::Degraded(reason)) => Finding::Degraded(bounded(&reason)),
        Err(error) => Finding::Failed(describe(&*error)),
    }
}

/// Drives a check, and takes its panics for what they are: a finding.
struct Contained<F> {
    run: Option<Pin<Box<F>>>,
}

impl<F: Future<Output = Finding>> Contained<F> {
    fn new(run: F) -> Self {
        Self {
            run: Some(Box::pin(run)),
        }
    }
}

impl<F: Future<Output = Finding>> Future for Contained<F> {
    type Output = Finding;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Finding> {
        let Some(run) = &mut self.run else {
            return Poll::Pending;
        };
        // Nothing of the run is looked at again after a panic, but to drop it.
        match try_call(|| run.as_mut().poll(cx)) {
            Ok(polled) => polled,
            Err(panic) => Poll::Ready(panicked(panic)),
        }
    }
}

impl<F> Drop for Contained<F> {
    fn drop(&mut self) {
        let run = self.run.take();
        contain(|| drop(run));
    }
}

fn panicked(panic: Box<dyn Any + Send>) -> Finding {
    let text = thrown(&*panic);
    discard(panic);
    Finding::Panicked(text)
}

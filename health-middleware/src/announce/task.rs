//! Follows the published state, and tells one server until it knows.
//!
//! One call at a time, each within its limit; what changes meanwhile is told
//! after it, and of many changes the last.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::dialect::{Dialect, Standing};
use super::events;
use super::rhythm::Rhythm;
use super::wire::Wire;
use crate::duration;
use crate::engine::Subscription;
use crate::race::{First, race, until};
use crate::render::{Details, status_line};
use crate::state::Jitter;

/// A state that alternates is told no faster than this.
const PACE: Duration = Duration::from_secs(1);
/// How long a call that is under way holds up the withdrawal. It is not cut off at
/// once, since a server may then see it after the withdrawal.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct Task<D: Dialect, W> {
    dialect: D,
    wire: W,
    rhythm: Rhythm,
    label: String,
    changes: Subscription,
    details: Details,
    /// Counts the registries that may have the service.
    inside: Arc<watch::Sender<usize>>,
    /// The engine has.
    ended: bool,
    failures: u32,
    /// Whether `tracing` has been told that the server hears us.
    reached: Option<bool>,
    jitter: Jitter,
}

impl<D: Dialect, W: Wire> Task<D, W> {
    pub(super) fn new(
        dialect: D,
        wire: W,
        rhythm: Rhythm,
        label: String,
        (changes, details, inside): (Subscription, Details, Arc<watch::Sender<usize>>),
    ) -> Self {
        Self {
            dialect,
            wire,
            rhythm,
            label,
            changes,
            details,
            inside,
            ended: false,
            failures: 0,
            reached: None,
            jitter: Jitter::new(),
        }
    }

    /// Runs until the server knows that the service is gone, or can know it by
    /// itself.
    pub(super) async fn run(mut self) {
        let begun = Instant::now();
        // What is being told, when the next may be, and when a failure is over.
        let (mut told, mut turn, mut again) = (None, begun, begun);
        // When the server is to hear the same again, and when it forgets.
        let (mut due, mut run_out) = (None, None);
        // No call was made of what is being told, and something was heard since this
        // was last told to the log.
        let (mut begins, mut heard) = (false, false);
        loop {
            let now = Instant::now();
            let standing = self.standing();
            if told != Some(standing) {
                if standing == Standing::Gone {
                    self.failures = 0;
                    again = now;
                    run_out = self.rhythm.life.map(|life| now + life);
                } else if now < turn {
                    self.wait(Some(turn)).await;
                    continue;
                }
                told = Some(standing);
                begins = true;
            }
            if due.is_some_and(|due| now >= due) {
                due = None;
                self.dialect.stale();
            }
            let Some(step) = self.dialect.next(standing) else {
                if std::mem::take(&mut heard) {
                    self.failures = 0;
                    self.note(Ok(()), standing);
                }
                if standing == Standing::Gone {
                    return self.withdraw();
                }
                self.wait(due).await;
                continue;
            };
            if run_out.is_some_and(|run_out| now >= run_out) {
                return events::run_out(&self.label);
            }
            if now < again {
                self.wait(run_out.into_iter().chain([again]).min()).await;
                continue;
            }
            if std::mem::take(&mut begins) {
                turn = now + PACE;
            }
            match self.call(step, standing).await {
                Some(Ok(())) => {
                    heard = true;
                    due = Some(now + self.rhythm.period);
                }
                Some(Err(why)) => {
                    heard = false;
                    self.failures += 1;
                    let wait = self.rhythm.wait(self.failures, self.jitter.next());
                    again = Instant::now() + wait;
                    self.note(Err(&why), standing);
                }
                None => {}
            }
        }
    }

    fn standing(&self) -> Standing {
        match self.ended {
            true => Standing::Gone,
            false => self.dialect.standing(&self.changes.report()),
        }
    }

    /// Until something has changed, or for so long at most.
    async fn wait(&mut self, time: Option<Instant>) {
        let time = until(time);
        if self.ended {
            return time.await;
        }
        self.ended = matches!(race(self.changes.changed(), time).await, First::Left(None));
    }

    /// One call, and what came of it; nothing where the service is gone meanwhile.
    async fn call(&mut self, step: D::Step, standing: Standing) -> Option<Result<(), String>> {
        let reason = status_line(&self.changes.report(), None, self.details);
        let message = self.dialect.message(step, &reason);
        let limit = self.rhythm.limit();
        let call = async {
            let answer = timeout(limit, self.wire.send(message)).await;
            let late = |_| Err(format!("timed out after {}", duration::in_words(limit)));
            answer.unwrap_or_else(late)
        };
        let answer = if standing == Standing::Gone {
            call.await
        } else {
            let dialect = &self.dialect;
            let gone = |report: &_| dialect.standing(report) == Standing::Gone;
            let leave = async {
                let ended = self.changes.wait_for(gone).await.is_none();
                sleep(PATIENCE).await;
                ended
            };
            match race(call, leave).await {
                First::Left(answer) => answer,
                First::Right(ended) => {
                    self.ended = ended;
                    return None;
                }
            }
        };
        Some(answer.and_then(|answer| self.dialect.heard(step, &answer)))
    }

    /// Tells `tracing`, if this is not what it has been told last.
    fn note(&mut self, found: Result<(), &str>, standing: Standing) {
        let reached = found.is_ok();
        if self.reached == Some(reached) {
            return;
        }
        self.reached = Some(reached);
        match found {
            // It is told of the withdrawal.
            Ok(()) if standing == Standing::Gone => {}
            Ok(()) => events::reached(&self.label),
            Err(why) => events::unreached(&self.label, why),
        }
    }

    fn withdraw(&self) {
        if self.rhythm.life.is_some() {
            self.inside.send_modify(|inside| *inside -= 1);
            if self.reached.is_some() {
                events::withdrawn(&self.label);
            }
        }
    }
}

#[cfg(test)]
mod tests;

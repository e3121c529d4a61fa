//! What is told to the service manager, and when.
//!
//! One task on the service's own runtime, so that a runtime that is blocked
//! stops it. It ends with the engine.

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::events;
use super::message::Assignment;
use super::movement::{EXTENSION, Movement};
use super::notifier::Notifier;
use super::own_url::Ask;
use super::rhythm::Rhythm;
use crate::duration;
use crate::engine::{Shared, Subscription};
use crate::race::{First, race};
use crate::render::{Details, status_line};
use crate::report::Report;

/// How often a start-up is looked at, and an unsent message is tried again.
const LOOK: Duration = Duration::from_secs(1);
/// How soon a URL that did not answer at start-up is asked again, at first.
const AGAIN: Duration = Duration::from_millis(50);
/// How long the URL may take to answer where no watchdog says so.
const LIMIT: Duration = Duration::from_secs(5);

/// What the task works with.
pub(crate) struct Task<U> {
    shared: Arc<Shared>,
    notifier: Notifier,
    /// `None` without a watchdog.
    rhythm: Option<Rhythm>,
    url: U,
    details: Details,
    /// Why the URL does not answer.
    trouble: watch::Sender<Option<Arc<str>>>,
    unsent: AtomicBool,
}

impl<U: Ask> Task<U> {
    pub(crate) fn new(
        shared: Arc<Shared>,
        notifier: Notifier,
        watchdog: Option<Duration>,
        url: U,
        details: Details,
    ) -> Self {
        Self {
            shared,
            notifier,
            rhythm: watchdog.map(Rhythm::new),
            url,
            details,
            trouble: watch::Sender::new(None),
            unsent: AtomicBool::new(false),
        }
    }

    /// Runs until the engine ends.
    pub(crate) async fn run(self) {
        race(self.describe(), self.attend()).await;
    }

    /// STATUS= on every change, STOPPING=1 at drain or with the engine's end.
    async fn describe(&self) {
        let mut changes = self.subscribe();
        let mut trouble = self.trouble.subscribe();
        let mut told = String::new();
        let mut stopping = false;
        let mut ended = false;
        loop {
            let report = changes.report();
            let line = {
                let trouble = trouble.borrow_and_update();
                status_line(&report, trouble.as_deref(), self.details)
            };
            let stops = (ended || report.is_draining()) && !stopping;
            let mut states = Vec::with_capacity(2);
            if stops {
                states.push(Assignment::Stopping);
            }
            if line != told {
                states.push(Assignment::Status(&line));
            }
            let sent = states.is_empty() || self.send(&states).await.is_ok();
            if ended {
                return;
            }
            if sent {
                stopping |= stops;
                told = line;
            }
            let again = async {
                if sent {
                    pending().await
                } else {
                    sleep(LOOK).await;
                }
            };
            let next = race(changes.changed(), race(trouble.changed(), again)).await;
            ended = matches!(next, First::Left(None));
        }
    }

    /// READY=1 in the end, and from then on the watchdog.
    async fn attend(&self) {
        if self.start().await {
            self.get_ready().await;
        }
        match self.rhythm {
            Some(rhythm) => self.feed(rhythm).await,
            None => pending().await,
        }
    }

    /// Waits for the end of start-up, asking for more time while it moves.
    /// Whether it came before the drain.
    async fn start(&self) -> bool {
        let mut changes = self.subscribe();
        let mut movement = Movement::default();
        loop {
            let report = changes.report();
            if report.is_draining() {
                return false;
            }
            if report.startup().is_healthy() {
                return true;
            }
            if movement.asks(&report, self.shared.progress(), Instant::now()) {
                let _ = self.send(&[Assignment::ExtendTimeout(EXTENSION)]).await;
            }
            let change = async {
                if changes.changed().await.is_none() {
                    pending().await
                }
            };
            race(change, sleep(LOOK)).await;
        }
    }

    /// Waits for the listener to answer, and says so.
    async fn get_ready(&self) {
        let limit = self.rhythm.map_or(LIMIT, |rhythm| rhythm.limit);
        let mut pause = AGAIN;
        while let Err(trouble) = self.ask(limit).await {
            if self.report().is_draining() {
                return;
            }
            self.set_trouble(Some(&trouble));
            sleep(pause).await;
            pause = LOOK.min(pause * 2);
        }
        self.set_trouble(None);
        while !self.report().is_draining() {
            if self.send(&[Assignment::Ready]).await.is_ok() {
                events::ready();
                return;
            }
            sleep(LOOK).await;
        }
    }

    /// WATCHDOG=1 in every period in which the service is found alive.
    async fn feed(&self, rhythm: Rhythm) {
        let mut hungry = false;
        loop {
            let begun = Instant::now();
            match self.find_alive(rhythm.limit).await {
                Ok(()) => {
                    let _ = self.send(&[Assignment::Watchdog]).await;
                    if hungry {
                        events::fed(None);
                    }
                    hungry = false;
                }
                Err(reason) => {
                    if !hungry {
                        events::fed(Some(&reason));
                    }
                    hungry = true;
                }
            }
            sleep(rhythm.period.saturating_sub(begun.elapsed())).await;
        }
    }

    /// Whether liveness holds and the URL answers; else why not.
    async fn find_alive(&self, limit: Duration) -> Result<(), String> {
        self.liveness()?;
        if self.report().is_draining() {
            // The listener closes on purpose.
            return Ok(());
        }
        if let Err(trouble) = self.ask(limit).await {
            if self.report().is_draining() {
                return self.liveness();
            }
            self.set_trouble(Some(&trouble));
            return Err(format!("not answering: {trouble}"));
        }
        self.set_trouble(None);
        // The answer may have taken its time.
        self.liveness()
    }

    fn liveness(&self) -> Result<(), String> {
        let report = self.report();
        if !report.live().is_unhealthy() {
            return Ok(());
        }
        let line = status_line(&report, None, self.details);
        Err(format!("not alive: {line}"))
    }

    async fn ask(&self, limit: Duration) -> Result<(), String> {
        timeout(limit, self.url.ask())
            .await
            .unwrap_or_else(|_| Err(format!("timed out after {}", duration::in_words(limit))))
    }

    async fn send(&self, states: &[Assignment<'_>]) -> io::Result<()> {
        let sent = self.notifier.send(states).await;
        match &sent {
            Ok(()) => self.unsent.store(false, Ordering::Relaxed),
            Err(error) => {
                if !self.unsent.swap(true, Ordering::Relaxed) {
                    events::unsent(error);
                }
            }
        }
        sent
    }

    fn set_trouble(&self, trouble: Option<&str>) {
        self.trouble.send_if_modified(|current| {
            let differs = current.as_deref() != trouble;
            if differs {
                *current = trouble.map(Into::into);
            }
            differs
        });
    }

    fn report(&self) -> Arc<Report> {
        Arc::clone(&self.shared.current().report)
    }

    fn subscribe(&self) -> Subscription {
        Subscription::new(Arc::clone(&self.shared))
    }
}

#[cfg(test)]
mod tests;

//! The engine: runs the checks, keeps what is known under one short lock, and
//! publishes it. May touch `checks`, `state`, `report` and `observe`, and at the
//! root `contain`, `error`, `race` and `text`.
//!
//! No user code runs under the lock: not a check, not a `tracing` subscriber.
//! Readers take it only when something has expired.

mod forcing;
mod hear;
mod publish;
mod run;
mod spawn;
mod subscription;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use arc_swap::{ArcSwap, Guard};
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use tokio::time::Instant;

pub use forcing::FaultGuard;
pub(crate) use spawn::{Plan, runtime};
pub use subscription::Subscription;

use crate::checks::Slot;
#[cfg(feature = "testability")]
use crate::checks::Source;
use crate::contain::contain;
use crate::observe::Observer;
use crate::report::{Endpoint, Event, Status};
use crate::state::{Effects, Finding, Snapshot, State, Switch};

/// How often whoever has caused a change tells what others cause meanwhile, before
/// the publisher does.
const TURNS: usize = 4;

/// Owns the background tasks: they end when this is dropped.
#[derive(Debug)]
pub(crate) struct Engine {
    shared: Arc<Shared>,
    tasks: Vec<AbortHandle>,
}

impl Engine {
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        self.shared.end();
    }
}

/// What tasks, handles and readers share. It does not keep the engine running.
#[derive(Debug)]
pub(crate) struct Shared {
    /// In the order of their names.
    slots: Box<[Slot]>,
    state: Mutex<State>,
    snapshot: ArcSwap<Snapshot>,
    /// Counts the changes of state; `None` once the engine has ended.
    version: watch::Sender<Option<u64>>,
    /// Wakes the publisher.
    wake: Notify,
    /// How long fresh timestamps may wait to be published.
    refresh: Duration,
    /// Whether beats arrive without anybody telling the publisher.
    pulsing: bool,
    observer: Observer,
}

impl Shared {
    /// What is known now: the published snapshot, unless it has expired.
    pub(crate) fn current(&self) -> Guard<Arc<Snapshot>> {
        let snapshot = self.snapshot.load();
        if let Some(expires) = snapshot.expires {
            let now = Instant::now();
            if now >= expires {
                drop(snapshot);
                self.expire(now);
                return self.snapshot.load();
            }
        }
        snapshot
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Option<u64>> {
        self.version.subscribe()
    }

    /// Takes in what a run found. A change is published at once, by the
    /// publisher; fresh times wait for the next refresh.
    pub(crate) fn record(&self, index: usize, finding: Finding, took: Option<Duration>) {
        let now = Instant::now();
        let slot = &self.slots[index];
        let (effects, wake) = {
            let mut state = self.lock();
            let wake = state.record(slot, index, now, finding, took);
            (state.take_effects(), wake)
        };
        if wake {
            self.wake.notify_one();
        }
        self.tell(effects);
        if let Some(took) = took {
            self.observer.ran(index, took);
        }
    }

    /// Turns endpoints, whatever their components say.
    pub(crate) fn switch(&self, switch: Switch, on: bool) {
        self.change(Instant::now(), |state| state.switch(switch, on));
    }

    /// Changes the state, and publishes it before returning.
    fn change<T>(&self, now: Instant, change: impl FnOnce(&mut State) -> T) -> T {
        let (value, effects) = {
            let mut state = self.lock();
            let value = change(&mut state);
            state.evaluate(&self.slots, now);
            if state.changed() || self.snapshot.load().expires.is_some_and(|at| now >= at) {
                self.publish(&mut state, now);
            }
            (value, state.take_effects())
        };
        self.tell(effects);
        value
    }

    /// A reader has found the snapshot expired; the first of many does the work.
    fn expire(&self, now: Instant) {
        let effects = {
            let mut state = self.lock();
            if self.snapshot.load().expires.is_none_or(|at| now < at) {
                return;
            }
            state.evaluate(&self.slots, now);
            self.publish(&mut state, now);
            state.take_effects()
        };
        self.tell(effects);
    }

    fn publish(&self, state: &mut State, now: Instant) {
        let snapshot = state.snapshot(&self.slots, now, SystemTime::now());
        self.snapshot.store(Arc::new(snapshot));
    }

    /// Tells subscribers and telemetry, without the lock.
    fn tell(&self, effects: Effects) {
        if let Some(version) = effects.version {
            // It calls wakers, which may be anybody's.
            contain(|| {
                self.version.send_if_modified(|seen| match seen {
                    Some(seen) if *seen < version => {
                        *seen = version;
                        true
                    }
                    _ => false,
                })
            });
        }
        if effects.wake {
            self.wake.notify_one();
        }
        #[cfg(feature = "metrics")]
        for turned in &effects.turned {
            self.observer.turned(turned);
        }
        self.tell_events(effects.events);
        if effects.published {
            self.tell_published();
        }
    }

    /// Those that others cause meanwhile, a subscriber among them, are told after
    /// these, and not on their threads: the last event must be of the last change.
    fn tell_events(&self, mut events: Vec<Event>) {
        let mut turns = 0;
        while !events.is_empty() {
            for event in &events {
                self.observer.changed(event);
            }
            turns += 1;
            if turns == TURNS {
                if self.lock().leave_events() {
                    self.wake.notify_one();
                }
                return;
            }
            events = self.lock().more_events();
        }
    }

    fn tell_published(&self) {
        let latest = || Arc::clone(&self.snapshot.load().report);
        let told = (0..TURNS).any(|_| self.observer.published(latest));
        if !told {
            self.lock().leave_snapshot();
            self.wake.notify_one();
        }
    }

    /// Counts what held start-up guards say of their work.
    #[cfg(feature = "systemd")]
    pub(crate) fn progress(&self) -> u64 {
        self.lock().progress()
    }

    /// Tells that a probe was answered; no endpoint means a single component.
    pub(crate) fn answered(&self, endpoint: Option<Endpoint>, status: Status) {
        self.observer.answered(endpoint, status);
    }

    /// All components' names, in their order.
    #[cfg(feature = "grpc")]
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(|slot| &*slot.name)
    }

    #[cfg(feature = "testability")]
    pub(crate) fn source(&self, index: usize) -> &Source {
        &self.slots[index].source
    }

    pub(crate) fn index_of(&self, name: &str) -> Option<usize> {
        self.slots
            .binary_search_by(|slot| (*slot.name).cmp(name))
            .ok()
    }

    fn end(&self) {
        contain(|| self.version.send_replace(None));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;

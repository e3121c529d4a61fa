//! What has happened of late, for whoever listens: numbered, and kept for a while so that nobody has a
//! gap without knowing it.
//!
//! Touches `watches`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::watches::Event;

/// What has happened of late.
#[derive(Debug)]
pub(crate) struct Feed {
    ring: Mutex<Ring>,
    /// The number of the last event; closed when nothing more comes.
    last: Mutex<Option<watch::Sender<u64>>>,
    listening: watch::Receiver<u64>,
}

#[derive(Debug)]
struct Ring {
    /// The number of the last event that is not kept any more.
    before: u64,
    events: VecDeque<Arc<Event>>,
    most: usize,
}

/// Somebody who listens. What has happened is asked of the feed.
#[derive(Clone, Debug)]
pub(crate) struct Listening(watch::Receiver<u64>);

impl Feed {
    /// Nothing has happened yet. `most` events are kept, and the first has the number `before + 1`: let
    /// it be greater than any of an earlier process.
    pub(crate) fn new(before: u64, most: usize) -> Self {
        let (last, listening) = watch::channel(before);
        Self {
            ring: Mutex::new(Ring {
                before,
                events: VecDeque::new(),
                most: most.max(1),
            }),
            last: Mutex::new(Some(last)),
            listening,
        }
    }

    /// Something has happened.
    pub(crate) fn tell<'a>(&self, events: impl IntoIterator<Item = &'a Event>) {
        let last = {
            let mut ring = self.ring();
            for event in events {
                if ring.events.len() == ring.most {
                    ring.events.pop_front();
                    ring.before += 1;
                }
                ring.events.push_back(Arc::new(event.clone()));
            }
            ring.last()
        };
        let sender = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = &*sender {
            sender.send_if_modified(|known| std::mem::replace(known, last) != last);
        }
    }

    /// Nothing more comes: whoever listens is told.
    pub(crate) fn close(&self) {
        let mut sender = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *sender = None;
    }

    /// The number of the last event.
    pub(crate) fn last(&self) -> u64 {
        self.ring().last()
    }

    /// What has happened after the event of a number, each with its own; `None`: of that something is not
    /// kept any more, or it has not been yet.
    pub(crate) fn since(&self, after: u64) -> Option<Vec<(u64, Arc<Event>)>> {
        let ring = self.ring();
        let skip = usize::try_from(after.checked_sub(ring.before)?).ok()?;
        (skip <= ring.events.len()).then(|| {
            let events = ring.events.iter().skip(skip).cloned();
            (after + 1..).zip(events).collect()
        })
    }

    /// Listens from now on.
    pub(crate) fn listen(&self) -> Listening {
        Listening(self.listening.clone())
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // No code that could panic runs under it.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn last(&self) -> u64 {
        self.before + self.events.len() as u64
    }
}

impl Listening {
    /// Waits until something has happened after the event of a number; `false`: nothing more comes.
    ///
    /// Dropped while it waits, nothing is missed.
    pub(crate) async fn after(&mut self, number: u64) -> bool {
        self.0.wait_for(|last| *last > number).await.is_ok()
    }
}

#[cfg(test)]
mod tests;

//! What has happened of late, for whoever listens: numbered, and kept for a while so that nobody has a
//! gap without knowing it.
//!
//! Touches `watches`.

mod ring;

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::watches::{Event, Key};
use ring::Ring;

/// So many groups the services are in: whoever follows one service is woken for those of its group alone.
const GROUPS: usize = 64;

/// What has happened of late.
#[derive(Debug)]
pub(crate) struct Feed {
    ring: Mutex<Ring>,
    /// The number of the last event, in all and in each group; closed when nothing more comes.
    last: Mutex<Option<Box<Senders>>>,
    listening: watch::Receiver<u64>,
    groups: Vec<watch::Receiver<u64>>,
}

#[derive(Debug)]
struct Senders {
    all: watch::Sender<u64>,
    groups: Vec<watch::Sender<u64>>,
}

/// Somebody who listens. What has happened is asked of the feed.
#[derive(Clone, Debug)]
pub(crate) struct Listening(watch::Receiver<u64>);

/// What has happened to one service, or the beginning of it.
#[derive(Debug)]
pub(crate) struct Piece {
    /// Each with its number.
    pub(crate) events: Vec<(u64, Arc<Event>)>,
    /// After which number to go on.
    pub(crate) until: u64,
}

impl Feed {
    /// Nothing has happened yet. `most` events are kept, and the first has the number `before + 1`: let
    /// it be greater than any of an earlier process.
    pub(crate) fn new(before: u64, most: usize) -> Self {
        let (all, listening) = watch::channel(before);
        let (senders, groups) = (0..GROUPS).map(|_| watch::channel(before)).unzip();
        let senders = Senders {
            all,
            groups: senders,
        };
        Self {
            ring: Mutex::new(Ring::new(before, most)),
            last: Mutex::new(Some(Box::new(senders))),
            listening,
            groups,
        }
    }

    /// Something has happened.
    pub(crate) fn tell<'a, I>(&self, events: I)
    where
        I: IntoIterator<Item = &'a Event, IntoIter: ExactSizeIterator>,
    {
        let mut touched = [false; GROUPS];
        let last = {
            let mut ring = self.ring();
            let events = events.into_iter();
            // Of a storm only its end is kept: the rest need not be copied.
            let passed = events.len().saturating_sub(ring.most());
            for (at, event) in events.enumerate() {
                let group = group_of(&event.key);
                if let Some(group) = group {
                    touched[group] = true;
                }
                if at < passed {
                    ring.pass(group);
                } else {
                    ring.push(group, Arc::new(event.clone()));
                }
            }
            ring.last()
        };
        self.wake(last, |group| touched[group]);
    }

    /// Something may have happened of which nobody knows: all who listen have a gap.
    pub(crate) fn forget(&self) {
        let last = {
            let mut ring = self.ring();
            ring.forget();
            ring.last()
        };
        self.wake(last, |_| true);
    }

    fn wake(&self, last: u64, is_touched: impl Fn(usize) -> bool) {
        let senders = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(senders) = &*senders else {
            return;
        };
        // Of two who tell at once, the one that is second here may be first there.
        let tell = |sender: &watch::Sender<u64>| {
            sender.send_if_modified(|known| {
                let is_later = last > *known;
                *known = last.max(*known);
                is_later
            });
        };
        tell(&senders.all);
        let groups = senders.groups.iter().enumerate();
        groups
            .filter(|(group, _)| is_touched(*group))
            .for_each(|(_, sender)| tell(sender));
    }

    /// Nothing more comes: whoever listens is told.
    pub(crate) fn close(&self) {
        let mut sender = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *sender = None;
    }

    /// Whether nothing more comes.
    pub(crate) fn is_closed(&self) -> bool {
        self.listening.has_changed().is_err()
    }

    /// The number of the last event.
    pub(crate) fn last(&self) -> u64 {
        self.ring().last()
    }

    /// What has happened after the event of a number, each with its own; `None`: of that something is not
    /// kept any more, or it has not been yet.
    pub(crate) fn since(&self, after: u64) -> Option<Vec<(u64, Arc<Event>)>> {
        self.ring().since(after)
    }

    /// The same for the instances of one service, at most so many events; `None`: of that something may be
    /// not kept any more, or it has not been yet.
    pub(crate) fn since_of(&self, service: &str, after: u64, most: usize) -> Option<Piece> {
        self.ring().since_of(group(service), after, most, |key| {
            key.service().is_some_and(|(name, _)| name == service)
        })
    }

    /// Listens from now on.
    pub(crate) fn listen(&self) -> Listening {
        Listening(self.listening.clone())
    }

    /// Listens from now on to the instances of one service. Those of some others wake it, too.
    pub(crate) fn listen_to(&self, service: &str) -> Listening {
        Listening(self.groups[group(service)].clone())
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // No code that could panic runs under it.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
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

fn group_of(key: &Key) -> Option<usize> {
    key.service().map(|(service, _)| group(service))
}

fn group(service: &str) -> usize {
    // Whoever finds names of one group wakes more than needed, and no more than that.
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(service);
    usize::try_from(hash % GROUPS as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests;

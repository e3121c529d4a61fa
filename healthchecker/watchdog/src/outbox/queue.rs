//! What waits for one sink.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::delivery::Gone;
use super::scope::Scope;
use crate::watches::{Key, Millis, NEVER};

/// What waits for one sink. Moments are by the server's own clock; rows are known by their numbers.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) name: Arc<str>,
    pub(super) scope: Scope,
    /// Whose threads tell it; `None`: nobody's.
    pub(super) pool: Option<usize>,
    /// So many messages are under way to it at most.
    pub(super) at_once: usize,
    /// What waits.
    pub(super) waiting: BTreeSet<u64>,
    /// The same by watch: of each only the first may be under way.
    pub(super) lines: BTreeSet<(u64, u64)>,
    /// Messages of which nothing but the time is in the way, or that were so: it is looked again. Of those
    /// of one moment that with the lowest row is first.
    pub(super) due: BTreeSet<(Millis, u64, u128)>,
    pub(super) parcels: HashMap<u128, Parcel>,
    /// What has come lately, by what it is grouped by, and when that ends.
    pub(super) windows: HashMap<Box<str>, Window>,
    pub(super) ends: BTreeSet<(Millis, Box<str>)>,
    /// What is muted as long as something above it is down.
    pub(super) muted: BTreeMap<Key, Vec<u64>>,
    /// Of these what is told soon, if nothing happens until then.
    pub(super) promised: BTreeSet<(Millis, u64)>,
    promises: HashMap<u64, Millis>,
    /// Watches of which something has left its line.
    pub(super) freed: Vec<u64>,
    /// Dead letters, and muted ones of which nothing becomes.
    pub(super) dead: BTreeSet<u64>,
    /// How many messages are under way; and watches of which one is, or something has left that the disk
    /// still has: what follows would be overtaken by it after a crash.
    pub(super) under_way: usize,
    pub(super) busy: HashMap<u64, u32>,
    /// Until when it is left alone, and after how many failures.
    pub(super) rest: Millis,
    pub(super) failures: u32,
    pub(super) gone: Option<Gone>,
    /// When it is looked at again, as the agenda has it.
    pub(super) wake: Millis,
}

/// One message that is or was to be sent: of one row, or of several.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) rows: Vec<u64>,
    /// The lowest of them, when it was made.
    pub(super) first: u64,
    pub(super) next: Millis,
    pub(super) attempt: u32,
    pub(super) is_under_way: bool,
    /// Whether it is on disk that it is sent like this.
    pub(super) is_kept: bool,
}

#[derive(Debug)]
pub(super) struct Window {
    pub(super) end: Millis,
    pub(super) alone: u32,
    pub(super) gathered: Vec<u64>,
}

impl Queue {
    pub(super) fn new(name: Arc<str>, scope: Scope, pool: Option<usize>, at_once: usize) -> Self {
        Self {
            name,
            scope,
            pool,
            at_once,
            waiting: BTreeSet::new(),
            lines: BTreeSet::new(),
            due: BTreeSet::new(),
            parcels: HashMap::new(),
            windows: HashMap::new(),
            ends: BTreeSet::new(),
            muted: BTreeMap::new(),
            promised: BTreeSet::new(),
            promises: HashMap::new(),
            freed: Vec::new(),
            dead: BTreeSet::new(),
            under_way: 0,
            busy: HashMap::new(),
            rest: 0,
            failures: 0,
            gone: None,
            wake: NEVER,
        }
    }

    /// When there is something to do, at the earliest.
    pub(super) fn next_wake(&self) -> Millis {
        if self.under_way >= self.at_once {
            return NEVER;
        }
        let due = self.due.first().map(|(at, ..)| *at);
        let end = self.ends.first().map(|(at, _)| *at);
        let promised = self.promised.first().map(|(at, _)| *at);
        let first = [due, end, promised].into_iter().flatten().min();
        first.map_or(NEVER, |at| at.max(self.rest))
    }

    pub(super) fn promise(&mut self, seq: u64, due: Millis) {
        self.take_back(seq);
        self.promises.insert(seq, due);
        self.promised.insert((due, seq));
    }

    pub(super) fn take_back(&mut self, seq: u64) {
        if let Some(due) = self.promises.remove(&seq) {
            self.promised.remove(&(due, seq));
        }
    }

    /// The first of what waits of a watch.
    pub(super) fn first_of(&self, watch: u64) -> Option<u64> {
        let mut line = self.lines.range((watch, 0)..=(watch, u64::MAX));
        line.next().map(|(_, seq)| *seq)
    }

    /// Whether nothing that is to be told before it waits, or is under way.
    pub(super) fn is_ready(&self, parcel: &Parcel, watch_of: impl Fn(u64) -> Option<u64>) -> bool {
        let is_one = parcel.rows.len() == 1;
        parcel.rows.iter().all(|&seq| {
            let Some(watch) = watch_of(seq) else {
                return true;
            };
            if self.busy.contains_key(&watch) {
                return false;
            }
            let mut before = self.lines.range((watch, 0)..(watch, seq));
            before.all(|(_, other)| !is_one && parcel.rows.binary_search(other).is_ok())
        })
    }

    pub(super) fn hold(&mut self, watch: u64) {
        *self.busy.entry(watch).or_default() += 1;
    }

    pub(super) fn let_go(&mut self, watch: u64) {
        if let Some(count) = self.busy.get_mut(&watch) {
            *count -= 1;
            if *count == 0 {
                self.busy.remove(&watch);
            }
        }
    }

    /// Something left the line of a watch: what follows may be due.
    pub(super) fn unblock(&mut self, watch: u64, message_of: impl Fn(u64) -> Option<u128>) {
        let message = self.first_of(watch).and_then(message_of);
        let Some(message) = message else { return };
        if let Some(parcel) = self.parcels.get(&message)
            && parcel.is_kept
            && !parcel.is_under_way
        {
            self.due.insert((parcel.next, parcel.first, message));
        }
    }
}

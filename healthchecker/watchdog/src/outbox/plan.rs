//! All that is still to be told, and what of it is to be stored.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use super::delivery::{Delivery, Gone};
use super::pace::Limits;
use super::queue::{Parcel, Queue};
use super::scope::{Monitors, Scope, Sink};
use super::shown::{Notice, Tally};
use crate::watches::{Millis, NEVER, Now, Table};

mod next;
mod outcome;
mod seen;

pub use next::{Job, Step};

/// Whose threads tell all monitors; those of the sinks follow in their order.
pub const MONITORS: usize = 0;

/// So many messages are under way to a sink at once; to a monitor one.
pub const AT_ONCE: usize = 2;

/// What there is to look at while something is done.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The time.
    pub now: Now,
    /// All watches.
    pub table: &'a Table,
    /// The number of this turn. What it changes is sent when it is on disk.
    pub turn: u64,
}

/// What is to be stored: rows by their numbers, and sinks that are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// `None`: it is removed.
    pub deliveries: Vec<(u64, Option<Delivery>)>,
    /// `None`: it is there again.
    pub gone: Vec<(Arc<str>, Option<Gone>)>,
}

impl Changes {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.deliveries.is_empty() && self.gone.is_empty()
    }
}

/// What is done when something is on disk.
#[derive(Clone, Copy, Debug)]
pub(super) enum Then {
    /// A message may be sent.
    Send(u128),
    /// What follows in a watch's line may be.
    Free(u64),
}

/// All that is still to be told.
#[derive(Debug)]
pub struct Outbox {
    pub(super) limits: Limits,
    pub(super) rows: BTreeMap<u64, Delivery>,
    pub(super) next_row: u64,
    pub(super) queues: BTreeMap<u64, Queue>,
    pub(super) names: HashMap<Arc<str>, u64>,
    pub(super) next_queue: u64,
    /// The configured ones.
    pub(super) sinks: Vec<u64>,
    pub(super) monitors: Monitors,
    /// Those that have something muted.
    pub(super) muting: BTreeSet<u64>,
    /// For each pool when whose queue is looked at again.
    pub(super) agendas: Vec<BTreeSet<(Millis, u64)>>,
    /// The turn that has formed as many messages as one may.
    pub(super) formed: u64,
    /// What is sent when its turn is on disk.
    pub(super) unkept: VecDeque<(u64, u64, Then)>,
    /// The turn that is under way.
    pub(super) turn: u64,
    /// Of which nothing more becomes, and since when by the wall.
    pub(super) dead: BTreeSet<(Millis, u64)>,
    /// How many wait or are muted, and how many bytes all rows take.
    pub(super) held: usize,
    pub(super) bytes: usize,
    pub(super) changes: Changes,
    pub(super) notices: Vec<Notice>,
    pub(super) tallies: BTreeMap<Arc<str>, Tally>,
    /// When the last dead letter came, by the server's own clock.
    pub(super) last_dead: Option<Millis>,
}

impl Outbox {
    /// Nothing waits for anybody yet. Each sink has a pool of its own.
    pub fn new(limits: Limits, sinks: Vec<Sink>) -> Self {
        let mut outbox = Self {
            limits,
            rows: BTreeMap::new(),
            next_row: 1,
            queues: BTreeMap::new(),
            names: HashMap::new(),
            next_queue: 1,
            sinks: Vec::new(),
            monitors: Monitors::default(),
            muting: BTreeSet::new(),
            agendas: vec![BTreeSet::new(); sinks.len() + 1],
            formed: 0,
            unkept: VecDeque::new(),
            turn: 0,
            dead: BTreeSet::new(),
            held: 0,
            bytes: 0,
            changes: Changes::default(),
            notices: Vec::new(),
            tallies: BTreeMap::new(),
            last_dead: None,
        };
        for (at, sink) in sinks.into_iter().enumerate() {
            let name = Arc::clone(&sink.name);
            outbox.tallies.insert(Arc::clone(&name), Tally::default());
            let number = outbox.queue(name, Scope::Sink(sink), Some(at + 1), AT_ONCE);
            outbox.sinks.push(number);
        }
        outbox
    }

    pub(super) fn queue(
        &mut self,
        name: Arc<str>,
        scope: Scope,
        pool: Option<usize>,
        at_once: usize,
    ) -> u64 {
        let number = self.next_queue;
        self.next_queue += 1;
        self.names.insert(Arc::clone(&name), number);
        let queue = Queue::new(name, scope, pool, at_once);
        self.queues.insert(number, queue);
        number
    }

    /// Whether there is something to be stored.
    pub fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    /// What is to be stored since this was asked the last time.
    pub fn take_changes(&mut self) -> Changes {
        std::mem::take(&mut self.changes)
    }

    /// What is to be said of it on stderr.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    /// Changes a row, which is stored.
    pub(super) fn change(&mut self, seq: u64, change: impl FnOnce(&mut Delivery)) {
        if let Some(row) = self.rows.get_mut(&seq) {
            self.bytes -= row.weight();
            change(row);
            self.bytes += row.weight();
            self.changes.deliveries.push((seq, Some(row.clone())));
        }
    }

    /// Notes when a queue is looked at again.
    pub(super) fn touch(&mut self, number: u64) {
        let Some(queue) = self.queues.get_mut(&number) else {
            return;
        };
        let freed = std::mem::take(&mut queue.freed);
        for watch in freed {
            self.unkept
                .push_back((self.turn, number, Then::Free(watch)));
        }
        let wake = queue.next_wake();
        let before = std::mem::replace(&mut queue.wake, wake);
        let Some(agenda) = queue.pool.and_then(|pool| self.agendas.get_mut(pool)) else {
            return;
        };
        if before != wake {
            agenda.remove(&(before, number));
            if wake != NEVER {
                agenda.insert((wake, number));
            }
        }
    }

    pub(super) fn parcel(
        &mut self,
        number: u64,
        message: u128,
        rows: Vec<u64>,
        next: Millis,
        turn: u64,
    ) {
        let Some(queue) = self.queues.get_mut(&number) else {
            return;
        };
        let parcel = Parcel {
            first: rows.first().copied().unwrap_or_default(),
            rows,
            next,
            attempt: 0,
            is_under_way: false,
            is_kept: false,
        };
        queue.parcels.insert(message, parcel);
        self.unkept.push_back((turn, number, Then::Send(message)));
    }
}

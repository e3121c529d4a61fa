//! What is sent next, and what comes of it.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use super::delivery::{Delivery, Gone};
use super::pace::{self, Limits};
use super::queue::{Parcel, Queue};
use super::scope::{Monitors, Scope, Sink};
use super::shown::{Notice, Tally};
use super::{Message, Verdict, gather};
use crate::watches::{Millis, NEVER, Now, Table};

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

/// What a thread does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It tells a sink this, and says what came of it.
    Send(Job),
    /// It waits until a moment by the server's own clock, or until something changes.
    Wait(Millis),
}

/// A message that is to be sent to a sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Whom: a number that no other sink ever has.
    pub queue: u64,
    /// The sink's name.
    pub sink: Arc<str>,
    /// What.
    pub message: Message,
    /// Which attempt it is: 1 is the first.
    pub attempt: u32,
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

    /// What a thread of a pool does next. All turns up to `kept` are on disk; where nothing can be stored
    /// now, nothing is changed that is to be stored.
    pub fn take(&mut self, pool: usize, look: &Look<'_>, kept: u64, may_change: bool) -> Step {
        self.turn = look.turn;
        self.release(kept);
        if may_change {
            self.forget(look.now);
        }
        let mono = look.now.mono;
        while let Some(&(wake, number)) = self.agendas.get(pool).and_then(BTreeSet::first) {
            if wake > mono {
                return Step::Wait(wake);
            }
            if may_change {
                self.keep_promises(number, look);
                self.form_ended(number, look);
                self.give_up_old(number, look);
            }
            if let Some(job) = self.next_of(number, mono) {
                self.touch(number);
                return Step::Send(job);
            }
            self.touch(number);
            if !may_change {
                return Step::Wait(mono + 200);
            }
        }
        Step::Wait(NEVER)
    }

    /// What has waited for its turn to be on disk.
    fn release(&mut self, kept: u64) {
        while let Some(&(turn, number, then)) = self.unkept.front() {
            if turn > kept {
                return;
            }
            self.unkept.pop_front();
            let rows = &self.rows;
            let Some(queue) = self.queues.get_mut(&number) else {
                continue;
            };
            match then {
                Then::Send(message) => {
                    if let Some(parcel) = queue.parcels.get_mut(&message) {
                        parcel.is_kept = true;
                        if !parcel.is_under_way {
                            queue.due.insert((parcel.next, parcel.first, message));
                        }
                    }
                }
                Then::Free(watch) => {
                    queue.let_go(watch);
                    queue.unblock(watch, |seq| rows.get(&seq).and_then(|row| row.message));
                }
            }
            self.touch(number);
        }
    }

    /// The next message of a queue that may be sent now.
    fn next_of(&mut self, number: u64, mono: Millis) -> Option<Job> {
        let rows = &self.rows;
        let queue = self.queues.get_mut(&number)?;
        if queue.rest > mono || queue.under_way >= queue.at_once {
            return None;
        }
        while let Some(&(at, first, message)) = queue.due.first().filter(|(at, ..)| *at <= mono) {
            queue.due.remove(&(at, first, message));
            let Some(parcel) = queue.parcels.get(&message) else {
                continue;
            };
            // What is in its way says so when it is gone.
            let is_it = parcel.next == at && !parcel.is_under_way && parcel.is_kept;
            let watch_of = |seq| rows.get(&seq).map(|row| row.watch);
            if !is_it || !queue.is_ready(parcel, watch_of) {
                continue;
            }
            let sent: Vec<&Delivery> = parcel.rows.iter().filter_map(|seq| rows.get(seq)).collect();
            let Some(prefix) = sent.first().map(|row| gather::prefix(row, sent.len())) else {
                continue;
            };
            let news = sent.iter().map(|row| (*row.news).clone()).collect();
            for row in &sent {
                queue.hold(row.watch);
            }
            queue.under_way += 1;
            let sink = Arc::clone(&queue.name);
            let parcel = queue.parcels.get_mut(&message)?;
            parcel.is_under_way = true;
            return Some(Job {
                queue: number,
                sink,
                message: Message {
                    id: message,
                    prefix,
                    news,
                },
                attempt: parcel.attempt + 1,
            });
        }
        None
    }

    /// What came of a message. One whose rows are gone meanwhile is nobody's business.
    pub fn settle(&mut self, number: u64, message: u128, verdict: &Verdict, look: &Look<'_>) {
        let now = look.now;
        self.turn = look.turn;
        let Some(queue) = self.queues.get_mut(&number) else {
            return;
        };
        let Some(parcel) = queue.parcels.get_mut(&message) else {
            return;
        };
        if !std::mem::replace(&mut parcel.is_under_way, false) {
            return;
        }
        queue.under_way -= 1;
        parcel.attempt += 1;
        let attempts = parcel.attempt;
        let rows = parcel.rows.clone();
        for seq in &rows {
            if let Some(row) = self.rows.get(seq) {
                queue.freed.push(row.watch);
            }
        }
        let name = super::shown::label(&queue.name);
        let count = rows.len() as u64;
        let tally = self.tallies.entry(name).or_default();
        let is_gone = queue.gone.is_some();
        match verdict {
            Verdict::Delivered => {
                let failures = std::mem::take(&mut queue.failures);
                queue.rest = 0;
                if failures > 0 {
                    self.notices.push(Notice::well(&queue.name));
                }
                tally.delivered += count;
                self.remove(number, &rows);
            }
            Verdict::Again { after, problem } => {
                tally.failed += count;
                queue.failures = queue.failures.saturating_add(1);
                queue.rest = now.mono + pace::rest(queue.failures, *after);
                match pace::retry(message, attempts, *after) {
                    Some(span) if !is_gone => {
                        // Whoever goes on failing has said so.
                        if queue.failures == 1 {
                            self.notices.push(Notice::failing(&queue.name, problem));
                        }
                        self.put_off(number, message, now, span, problem);
                    }
                    _ => self.bury(number, &rows, problem, now),
                }
            }
            Verdict::Refused { problem } => {
                // It answers, and takes others.
                (queue.failures, queue.rest) = (0, 0);
                tally.refused += count;
                self.bury(number, &rows, problem, now);
            }
            Verdict::Gone { problem } => {
                tally.gone += count;
                self.disable(number, problem, now);
            }
        }
        self.touch(number);
    }

    fn put_off(&mut self, number: u64, message: u128, now: Now, span: Millis, problem: &str) {
        let Some(queue) = self.queues.get_mut(&number) else {
            return;
        };
        let Some(parcel) = queue.parcels.get_mut(&message) else {
            return;
        };
        parcel.next = now.mono.saturating_add(span);
        let (next, attempt) = (parcel.next, parcel.attempt);
        queue.due.insert((next, parcel.first, message));
        for seq in parcel.rows.clone() {
            let wall = now.wall_of(next);
            self.change(seq, |row| {
                (row.attempt, row.next) = (attempt, wall);
                row.problem = problem.into();
            });
        }
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

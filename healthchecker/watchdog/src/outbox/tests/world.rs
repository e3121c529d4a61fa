//! An outbox beside a table, a disk that lags behind, and sinks that write down what they are told.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use crate::outbox::*;
use crate::watches::{Command, Event, Key, Limits as Room, Millis, Namespace, Now, Table, apply};

mod steps;

/// The first sink, which hears everything.
pub(super) const OPS: usize = 1;

/// What a server has left behind.
#[derive(Clone, Debug)]
struct Disk {
    table: Table,
    rows: BTreeMap<u64, Delivery>,
    gone: BTreeMap<Arc<str>, Gone>,
    events: Vec<Event>,
}

pub(super) struct World {
    pub(super) outbox: Outbox,
    pub(super) table: Table,
    pub(super) now: Now,
    pub(super) sinks: Vec<Sink>,
    pub(super) limits: Limits,
    pub(super) monitors: Vec<(u128, &'static str, &'static str)>,
    disk: Disk,
    /// What is done and not on disk.
    lagging: Vec<(u64, Option<Table>, Changes, Vec<Event>)>,
    turn: u64,
    kept: u64,
    next_id: u64,
    random: u64,
    /// What each sink was sent, in its order.
    pub(super) sent: BTreeMap<Arc<str>, Vec<Message>>,
    /// What each message was when it was sent first.
    contents: HashMap<(Arc<str>, u128), Message>,
    pub(super) notices: Vec<Notice>,
}

pub(super) fn sink(name: &str, prefix: &str) -> Sink {
    Sink {
        name: name.into(),
        prefix: prefix.into(),
        namespaces: Namespace::ALL.into(),
        events: Type::ALL.into(),
        mark: [1; 32],
    }
}

pub(super) fn key(name: &str) -> Key {
    Key::new(Namespace::Named, name).unwrap()
}

pub(super) fn again() -> Verdict {
    Verdict::Again {
        after: None,
        problem: "500".into(),
    }
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(vec![sink("ops", "")])
    }

    pub(super) fn with(sinks: Vec<Sink>) -> Self {
        let now = Now {
            mono: 1_000_000_000,
            wall: 2_000_000_000_000,
        };
        let table = Table::new(Room::default(), now);
        let limits = Limits::default();
        Self {
            outbox: Outbox::new(limits, sinks.clone()),
            disk: Disk {
                table: table.clone(),
                rows: BTreeMap::new(),
                gone: BTreeMap::new(),
                events: Vec::new(),
            },
            table,
            now,
            sinks,
            limits,
            monitors: Vec::new(),
            lagging: Vec::new(),
            turn: 0,
            kept: 0,
            next_id: 1,
            random: 7,
            sent: BTreeMap::new(),
            contents: HashMap::new(),
            notices: Vec::new(),
        }
    }

    pub(super) fn pass(&mut self, millis: Millis) {
        self.now.mono += millis;
        self.now.wall += millis;
    }

    pub(super) fn monitor(&mut self, id: u128, prefix: &'static str, authority: &'static str) {
        self.monitors.push((id, prefix, authority));
        self.outbox.add_monitor(id, prefix, authority);
    }

    /// What commands do, in one turn.
    pub(super) fn turn(&mut self, commands: Vec<Command>) {
        self.turn += 1;
        let mut events = Vec::new();
        for command in commands {
            events.extend(apply(&mut self.table, self.now, command).events);
        }
        let look = Look {
            now: self.now,
            table: &self.table,
            turn: self.turn,
        };
        let random = &mut self.random;
        self.outbox.route(&events, &look, || {
            *random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            u128::from(*random) << 64 | u128::from(*random)
        });
        self.hand_over(events);
    }

    /// Something with the outbox, in one turn.
    pub(super) fn act<R>(&mut self, act: impl FnOnce(&mut Outbox, &Look<'_>) -> R) -> R {
        self.turn += 1;
        let look = Look {
            now: self.now,
            table: &self.table,
            turn: self.turn,
        };
        let result = act(&mut self.outbox, &look);
        self.hand_over(Vec::new());
        result
    }

    fn hand_over(&mut self, events: Vec<Event>) {
        let changes = self.outbox.take_changes();
        self.notices.extend(self.outbox.take_notices());
        // Where nothing has happened it is what it was.
        let table = (!events.is_empty()).then(|| self.table.clone());
        self.lagging.push((self.turn, table, changes, events));
    }

    /// The disk has it all.
    pub(super) fn commit(&mut self) {
        for (turn, table, changes, events) in self.lagging.drain(..) {
            self.kept = turn;
            if let Some(table) = table {
                self.disk.table = table;
            }
            self.disk.events.extend(events);
            for (seq, row) in changes.deliveries {
                match row {
                    Some(row) => drop(self.disk.rows.insert(seq, row)),
                    None => drop(self.disk.rows.remove(&seq)),
                }
            }
            for (name, gone) in changes.gone {
                match gone {
                    Some(gone) => drop(self.disk.gone.insert(name, gone)),
                    None => drop(self.disk.gone.remove(&name)),
                }
            }
        }
    }

    /// What is not on disk is lost, and it begins anew with what is.
    pub(super) fn crash(&mut self) {
        self.lagging.clear();
        self.table = self.disk.table.clone();
        self.outbox = Outbox::new(self.limits, self.sinks.clone());
        for (id, prefix, authority) in self.monitors.clone() {
            self.outbox.add_monitor(id, prefix, authority);
        }
        let rows = self.disk.rows.values().cloned().collect();
        let gone = self.disk.gone.clone().into_iter().collect();
        self.act(|outbox, look| outbox.resume(rows, gone, look));
    }

    /// What a thread would do next.
    pub(super) fn take(&mut self, pool: usize) -> Option<Job> {
        let kept = self.kept;
        let step = self.act(|outbox, look| outbox.take(pool, look, kept, true));
        let Step::Send(job) = step else { return None };
        self.check(&job);
        let sent = self.sent.entry(Arc::clone(&job.sink)).or_default();
        sent.push(job.message.clone());
        Some(job)
    }

    /// That it is on disk as it is sent, and the same whenever it is sent again.
    fn check(&mut self, job: &Job) {
        let mut rows = self.disk.rows.values();
        let mut of_it: Vec<&Delivery> = Vec::new();
        for row in rows.by_ref() {
            if row.sink == job.sink
                && row.message == Some(job.message.id)
                && row.standing == Standing::Waiting
            {
                of_it.push(row);
            }
        }
        let kept: Vec<&News> = of_it.iter().map(|row| &*row.news).collect();
        let sent: Vec<&News> = job.message.news.iter().collect();
        assert_eq!(sent, kept, "sent before it is on disk");
        assert_eq!(job.message.id, sent[0].id);
        let known = (Arc::clone(&job.sink), job.message.id);
        let first = self
            .contents
            .entry(known)
            .or_insert_with(|| job.message.clone());
        assert_eq!(*first, job.message, "another message of the same number");
    }

    pub(super) fn settle(&mut self, job: &Job, verdict: &Verdict) {
        let (queue, message) = (job.queue, job.message.id);
        self.act(|outbox, look| outbox.settle(queue, message, verdict, look));
    }

    pub(super) fn standings(&self) -> Vec<(String, Standing)> {
        let rows = self.outbox.rows(0);
        rows.map(|row| {
            let text = format!("{} {}", row.news.key.name(), row.news.kind.word());
            (text, row.standing)
        })
        .collect()
    }

    /// What has happened and is on disk.
    pub(super) fn events(&self) -> &[Event] {
        &self.disk.events
    }

    pub(super) fn stored(&self) -> &BTreeMap<u64, Delivery> {
        &self.disk.rows
    }
}

pub(super) fn words(message: &Message) -> Vec<String> {
    let news = message.news.iter();
    news.map(|news| format!("{} {}", news.key.name(), news.kind.word()))
        .collect()
}

pub(super) fn after(seconds: u64) -> Verdict {
    Verdict::Again {
        after: Some(Duration::from_secs(seconds)),
        problem: "429".into(),
    }
}

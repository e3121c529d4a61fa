use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use crate::outbox::Outbox;
use crate::store::{Batch, Monitor, Token};
use crate::tokens::{MintError, Minted, Quotas, Tokens, Wish};
use crate::watches::{self, Absence, Command, Event, Millis, NEVER, Now, Outcome, Table};

/// So many monitors there may be: all are held in memory, and nobody can list what others have made.
pub(crate) const MOST_MONITORS: usize = 10_000;

/// What there is.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) table: Table,
    pub(crate) tokens: Tokens,
    pub(crate) monitors: BTreeMap<u128, Monitor>,
    /// What is still to be told.
    pub(crate) outbox: Outbox,
    /// What each token has left of its requests, by number.
    pub(crate) requests: Quotas<u64>,
    /// What each ping URL that there is has left, by its uuid.
    pub(crate) pings: Quotas<u128>,
    /// How often each address may still fail to prove anything.
    pub(crate) failures: Quotas<IpAddr>,
    /// The number of the next watch.
    pub(super) next_id: u64,
    /// When the timers' loop looks again.
    pub(super) armed: Millis,
    /// How many turns there were.
    pub(super) turns: u64,
}

/// One turn at the desk: what is done in it is kept as one.
pub(crate) struct Turn<'a> {
    pub(crate) desk: &'a mut Desk,
    pub(crate) now: Now,
    /// What is done in an earlier one is on disk before it.
    pub(super) number: u64,
    batch: Batch,
    absence: Option<(Absence, usize)>,
    /// How late it was noticed that something was due.
    pub(super) late: Option<Millis>,
}

impl<'a> Turn<'a> {
    pub(super) fn new(desk: &'a mut Desk, now: Now) -> Self {
        let batch = Batch {
            now,
            ..Batch::default()
        };
        desk.turns += 1;
        Self {
            number: desk.turns,
            desk,
            now,
            batch,
            absence: None,
            late: None,
        }
    }

    /// The number of a watch that is made in this turn.
    pub(crate) fn id(&self) -> u64 {
        self.desk.next_id
    }

    /// Does a command.
    pub(crate) fn apply(&mut self, command: Command) -> Outcome {
        let effects = watches::apply(&mut self.desk.table, self.now, command);
        if effects.outcome == Outcome::Created {
            self.desk.next_id += 1;
        }
        append(&mut self.batch.changes, effects.changes);
        append(&mut self.batch.events, effects.events);
        self.absence = effects.absence.or(self.absence);
        self.late = effects.late.max(self.late);
        effects.outcome
    }

    /// Makes a token.
    pub(crate) fn mint(&mut self, wish: &Wish<'_>) -> Result<Minted, MintError> {
        let minted = self.desk.tokens.mint(wish, self.now.wall)?;
        self.batch.tokens.push(minted.row.clone());
        Ok(minted)
    }

    /// Keeps what has become of tokens. With one that is revoked go the monitors that were made with it.
    pub(crate) fn keep(&mut self, rows: Vec<Token>) {
        for row in rows.iter().filter(|row| row.revoked.is_some()) {
            let monitors = self.desk.monitors.values();
            let its = monitors.filter(|monitor| monitor.serial == row.serial);
            let its: Vec<u128> = its.map(|monitor| monitor.id).collect();
            for id in its {
                self.remove_monitor(id);
            }
        }
        self.batch.tokens.extend(rows);
    }

    /// Keeps a monitor.
    pub(crate) fn monitor(&mut self, monitor: Monitor) {
        let Monitor {
            id,
            prefix,
            authority,
            ..
        } = &monitor;
        self.desk.outbox.add_monitor(*id, prefix, authority);
        self.desk.monitors.insert(*id, monitor.clone());
        self.batch.monitors.push((monitor.id, Some(monitor)));
    }

    /// Removes a monitor; whether there was one.
    pub(crate) fn remove_monitor(&mut self, id: u128) -> bool {
        let is_there = self.desk.monitors.remove(&id).is_some();
        if is_there {
            self.desk.outbox.remove_monitor(id);
            self.batch.monitors.push((id, None));
        }
        is_there
    }

    /// Whether nothing came of it.
    pub(super) fn is_empty(&self) -> bool {
        self.batch.changes.is_empty()
            && self.batch.events.is_empty()
            && self.batch.tokens.is_empty()
            && self.batch.monitors.is_empty()
            && !self.desk.outbox.has_changes()
    }

    /// Whether something is due before the timers' loop looks again.
    pub(super) fn is_sooner(&self) -> bool {
        self.desk.table.next_due().unwrap_or(NEVER) < self.desk.armed
    }

    /// What is to be kept, and what is to be told when it is.
    pub(super) fn finish(mut self) -> (Batch, Vec<Event>, Option<(Absence, usize)>) {
        if !self.batch.events.is_empty() && !self.desk.outbox.is_idle() {
            let events = std::mem::take(&mut self.batch.events);
            self.outbox(|outbox, look| outbox.route(&events, look, id));
            self.batch.events = events;
        }
        self.batch.outbox = self.desk.outbox.take_changes();
        let events = self.batch.events.clone();
        (self.batch, events, self.absence)
    }
}

/// 128 bits by chance.
fn id() -> u128 {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // A map's seed is as good where the kernel has none to spare: it needs to be unique, not secret.
        for half in bytes.chunks_exact_mut(8) {
            half.copy_from_slice(&RandomState::new().hash_one(0).to_ne_bytes());
        }
    }
    u128::from_ne_bytes(bytes)
}

/// Most turns have one command, whose list is taken as it is.
fn append<T>(to: &mut Vec<T>, from: Vec<T>) {
    if to.is_empty() {
        *to = from;
    } else {
        to.extend(from);
    }
}

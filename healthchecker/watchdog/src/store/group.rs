//! What is to be kept: the effects of one command, and of many merged into one commit.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Monitor;
use crate::outbox::{Changes, Delivery, Gone};
use crate::watches::{Absence, Change, Effects, Event, Millis, Now, Watch};

/// Events that wait for a store that is lost; older ones are given up beyond it.
const WAITING_EVENTS: usize = 100_000;

/// What one command is to leave behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Batch {
    /// When; the newest time that was stored is when the server was last alive.
    pub now: Now,
    /// Changes of watches, in this order.
    pub changes: Vec<Change>,
    /// What has happened.
    pub events: Vec<Event>,
    /// Tokens, as they are now.
    pub tokens: Vec<Token>,
    /// Monitors by their ids, in this order; `None`: it is removed.
    pub monitors: Vec<(u128, Option<Monitor>)>,
    /// What is to be told, and was.
    pub outbox: Changes,
}

/// A token as it is kept: not itself, but its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its number.
    pub serial: u64,
    /// Its authority: the names that it reaches.
    pub prefix: Box<str>,
    /// What it may do.
    pub verbs: Box<str>,
    /// The SHA-256 of it.
    pub sha256: [u8; 32],
    /// When it ends, by the wall; [`NEVER`](crate::watches::NEVER): not by itself.
    pub expires: Millis,
    /// When it was revoked, by the wall.
    pub revoked: Option<Millis>,
    /// What its owner wrote down about it.
    pub note: Box<str>,
}

impl Batch {
    /// What is to be kept of a command's effects. Its changes are taken; its events stay there, to be
    /// told when they are on disk.
    pub fn new(now: Now, effects: &mut Effects) -> Self {
        Self {
            now,
            changes: std::mem::take(&mut effects.changes),
            events: effects.events.clone(),
            ..Self::default()
        }
    }

    /// A token that is new or changed.
    pub fn token(now: Now, token: Token) -> Self {
        Self {
            now,
            tokens: vec![token],
            ..Self::default()
        }
    }

    /// A monitor that is new. Nobody has heard its id before the answer: where that is a refusal, it is
    /// to be [removed](Self::monitor_removed) again, since a lost store keeps it when it is back.
    pub fn monitor(now: Now, monitor: Monitor) -> Self {
        Self {
            now,
            monitors: vec![(monitor.id, Some(monitor))],
            ..Self::default()
        }
    }

    /// A monitor that is gone. One that there is not is none afterwards, either.
    pub fn monitor_removed(now: Now, id: u128) -> Self {
        Self {
            now,
            monitors: vec![(id, None)],
            ..Self::default()
        }
    }
}

/// What one commit keeps: of each watch only the last word, ordered by its number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// The newest time in it.
    pub now: Now,
    /// What becomes of watches.
    pub rows: BTreeMap<u64, Row>,
    /// What has happened.
    pub events: Vec<Event>,
    /// Tokens, as they are now.
    pub tokens: BTreeMap<u64, Token>,
    /// Monitors by their ids; `None`: it is removed.
    pub monitors: BTreeMap<u128, Option<Monitor>>,
    /// What is to be told, by its numbers; `None`: it is removed.
    pub deliveries: BTreeMap<u64, Option<Delivery>>,
    /// Sinks that are gone, by name; `None`: one is there again.
    pub gone: BTreeMap<Arc<str>, Option<Gone>>,
    /// Absences.
    pub absences: Vec<Absence>,
    /// Events that were given up, since the store was lost for too long.
    pub given_up: u64,
}

/// What becomes of one watch: its row, and then perhaps a kick that moved the deadline alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// As it is.
    pub put: Option<Box<Watch>>,
    /// Whether that is its end.
    pub is_retired: bool,
    /// When it was kicked after that, and its deadline.
    pub kick: Option<(Millis, Millis)>,
}

impl Group {
    /// Merges what follows.
    pub fn add(&mut self, batch: Batch) {
        if batch.now.mono >= self.now.mono {
            self.now = batch.now;
        }
        for change in batch.changes {
            match change {
                Change::Kick { id, at, deadline } => {
                    self.rows.entry(id).or_default().kick = Some((at, deadline));
                }
                Change::Put(watch) => self.put(watch, false),
                Change::Retire(watch) => self.put(watch, true),
                Change::Absence(absence) => self.absences.push(absence),
            }
        }
        self.events.extend(batch.events);
        for token in batch.tokens {
            self.tokens.insert(token.serial, token);
        }
        self.monitors.extend(batch.monitors);
        self.deliveries.extend(batch.outbox.deliveries);
        self.gone.extend(batch.outbox.gone);
    }

    fn put(&mut self, watch: Box<Watch>, is_retired: bool) {
        let id = watch.id;
        let row = Row {
            put: Some(watch),
            is_retired,
            kick: None,
        };
        self.rows.insert(id, row);
    }

    /// Forgets the oldest events beyond what may wait.
    pub(super) fn bound(&mut self) {
        if let Some(over) = self.events.len().checked_sub(WAITING_EVENTS) {
            self.events.drain(..over);
            self.given_up = self.given_up.saturating_add(over as u64);
        }
    }

    /// How much there is to write.
    pub(super) fn len(&self) -> usize {
        self.rows.len() + self.events.len() + self.deliveries.len()
    }

    /// Whether there is nothing to keep but the time.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
            && self.events.is_empty()
            && self.tokens.is_empty()
            && self.monitors.is_empty()
            && self.deliveries.is_empty()
            && self.gone.is_empty()
            && self.absences.is_empty()
    }
}

//! When what is restarted: a pure function of what is heard, and of the time. No clock, no process.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{Entry, Stage};
use super::hands::Notice;
use crate::config::{Restart, WatchConfig};
use crate::watches::{Key, Millis, State, Watch};

pub use super::budget::IN_A_ROW;

/// So many commands run at once; further ones wait, those that are due longest first.
pub const AT_ONCE: usize = 8;

/// When what could not be stored, or was refused by the table, is tried again.
const AGAIN: Millis = 5_000;

/// Decides when what is restarted. What it decides is done by others, who say how that has gone.
///
/// All moments are by the server's own clock. It knows watches whose configuration has a restart, and
/// ignores all others.
#[derive(Clone, Debug)]
pub struct Plan {
    entries: BTreeMap<Key, Entry>,
    /// What is next for those that wait, in the order in which that is due.
    due: BTreeSet<(Millis, Key)>,
    spent: BTreeSet<(Millis, Key)>,
    running: usize,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// A command is to be run; [`Plan::ended`] or [`Plan::refused`] must follow.
    Run {
        /// For which watch.
        key: Key,
        /// The how manyth it is since the watch's last kick, from 1.
        attempt: u32,
        /// Why it is down, in one line.
        reason: String,
    },
    /// Restarting a watch has not helped; [`Plan::given_up`] or [`Plan::refused`] must follow.
    GiveUp {
        /// Which.
        key: Key,
        /// Why there is no further restart.
        reason: String,
    },
    /// Nothing before a moment, unless something is heard; `None`: at no time.
    Wait(Option<Millis>),
}

impl Plan {
    /// For all watches that have a restart, and one at least: `max = 0` is never.
    pub fn new<'a>(watches: impl IntoIterator<Item = (&'a Key, &'a WatchConfig)>) -> Self {
        let rules = watches.into_iter().filter_map(|(key, watch)| {
            let rule = watch.restart.clone()?;
            (rule.max != Some(0)).then(|| (key.clone(), Entry::new(rule)))
        });
        Self {
            entries: rules.collect(),
            due: BTreeSet::new(),
            spent: BTreeSet::new(),
            running: 0,
        }
    }

    /// Whether what becomes of a watch is to be heard.
    pub fn knows(&self, key: &Key) -> bool {
        self.entries.contains_key(key)
    }

    /// What is run for a watch.
    pub fn rule(&self, key: &Key) -> Option<&Restart> {
        self.entries.get(key).map(|entry| &entry.rule)
    }

    /// The server has started, and this watch is as it was stored. One that was silent has its
    /// `start_grace` from now on, before it is restarted: perhaps all has just started with the server.
    pub fn resume(&mut self, watch: &Watch, now: Millis) {
        let Some(entry) = self.entries.get_mut(&watch.key) else {
            return;
        };
        entry.not_before = now.saturating_add(entry.rule.start_grace);
        entry.is_held = watch.hold().is_some();
        if watch.state == State::Restarting {
            entry.spent.take(&entry.rule, watch.since);
        }
        self.become_state(&watch.key, watch.state, watch.reason(), now);
    }

    /// Something has become of a watch. Notices come in the order in which it happened.
    pub fn hear(&mut self, notice: &Notice, now: Millis) {
        let Notice {
            key,
            from,
            to,
            reason,
        } = notice;
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        if from == to {
            // Something was only said.
            return;
        }
        let is_hold = |state: &State| matches!(state, State::Paused | State::Maintenance);
        if is_hold(to) {
            entry.is_held = true;
            self.shelve(key);
        } else {
            entry.is_held &= !is_hold(from);
            self.become_state(key, *to, reason, now);
        }
    }

    /// What is to be done now. To be asked again until it is [`Step::Wait`].
    pub fn next(&mut self, now: Millis) -> Step {
        if let Some((_, key)) = pop(&mut self.spent, now)
            && let Some(entry) = self.entries.get_mut(&key)
        {
            let stage = Stage::GivingUp(entry.silences);
            if let Stage::Spent(_, reason) = std::mem::replace(&mut entry.stage, stage) {
                return Step::GiveUp { key, reason };
            }
        }
        if self.running < AT_ONCE
            && let Some((_, key)) = pop(&mut self.due, now)
            && let Some(entry) = self.entries.get_mut(&key)
        {
            self.running += 1;
            entry.stage = Stage::Running;
            entry.is_kicked = false;
            let attempt = entry.spent.take(&entry.rule, now);
            let reason = entry.reason.to_string();
            return Step::Run {
                key,
                attempt,
                reason,
            };
        }
        let first = |queue: &BTreeSet<(Millis, Key)>| queue.first().map(|(at, _)| *at);
        let due = first(&self.due).filter(|_| self.running < AT_ONCE);
        Step::Wait(due.into_iter().chain(first(&self.spent)).min())
    }

    /// A command has ended, in whatever way; or it could not be started.
    pub fn ended(&mut self, key: &Key, now: Millis) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        if entry.stage != Stage::Running {
            return;
        }
        self.running -= 1;
        entry.stage = Stage::Idle;
        if !entry.is_kicked {
            entry.not_before = now.saturating_add(entry.rule.start_grace);
        }
        self.schedule(key, now);
    }

    /// What was to be done was not: it could not be stored, or the table has refused it.
    pub fn refused(&mut self, key: &Key, now: Millis) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        match entry.stage {
            Stage::Running => {
                self.running -= 1;
                entry.spent.give_back();
            }
            Stage::GivingUp(_) => {}
            _ => return,
        }
        entry.stage = Stage::Idle;
        entry.not_before = entry.not_before.max(now.saturating_add(AGAIN));
        self.schedule(key, now);
    }

    /// It is stored that a watch's restarts are spent.
    pub fn given_up(&mut self, key: &Key, now: Millis) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        let Stage::GivingUp(silence) = entry.stage else {
            return;
        };
        entry.stage = Stage::Idle;
        // The notice of it is perhaps still on its way; one of a later silence may have come before.
        entry.is_silent &= entry.silences != silence;
        self.schedule(key, now);
    }

    fn become_state(&mut self, key: &Key, state: State, reason: &str, now: Millis) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        entry.is_silent = state == State::Timeout;
        match state {
            State::Timeout => {
                entry.silences += 1;
                entry.reason = reason.into();
            }
            State::Up | State::Retired => {
                entry.spent.kicked();
                entry.is_kicked = true;
                entry.not_before = 0;
            }
            _ => {}
        }
        if state == State::Retired {
            entry.is_held = false;
        }
        self.shelve(key);
        self.schedule(key, now);
    }

    /// Takes out of the queues what has not begun.
    fn shelve(&mut self, key: &Key) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        let is_taken = match entry.stage {
            Stage::Due(at) => self.due.remove(&(at, key.clone())),
            Stage::Spent(at, _) => self.spent.remove(&(at, key.clone())),
            _ => false,
        };
        if is_taken {
            entry.stage = Stage::Idle;
        }
    }

    /// Puts into a queue what is silent, and what nothing is done about yet.
    fn schedule(&mut self, key: &Key, now: Millis) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        if !entry.is_silent || entry.is_held || entry.stage != Stage::Idle {
            return;
        }
        let from = now.max(entry.not_before);
        match entry.spent.pause(&entry.rule, from) {
            Ok(pause) => {
                let at = from.saturating_add(pause);
                entry.stage = Stage::Due(at);
                self.due.insert((at, key.clone()));
            }
            Err(reason) => {
                entry.stage = Stage::Spent(from, reason);
                self.spent.insert((from, key.clone()));
            }
        }
    }
}

/// The first of a queue, if it is due.
fn pop(queue: &mut BTreeSet<(Millis, Key)>, now: Millis) -> Option<(Millis, Key)> {
    let is_due = queue.first().is_some_and(|(at, _)| *at <= now);
    is_due.then(|| queue.pop_first()).flatten()
}

//! From what has happened to what is told, and whom.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::delivery::{Delivery, Standing, monitor_sink};
use super::plan::{Look, MONITORS, Outbox};
use super::scope::Scope;
use super::{News, Type};
use crate::watches::{Event, Key, NEVER, Watch};

impl Outbox {
    /// Whether nobody is told anything.
    pub fn is_idle(&self) -> bool {
        self.queues.is_empty()
    }

    /// Somebody has asked to be told.
    pub fn add_monitor(&mut self, id: u128, prefix: &str, authority: &str) {
        let name = monitor_sink(id);
        if self.names.contains_key(&name) {
            return;
        }
        let scope = Scope::Monitor {
            prefix: prefix.into(),
            authority: authority.into(),
        };
        let number = self.queue(name, scope, Some(MONITORS), 1);
        self.monitors.insert(prefix, authority, number);
    }

    /// Whoever has asked is told no more, and what waited is forgotten.
    pub fn remove_monitor(&mut self, id: u128) {
        let name = monitor_sink(id);
        let Some(number) = self.names.remove(&name) else {
            return;
        };
        if let Some(queue) = self.queues.get(&number) {
            let mut all: Vec<u64> = queue.waiting.iter().chain(&queue.dead).copied().collect();
            all.extend(queue.muted.values().flatten());
            if queue.gone.is_some() {
                self.changes.gone.push((name, None));
            }
            if let Scope::Monitor { prefix, .. } = queue.scope.clone() {
                self.monitors.remove(&prefix, number);
            }
            self.remove(number, &all);
        }
        if let Some(queue) = self.queues.remove(&number)
            && let Some(agenda) = queue.pool.and_then(|pool| self.agendas.get_mut(pool))
        {
            agenda.remove(&(queue.wake, number));
        }
        self.muting.remove(&number);
    }

    /// What has happened in a turn, of which the table is already as it is afterwards. `ids` gives each
    /// transition its number, by chance.
    pub fn route(&mut self, events: &[Event], look: &Look<'_>, mut ids: impl FnMut() -> u128) {
        self.turn = look.turn;
        let mut hearers = Vec::new();
        for event in events {
            let Some(kind) = Type::of(event) else {
                continue;
            };
            let quiet = if kind == Type::Up {
                let quiet = self.end_muted(&event.key, look);
                self.promise_below(&event.key, look);
                quiet
            } else {
                BTreeSet::new()
            };
            hearers.clear();
            let sinks = self.sinks.iter().copied();
            hearers.extend(sinks.filter(|number| {
                let queue = self.queues.get(number);
                queue.is_some_and(|queue| queue.scope.hears(&event.key, kind))
            }));
            let configured = hearers.len();
            self.monitors.hearers(&event.key, kind, &mut hearers);
            if hearers.is_empty() {
                continue;
            }
            let above: Vec<&Watch> = match kind {
                Type::Down | Type::Late => down_above(&event.key, look).collect(),
                _ => Vec::new(),
            };
            let news = Arc::new(news(event, kind, ids()));
            // Nobody shows them what came with it, and there may be many.
            let bare = (hearers.len() > configured && !news.body.is_empty()).then(|| {
                Arc::new(News {
                    body: Box::default(),
                    ..(*news).clone()
                })
            });
            for (at, &number) in hearers.iter().enumerate() {
                let is_configured = at < configured;
                let news = bare.as_ref().filter(|_| !is_configured).unwrap_or(&news);
                let standing = self.standing(number, &event.key, kind, &above, &quiet);
                let name = self
                    .queues
                    .get(&number)
                    .map(|queue| Arc::clone(&queue.name));
                let Some(sink) = name else { continue };
                let row = Delivery {
                    seq: self.next_row,
                    news: Arc::clone(news),
                    watch: event.id,
                    sink,
                    standing: Standing::Waiting,
                    attempt: 0,
                    made: look.now.mono,
                    next: look.now.wall,
                    message: None,
                    problem: Box::default(),
                    ended: None,
                };
                self.add(number, row, standing, look);
            }
        }
        self.bound(look.now);
    }

    /// Whether one sink hears of it now.
    fn standing(
        &self,
        number: u64,
        key: &Key,
        kind: Type,
        above: &[&Watch],
        quiet: &BTreeSet<u64>,
    ) -> Fate {
        let Some(queue) = self.queues.get(&number) else {
            return Fate::Told;
        };
        let is_muted = || {
            let mut above = above.iter();
            above.any(|watch| queue.scope.hears(&watch.key, Type::Down))
        };
        match kind {
            Type::Up if quiet.contains(&number) => Fate::Over,
            Type::Late if is_muted() => Fate::Over,
            Type::Down if is_muted() => Fate::Muted,
            Type::Restarted | Type::GaveUp if queue.muted.contains_key(key) => Fate::Muted,
            _ => Fate::Told,
        }
    }

    fn add(&mut self, number: u64, mut row: Delivery, fate: Fate, look: &Look<'_>) {
        let (seq, watch) = (row.seq, row.watch);
        self.next_row += 1;
        self.held += 1;
        self.bytes += row.weight();
        if fate != Fate::Told {
            row.standing = Standing::Muted;
            row.next = NEVER;
        }
        let key = row.news.key.clone();
        self.rows.insert(seq, row);
        let Some(queue) = self.queues.get_mut(&number) else {
            return;
        };
        if fate == Fate::Muted {
            queue.muted.entry(key).or_default().push(seq);
            self.muting.insert(number);
        } else {
            queue.waiting.insert(seq);
            queue.lines.insert((watch, seq));
        }
        if fate == Fate::Over {
            self.end(number, &[seq], Standing::Muted, "", look.now);
        } else if let Some(problem) = queue.gone.as_ref().map(|gone| gone.problem.clone())
            && fate == Fate::Told
        {
            self.bury(number, &[seq], &problem, look.now);
        } else {
            if fate == Fate::Told {
                self.arrive(number, seq, look);
            }
            self.change(seq, |_| {});
        }
        self.touch(number);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Told,
    /// As long as what is above it is down.
    Muted,
    /// Muted for good.
    Over,
}

/// What stands above a watch and is down, as others have been told.
pub(super) fn down_above<'a>(
    key: &'a Key,
    look: &Look<'a>,
) -> impl Iterator<Item = &'a Watch> + use<'a> {
    let is_told = |watch: &&Watch| {
        let extra = watch.extra.as_deref();
        watch.state.is_down() && !extra.is_some_and(|extra| extra.is_untold)
    };
    look.table.above(key).filter(is_told)
}

fn news(event: &Event, kind: Type, id: u128) -> News {
    News {
        id,
        kind,
        key: event.key.clone(),
        at: event.at,
        episode: event.episode,
        from: event.from,
        to: event.to,
        reason: event.reason.clone(),
        body: event.body.clone(),
    }
}

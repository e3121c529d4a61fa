//! What is not told while something above it is down.

use std::collections::BTreeSet;

use super::Type;
use super::delivery::Standing;
use super::pace::UNMUTED;
use super::plan::{Look, Outbox};
use super::route::down_above;
use crate::watches::{Key, Millis, NEVER, Namespace};

impl Outbox {
    /// A watch is up: of what was muted of it nothing becomes. Who has heard nothing of its being down?
    pub(super) fn end_muted(&mut self, key: &Key, look: &Look<'_>) -> BTreeSet<u64> {
        let mut quiet = BTreeSet::new();
        for number in self.muting.clone() {
            let Some(queue) = self.queues.get_mut(&number) else {
                continue;
            };
            let Some(rows) = queue.muted.remove(key) else {
                continue;
            };
            if queue.muted.is_empty() {
                self.muting.remove(&number);
            }
            quiet.insert(number);
            self.end(number, &rows, Standing::Muted, "", look.now);
        }
        quiet
    }

    /// A watch is up: what is below it and still down is told soon, unless something else mutes it.
    pub(super) fn promise_below(&mut self, key: &Key, look: &Look<'_>) {
        if key.namespace() != Namespace::Named {
            return;
        }
        for number in self.muting.clone() {
            let Some(queue) = self.queues.get(&number) else {
                continue;
            };
            let Ok(below) = Key::new(Namespace::Named, &format!("{}.", key.name())) else {
                continue;
            };
            let range = queue.muted.range(below.clone()..);
            let children: Vec<Key> = range
                .map(|(key, _)| key)
                .take_while(|child| child.name().starts_with(below.name()))
                .cloned()
                .collect();
            for child in children {
                self.promise(number, &child, look);
            }
        }
    }

    /// What is muted of a watch is told soon, if nothing mutes it any more.
    pub(super) fn promise(&mut self, number: u64, key: &Key, look: &Look<'_>) {
        if self.is_muted(number, key, look) {
            return;
        }
        let timeout = look.table.get(key).map_or(0, |watch| watch.timeout);
        let due = look.now.mono.saturating_add(timeout.min(UNMUTED));
        self.promise_at(number, key, due, look);
    }

    fn promise_at(&mut self, number: u64, key: &Key, due: Millis, look: &Look<'_>) {
        let Some(queue) = self.queues.get_mut(&number) else {
            return;
        };
        let rows = queue.muted.get(key).cloned().unwrap_or_default();
        for &seq in &rows {
            queue.take_back(seq);
            if due != NEVER {
                queue.promise(seq, due);
            }
        }
        for seq in rows {
            let wall = if due == NEVER {
                NEVER
            } else {
                look.now.wall_of(due)
            };
            self.change(seq, |row| row.next = wall);
        }
        self.touch(number);
    }

    fn is_muted(&self, number: u64, key: &Key, look: &Look<'_>) -> bool {
        let Some(queue) = self.queues.get(&number) else {
            return false;
        };
        down_above(key, look).any(|watch| queue.scope.hears(&watch.key, Type::Down))
    }

    /// What was promised is due: it waits as everything else does, from now on.
    pub(super) fn keep_promises(&mut self, number: u64, look: &Look<'_>) {
        while let Some(queue) = self.queues.get_mut(&number)
            && let Some(&(due, seq)) = queue.promised.first()
            && due <= look.now.mono
        {
            queue.take_back(seq);
            let Some(row) = self.rows.get(&seq) else {
                continue;
            };
            let (key, watch) = (row.news.key.clone(), row.watch);
            if self.is_muted(number, &key, look) {
                self.promise_at(number, &key, NEVER, look);
                continue;
            }
            let found = look.table.get(&key);
            let is_down = found.is_some_and(|found| found.id == watch && found.state.is_down());
            let Some(queue) = self.queues.get_mut(&number) else {
                continue;
            };
            if let Some(rows) = queue.muted.get_mut(&key) {
                rows.retain(|other| *other != seq);
                if rows.is_empty() {
                    queue.muted.remove(&key);
                }
            }
            if queue.muted.is_empty() {
                self.muting.remove(&number);
            }
            if !is_down {
                self.end(number, &[seq], Standing::Muted, "", look.now);
                continue;
            }
            queue.waiting.insert(seq);
            queue.lines.insert((watch, seq));
            if let Some(problem) = queue.gone.as_ref().map(|gone| gone.problem.clone()) {
                self.bury(number, &[seq], &problem, look.now);
                continue;
            }
            self.arrive(number, seq, look);
            let now = look.now;
            self.change(seq, |row| {
                row.standing = Standing::Waiting;
                (row.next, row.made) = (now.wall, now.mono);
            });
        }
    }
}

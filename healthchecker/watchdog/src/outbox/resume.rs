//! Where a server goes on that has left something to be told.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::delivery::{Delivery, Gone, Standing};
use super::pace::longest;
use super::plan::{Look, Outbox};
use super::queue::Parcel;
use super::scope::Scope;
use super::shown::{Notice, shown};
use crate::watches::NEVER;

/// Why nothing of it is told.
const UNKNOWN: &str = "the sink is no longer configured";

impl Outbox {
    /// Goes on with what is stored: rows by their numbers, and who is gone. Monitors are there already.
    pub fn resume(&mut self, rows: Vec<Delivery>, gone: Vec<(Arc<str>, Gone)>, look: &Look<'_>) {
        self.turn = look.turn;
        for (name, gone) in gone {
            let number = self.names.get(&name).copied();
            let queue = number.and_then(|number| self.queues.get_mut(&number));
            match queue {
                Some(queue) if queue.scope.mark() == gone.mark => queue.gone = Some(gone),
                _ => self.changes.gone.push((name, None)),
            }
        }
        let mut lost = BTreeMap::<u64, Vec<u64>>::new();
        let mut undecided = Vec::new();
        for row in rows {
            let seq = row.seq;
            let number = match self.names.get(&row.sink) {
                Some(number) => *number,
                None => self.queue(Arc::clone(&row.sink), Scope::Nobody, None, 0),
            };
            self.next_row = self.next_row.max(seq + 1);
            self.bytes += row.weight();
            match row.ended {
                Some(at) => {
                    self.dead.insert((at, seq));
                    if let Some(queue) = self.queues.get_mut(&number) {
                        queue.dead.insert(seq);
                    }
                    self.rows.insert(seq, row);
                }
                None => {
                    self.held += 1;
                    if self.hold(number, row, look) {
                        undecided.push((number, seq));
                    }
                }
            }
            let queue = self.queues.get(&number);
            if queue.is_some_and(|queue| queue.pool.is_none() && queue.waiting.contains(&seq)) {
                lost.entry(number).or_default().push(seq);
            }
        }
        for (number, seq) in undecided {
            self.arrive(number, seq, look);
            self.change(seq, |_| {});
        }
        for number in self.queues.keys().copied().collect::<Vec<_>>() {
            let Some(queue) = self.queues.get_mut(&number) else {
                continue;
            };
            let kept = queue.parcels.iter().filter(|(_, parcel)| parcel.is_kept);
            queue
                .due
                .extend(kept.map(|(id, parcel)| (parcel.next, parcel.first, *id)));
            if let Some(gone) = queue.gone.clone() {
                let waiting: Vec<u64> = queue.waiting.iter().copied().collect();
                if !waiting.is_empty() {
                    self.bury(number, &waiting, &gone.problem, look.now);
                }
            }
            self.promise_all(number, look);
            self.touch(number);
        }
        for (number, rows) in lost {
            let name = self.queues.get(&number).map(|queue| shown(&queue.name));
            let text = format!(
                "{} is no longer configured: what waited for it are dead letters now",
                name.unwrap_or_default()
            );
            self.notices.push(Notice::new("sink", text));
            self.bury(number, &rows, UNKNOWN, look.now);
        }
        self.last_dead = None;
    }

    /// A row that waits or is muted. Whether it is still to be decided with what it goes.
    fn hold(&mut self, number: u64, row: Delivery, look: &Look<'_>) -> bool {
        let now = look.now;
        let (seq, watch, attempt) = (row.seq, row.watch, row.attempt);
        // However the wall's clock has gone meanwhile.
        let away = row.next.saturating_sub(now.wall).min(longest(attempt));
        let next = now.mono.saturating_add(away);
        let (standing, message) = (row.standing, row.message);
        let (key, stored) = (row.news.key.clone(), row.next);
        self.rows.insert(seq, row);
        let Some(queue) = self.queues.get_mut(&number) else {
            return false;
        };
        if standing == Standing::Muted {
            queue.muted.entry(key).or_default().push(seq);
            if stored != NEVER {
                queue.promise(seq, next);
            }
            self.muting.insert(number);
            return false;
        }
        queue.waiting.insert(seq);
        queue.lines.insert((watch, seq));
        let Some(message) = message else { return true };
        let parcel = queue.parcels.entry(message).or_insert(Parcel {
            rows: Vec::new(),
            first: seq,
            next,
            attempt,
            is_under_way: false,
            is_kept: true,
        });
        parcel.rows.push(seq);
        false
    }

    /// What has muted something may be up, or be no business of the sink's any more.
    fn promise_all(&mut self, number: u64, look: &Look<'_>) {
        let Some(queue) = self.queues.get(&number) else {
            return;
        };
        let keys: Vec<_> = queue.muted.keys().cloned().collect();
        for key in keys {
            let Some(queue) = self.queues.get(&number) else {
                return;
            };
            let rows = queue.muted.get(&key);
            let first = rows.and_then(|rows| self.rows.get(rows.first()?));
            if first.is_some_and(|row| row.next == NEVER) {
                self.promise(number, &key, look);
            }
        }
    }
}

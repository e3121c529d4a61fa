//! What is told after all, because somebody has asked for it.

use std::collections::BTreeMap;

use crate::outbox::delivery::Standing;
use crate::outbox::plan::{Look, Outbox};
use crate::watches::Now;

impl Outbox {
    /// Sends dead letters again, and what waits at once: of one message, or all of a sink. How many
    /// transitions; a sink that was gone is there again with that.
    pub(in crate::outbox) fn send_again(
        &mut self,
        number: u64,
        only: Option<u128>,
        look: &Look<'_>,
    ) -> usize {
        let Look { now, turn, .. } = *look;
        self.turn = turn;
        let Some(queue) = self.queues.get_mut(&number) else {
            return 0;
        };
        if queue.gone.take().is_some() {
            let name = std::sync::Arc::clone(&queue.name);
            self.changes.gone.push((name, None));
        }
        (queue.rest, queue.failures) = (0, 0);
        let mut count = 0;
        for (&message, parcel) in &mut queue.parcels {
            if only.is_none_or(|only| only == message) && !parcel.is_under_way {
                count += parcel.rows.len();
                parcel.next = now.mono.min(parcel.next);
                if parcel.is_kept {
                    queue.due.insert((parcel.next, parcel.first, message));
                }
            }
        }
        let mut messages = BTreeMap::<u128, Vec<u64>>::new();
        for &seq in &queue.dead {
            let Some(row) = self.rows.get(&seq) else {
                continue;
            };
            let message = row.message.unwrap_or(row.news.id);
            // What of it still waits, or is under way, is to be what it is.
            if queue.parcels.contains_key(&message) {
                continue;
            }
            if row.standing == Standing::Dead && only.is_none_or(|only| only == message) {
                messages.entry(message).or_default().push(seq);
            }
        }
        for (message, rows) in messages {
            count += rows.len();
            for &seq in &rows {
                self.revive(number, seq, message, now);
            }
            self.parcel(number, message, rows, now.mono, turn);
        }
        self.touch(number);
        count
    }

    fn revive(&mut self, number: u64, seq: u64, message: u128, now: Now) {
        let ended = self.rows.get(&seq).and_then(|row| row.ended);
        if let Some(at) = ended {
            self.dead.remove(&(at, seq));
            self.held += 1;
        }
        self.change(seq, |row| {
            row.standing = Standing::Waiting;
            (row.attempt, row.made, row.next) = (0, now.mono, now.wall);
            (row.message, row.ended) = (Some(message), None);
        });
        let watch = self.rows.get(&seq).map(|row| row.watch);
        if let (Some(queue), Some(watch)) = (self.queues.get_mut(&number), watch) {
            queue.dead.remove(&seq);
            queue.waiting.insert(seq);
            queue.lines.insert((watch, seq));
        }
    }
}

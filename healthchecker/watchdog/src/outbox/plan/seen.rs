//! What is seen of it from outside, and what somebody there asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Look, Outbox};
use crate::outbox::delivery::{Delivery, Standing, monitor_of};
use crate::outbox::shown::{Fare, label, shown};
use crate::watches::{Millis, Now};

impl Outbox {
    /// All rows after the one of a number, in their order.
    pub fn rows(&self, after: u64) -> impl Iterator<Item = &Delivery> {
        let rows = self.rows.range(after.saturating_add(1)..);
        rows.map(|(_, row)| row)
    }

    /// How all sinks fare, and as one the monitors.
    pub fn fares(&self, now: Now) -> BTreeMap<Arc<str>, Fare> {
        let mut fares: BTreeMap<Arc<str>, Fare> = BTreeMap::new();
        for (name, tally) in &self.tallies {
            fares.entry(Arc::clone(name)).or_default().tally = *tally;
        }
        for queue in self.queues.values() {
            let fare = fares.entry(label(&queue.name)).or_default();
            fare.waiting += queue.waiting.len();
            fare.muted += queue.muted.values().map(Vec::len).sum::<usize>();
            fare.dead += queue.dead.len();
            let first = queue.waiting.first().and_then(|seq| self.rows.get(seq));
            let waited = first.map_or(0, |row| now.mono.saturating_sub(row.made));
            fare.oldest = fare.oldest.max(waited);
        }
        fares
    }

    /// When the last dead letter came, by the server's own clock.
    pub fn last_dead(&self) -> Option<Millis> {
        self.last_dead
    }

    /// Has everything of a sink sent again that is a dead letter or waits; how much that is. `None`: there is
    /// no such sink, or nobody who could tell it.
    pub fn resend_all(&mut self, sink: &str, look: &Look<'_>) -> Option<usize> {
        let number = self.number(sink)?;
        Some(self.send_again(number, None, look))
    }

    /// The same with one transition, and what was sent with it in one message.
    pub fn resend(&mut self, id: u128, sink: &str, look: &Look<'_>) -> Option<usize> {
        let number = self.number(sink)?;
        let row = self.find(id, sink)?;
        if row.standing == Standing::Muted {
            return Some(0);
        }
        let message = row.message.unwrap_or(row.news.id);
        Some(self.send_again(number, Some(message), look))
    }

    /// What one sink is to be told of one transition.
    pub fn find(&self, id: u128, sink: &str) -> Option<&Delivery> {
        let queue = self.queues.get(&self.number(sink)?)?;
        let all = queue.dead.iter().chain(&queue.waiting);
        let all = all.chain(queue.muted.values().flatten());
        all.filter_map(|seq| self.rows.get(seq))
            .find(|row| row.news.id == id)
    }

    fn number(&self, sink: &str) -> Option<u64> {
        let is_told = |number: &u64| {
            let queue = self.queues.get(number);
            queue.is_some_and(|queue| queue.pool.is_some())
        };
        if let Some(number) = self.names.get(sink) {
            return Some(*number)
                .filter(is_told)
                .filter(|_| monitor_of(sink).is_none());
        }
        if !sink.starts_with("monitor-") {
            return None;
        }
        let mut queues = self.queues.iter();
        let found = queues
            .find(|(_, queue)| monitor_of(&queue.name).is_some() && shown(&queue.name) == sink);
        found.map(|(number, _)| *number).filter(is_told)
    }
}

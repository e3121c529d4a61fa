//! How long something waits, and how much of it.

use crate::outbox::pace::LONGEST_WAIT;
use crate::outbox::plan::{Look, Outbox};
use crate::watches::{Millis, Now};

impl Outbox {
    /// Whoever has waited for days is a dead letter: there are not always as many attempts as rows.
    pub(in crate::outbox) fn give_up_old(&mut self, number: u64, look: &Look<'_>) {
        let Some(queue) = self.queues.get(&number) else {
            return;
        };
        let old: Vec<u64> = queue
            .waiting
            .iter()
            .copied()
            .take_while(|seq| {
                let row = self.rows.get(seq);
                row.is_some_and(|row| {
                    row.made.saturating_add(LONGEST_WAIT) <= look.now.mono
                        && !queue.busy.contains_key(&row.watch)
                })
            })
            .collect();
        if !old.is_empty() {
            self.bury(number, &old, "it has waited for three days", look.now);
        }
    }

    /// Nothing grows for ever.
    pub(in crate::outbox) fn bound(&mut self, now: Now) {
        while self.held > self.limits.waiting {
            let longest = self
                .queues
                .iter()
                .max_by_key(|(_, queue)| queue.waiting.len());
            let Some((&number, queue)) = longest else {
                break;
            };
            // A part at once, so that it is not done for each that comes.
            let many = (self.limits.waiting / 100).max(1);
            let oldest: Vec<u64> = queue
                .waiting
                .iter()
                .copied()
                .filter(|seq| {
                    let row = self.rows.get(seq);
                    row.is_some_and(|row| !queue.busy.contains_key(&row.watch))
                })
                .take(many)
                .collect();
            if oldest.is_empty() {
                break;
            }
            self.bury(number, &oldest, "more waited than may wait", now);
        }
        while self.dead.len() > self.limits.dead || self.bytes > self.limits.bytes {
            if !self.forget_first() {
                break;
            }
        }
    }

    /// Removes what has been dead for long enough.
    pub(in crate::outbox) fn forget(&mut self, now: Now) {
        let is_old = |ended: Millis, limit: Millis| ended.saturating_add(limit) <= now.wall;
        while let Some(&(ended, _)) = self.dead.first()
            && is_old(ended, self.limits.dead_for)
        {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) -> bool {
        let Some(&(at, seq)) = self.dead.first() else {
            return false;
        };
        let row = self.rows.get(&seq);
        let Some(&number) = row.and_then(|row| self.names.get(&row.sink)) else {
            self.dead.remove(&(at, seq));
            return true;
        };
        self.remove(number, &[seq]);
        true
    }
}

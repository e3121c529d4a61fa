//! What comes of what was sent.

use super::{Look, Outbox};
use crate::outbox::shown::{self, Notice};
use crate::outbox::{Verdict, pace};
use crate::watches::{Millis, Now};

impl Outbox {
    /// What came of a message. One whose rows are gone meanwhile is nobody's business.
    pub fn settle(&mut self, number: u64, message: u128, verdict: &Verdict, look: &Look<'_>) {
        let now = look.now;
        self.turn = look.turn;
        let Some(queue) = self.queues.get_mut(&number) else {
            return;
        };
        let Some(parcel) = queue.parcels.get_mut(&message) else {
            return;
        };
        if !std::mem::replace(&mut parcel.is_under_way, false) {
            return;
        }
        queue.under_way -= 1;
        parcel.attempt += 1;
        let attempts = parcel.attempt;
        let rows = parcel.rows.clone();
        for seq in &rows {
            if let Some(row) = self.rows.get(seq) {
                queue.freed.push(row.watch);
            }
        }
        let name = shown::label(&queue.name);
        let count = rows.len() as u64;
        let tally = self.tallies.entry(name).or_default();
        let is_gone = queue.gone.is_some();
        match verdict {
            Verdict::Delivered => {
                let failures = std::mem::take(&mut queue.failures);
                queue.rest = 0;
                if failures > 0 {
                    self.notices.push(Notice::well(&queue.name));
                }
                tally.delivered += count;
                self.remove(number, &rows);
            }
            Verdict::Again { after, problem } => {
                tally.failed += count;
                queue.failures = queue.failures.saturating_add(1);
                queue.rest = now.mono + pace::rest(queue.failures, *after);
                match pace::retry(message, attempts, *after) {
                    Some(span) if !is_gone => {
                        // Whoever goes on failing has said so.
                        if queue.failures == 1 {
                            self.notices.push(Notice::failing(&queue.name, problem));
                        }
                        self.put_off(number, message, now, span, problem);
                    }
                    _ => self.bury(number, &rows, problem, now),
                }
            }
            Verdict::Refused { problem } => {
                // It answers, and takes others.
                (queue.failures, queue.rest) = (0, 0);
                tally.refused += count;
                self.bury(number, &rows, problem, now);
            }
            Verdict::Gone { problem } => {
                tally.gone += count;
                self.disable(number, problem, now);
            }
        }
        self.touch(number);
    }

    fn put_off(&mut self, number: u64, message: u128, now: Now, span: Millis, problem: &str) {
        let Some(queue) = self.queues.get_mut(&number) else {
            return;
        };
        let Some(parcel) = queue.parcels.get_mut(&message) else {
            return;
        };
        parcel.next = now.mono.saturating_add(span);
        let (next, attempt) = (parcel.next, parcel.attempt);
        queue.due.insert((next, parcel.first, message));
        for seq in parcel.rows.clone() {
            let wall = now.wall_of(next);
            self.change(seq, |row| {
                (row.attempt, row.next) = (attempt, wall);
                row.problem = problem.into();
            });
        }
    }
}

//! What is sent next.

use std::ops::Bound;
use std::sync::Arc;

use super::{Look, Outbox, Then};
use crate::outbox::Message;
use crate::outbox::delivery::Delivery;
use crate::watches::{Millis, NEVER};

/// What a thread does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It tells a sink this, and says what came of it.
    Send(Job),
    /// It waits until a moment by the server's own clock, or until something changes.
    Wait(Millis),
}

/// A message that is to be sent to a sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Whom: a number that no other sink ever has.
    pub queue: u64,
    /// The sink's name.
    pub sink: Arc<str>,
    /// What.
    pub message: Message,
    /// Which attempt it is: 1 is the first.
    pub attempt: u32,
}

impl Outbox {
    /// What a thread of a pool does next. All turns up to `kept` are on disk; where nothing can be stored
    /// now, nothing is changed that is to be stored.
    pub fn take(&mut self, pool: usize, look: &Look<'_>, kept: u64, may_change: bool) -> Step {
        self.turn = look.turn;
        self.release(kept);
        if may_change {
            self.forget(look.now);
        }
        let mono = look.now.mono;
        // Those that can do nothing before something may be stored, or is, do not keep others waiting.
        let mut passed = None;
        let soon = mono + 200;
        while let Some((wake, number)) = self.next_queue_of(pool, passed) {
            if wake > mono {
                return Step::Wait(passed.map_or(wake, |_| wake.min(soon)));
            }
            if may_change {
                self.keep_promises(number, look);
                self.form_ended(number, look, kept);
                self.give_up_old(number, look);
            }
            if let Some(job) = self.next_of(number, mono) {
                self.touch(number);
                return Step::Send(job);
            }
            self.touch(number);
            let has_more = self
                .queues
                .get(&number)
                .is_some_and(|queue| queue.wake == wake);
            if !may_change || has_more {
                passed = Some((wake, number));
            }
        }
        Step::Wait(passed.map_or(NEVER, |_| soon))
    }

    /// The queue of a pool that is looked at next, behind one that was.
    fn next_queue_of(&self, pool: usize, passed: Option<(Millis, u64)>) -> Option<(Millis, u64)> {
        let agenda = self.agendas.get(pool)?;
        let behind = passed.map_or(Bound::Unbounded, Bound::Excluded);
        agenda.range((behind, Bound::Unbounded)).next().copied()
    }

    /// What has waited for its turn to be on disk.
    fn release(&mut self, kept: u64) {
        while let Some(&(turn, number, then)) = self.unkept.front() {
            if turn > kept {
                return;
            }
            self.unkept.pop_front();
            let rows = &self.rows;
            let Some(queue) = self.queues.get_mut(&number) else {
                continue;
            };
            match then {
                Then::Send(message) => {
                    if let Some(parcel) = queue.parcels.get_mut(&message) {
                        parcel.is_kept = true;
                        if !parcel.is_under_way {
                            queue.due.insert((parcel.next, parcel.first, message));
                        }
                    }
                }
                Then::Free(watch) => {
                    queue.let_go(watch);
                    queue.unblock(watch, |seq| rows.get(&seq).and_then(|row| row.message));
                }
            }
            self.touch(number);
        }
    }

    /// The next message of a queue that may be sent now.
    fn next_of(&mut self, number: u64, mono: Millis) -> Option<Job> {
        let rows = &self.rows;
        let queue = self.queues.get_mut(&number)?;
        if queue.rest > mono || queue.under_way >= queue.at_once {
            return None;
        }
        while let Some(&(at, first, message)) = queue.due.first().filter(|(at, ..)| *at <= mono) {
            queue.due.remove(&(at, first, message));
            let Some(parcel) = queue.parcels.get(&message) else {
                continue;
            };
            // What is in its way says so when it is gone.
            let is_it = parcel.next == at && !parcel.is_under_way && parcel.is_kept;
            let watch_of = |seq| rows.get(&seq).map(|row| row.watch);
            if !is_it || !queue.is_ready(parcel, watch_of) {
                continue;
            }
            let sent: Vec<&Delivery> = parcel.rows.iter().filter_map(|seq| rows.get(seq)).collect();
            let Some(prefix) = sent.first().map(|row| row.news.prefix(sent.len())) else {
                continue;
            };
            let news = sent.iter().map(|row| (*row.news).clone()).collect();
            for row in &sent {
                queue.hold(row.watch);
            }
            queue.under_way += 1;
            let sink = Arc::clone(&queue.name);
            let parcel = queue.parcels.get_mut(&message)?;
            parcel.is_under_way = true;
            return Some(Job {
                queue: number,
                sink,
                message: Message {
                    id: message,
                    prefix,
                    news,
                },
                attempt: parcel.attempt + 1,
            });
        }
        None
    }
}

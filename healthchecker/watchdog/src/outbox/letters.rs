//! What is told no more, or only when somebody asks for it.

use std::collections::BTreeMap;

use super::delivery::{Gone, Standing};
use super::pace::LONGEST_WAIT;
use super::plan::{Look, Outbox};
use super::shown::{Notice, label, shown};
use crate::watches::{Millis, NEVER, Now};

impl Outbox {
    /// They are told, or nobody is to hear them any more.
    pub(super) fn remove(&mut self, number: u64, seqs: &[u64]) {
        self.leave(number, seqs);
        for seq in seqs {
            let Some(row) = self.rows.remove(seq) else {
                continue;
            };
            self.bytes -= row.weight();
            match row.ended {
                Some(at) => {
                    self.dead.remove(&(at, *seq));
                    if let Some(queue) = self.queues.get_mut(&number) {
                        queue.dead.remove(seq);
                    }
                }
                None => self.held -= 1,
            }
            self.changes.deliveries.push((*seq, None));
        }
    }

    /// They are dead letters.
    pub(super) fn bury(&mut self, number: u64, seqs: &[u64], problem: &str, now: Now) {
        let Some(queue) = self.queues.get(&number) else {
            return;
        };
        let sink = shown(&queue.name);
        self.tallies.entry(label(&queue.name)).or_default().dead += seqs.len() as u64;
        self.last_dead = Some(now.mono);
        if let Some(row) = seqs.first().and_then(|seq| self.rows.get(seq)) {
            let of = match seqs.len() {
                1 => format!("{} of {}", row.news.kind.word(), row.news.key.name()),
                count => format!("{count} transitions"),
            };
            // As others are said here, and few enough to be read.
            let text = format!("{sink}: {of}: {problem}");
            if self.notices.len() < 1_000 {
                self.notices.push(Notice::new("dead letter", text));
            }
        }
        self.end(number, seqs, Standing::Dead, problem, now);
    }

    /// Nothing more becomes of them by itself.
    pub(super) fn end(
        &mut self,
        number: u64,
        seqs: &[u64],
        standing: Standing,
        problem: &str,
        now: Now,
    ) {
        self.leave(number, seqs);
        for &seq in seqs {
            if self.rows.get(&seq).is_none_or(|row| row.ended.is_some()) {
                continue;
            }
            self.change(seq, |row| {
                row.standing = standing;
                row.next = NEVER;
                row.ended = Some(now.wall);
                if !problem.is_empty() {
                    row.problem = problem.into();
                }
            });
            self.held -= 1;
            self.dead.insert((now.wall, seq));
            if let Some(queue) = self.queues.get_mut(&number) {
                queue.dead.insert(seq);
            }
        }
        self.touch(number);
    }

    /// They stand in nobody's way any more.
    fn leave(&mut self, number: u64, seqs: &[u64]) {
        let Some(queue) = self.queues.get_mut(&number) else {
            return;
        };
        for &seq in seqs {
            let Some(row) = self.rows.get(&seq) else {
                continue;
            };
            if queue.waiting.remove(&seq) {
                queue.lines.remove(&(row.watch, seq));
                queue.hold(row.watch);
                queue.freed.push(row.watch);
            }
            if let Some(message) = row.message
                && let Some(parcel) = queue.parcels.get_mut(&message)
            {
                if let Ok(at) = parcel.rows.binary_search(&seq) {
                    parcel.rows.remove(at);
                }
                if parcel.rows.is_empty()
                    && let Some(parcel) = queue.parcels.remove(&message)
                {
                    queue.due.remove(&(parcel.next, parcel.first, message));
                }
            }
            queue.take_back(seq);
        }
    }

    /// A sink has said that it is there no more.
    pub(super) fn disable(&mut self, number: u64, problem: &str, now: Now) {
        let Some(queue) = self.queues.get_mut(&number) else {
            return;
        };
        let gone = Gone::new(queue.scope.mark(), now.wall, problem);
        queue.gone = Some(gone.clone());
        let name = std::sync::Arc::clone(&queue.name);
        let text = format!(
            "{} is there no more, and is told nothing until its URL is another one or its dead letters \
             are sent again: {problem}",
            shown(&name)
        );
        self.notices.push(Notice::new("sink", text));
        self.changes.gone.push((name, Some(gone)));
        // What is under way will say itself what came of it.
        let busy: Vec<u64> = queue
            .parcels
            .values()
            .filter(|parcel| parcel.is_under_way)
            .flat_map(|parcel| parcel.rows.iter().copied())
            .collect();
        let rest: Vec<u64> = queue
            .waiting
            .iter()
            .copied()
            .filter(|seq| !busy.contains(seq))
            .collect();
        queue.windows.clear();
        queue.ends.clear();
        self.bury(number, &rest, problem, now);
    }

    /// Whoever has waited for days is a dead letter: there are not always as many attempts as rows.
    pub(super) fn give_up_old(&mut self, number: u64, look: &Look<'_>) {
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
    pub(super) fn bound(&mut self, now: Now) {
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
    pub(super) fn forget(&mut self, now: Now) {
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

    /// Sends dead letters again, and what waits at once: of one message, or all of a sink. How many
    /// transitions; a sink that was gone is there again with that.
    pub(super) fn send_again(&mut self, number: u64, only: Option<u128>, look: &Look<'_>) -> usize {
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

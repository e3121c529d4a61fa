//! What is told no more, or only when somebody asks for it.

use std::collections::BTreeSet;

use super::delivery::{Gone, Standing};
use super::plan::Outbox;
use super::shown::{Notice, label, shown};
use crate::watches::{NEVER, Now};

mod again;
mod bounds;

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
                1 => format!("{} of {}", row.news.kind.word(), row.news.key.shown()),
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
        let busy: BTreeSet<u64> = queue
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
}

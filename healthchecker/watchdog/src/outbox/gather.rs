//! Several under one prefix: the first go at once, the others together.

use std::collections::{BTreeMap, BTreeSet};

use super::pace::{ALONE, MOST_FORMED, MOST_NEWS, WINDOW};
use super::plan::{Look, Outbox};
use super::queue::Window;
use crate::watches::Millis;

impl Outbox {
    /// Something waits from now on: whether it goes alone, which is decided for good, or with others.
    pub(super) fn arrive(&mut self, number: u64, seq: u64, look: &Look<'_>) {
        let mono = look.now.mono;
        let Some(row) = self.rows.get(&seq) else {
            return;
        };
        let group = row.news.group();
        let id = row.news.id;
        let Some(queue) = self.queues.get(&number) else {
            return;
        };
        let is_over = queue
            .windows
            .get(&group)
            .is_some_and(|window| window.end <= mono);
        let Some(queue) = self.queues.get_mut(&number) else {
            return;
        };
        // What of it is not formed yet is formed in its turn.
        if is_over && let Some(window) = queue.windows.get_mut(&group) {
            window.gathered.push(seq);
            return;
        }
        let end = mono + WINDOW;
        let window = queue.windows.entry(group.clone()).or_insert_with(|| {
            queue.ends.insert((end, group));
            Window {
                end,
                alone: 0,
                gathered: Vec::new(),
            }
        });
        if window.alone < ALONE {
            window.alone += 1;
            self.go_alone(number, seq, id, mono, look.turn);
        } else {
            window.gathered.push(seq);
        }
    }

    pub(super) fn go_alone(&mut self, number: u64, seq: u64, id: u128, next: Millis, turn: u64) {
        if let Some(row) = self.rows.get_mut(&seq) {
            row.message = Some(id);
        }
        self.parcel(number, id, vec![seq], next, turn);
    }

    /// Forms the messages whose time has come, as many as one turn may: each row of them is stored anew, and
    /// whoever kicks meanwhile waits for that. The next are formed when these are on disk.
    pub(super) fn form_ended(&mut self, number: u64, look: &Look<'_>, kept: u64) {
        if self.formed > kept {
            return;
        }
        let mut room = MOST_FORMED;
        while room > 0
            && let Some(queue) = self.queues.get(&number)
            // Whoever is left alone for a while is told more at once then.
            && queue.rest <= look.now.mono
            && let Some((end, group)) = queue.ends.first()
            && *end <= look.now.mono
        {
            let group = group.clone();
            room -= self.form(number, &group, room, look);
        }
        if room == 0 {
            self.formed = look.turn;
        }
    }

    /// What a window has gathered goes in as few messages as can be, so many rows of it at most. How many
    /// these were.
    fn form(&mut self, number: u64, group: &str, most: usize, look: &Look<'_>) -> usize {
        let Some(queue) = self.queues.get_mut(&number) else {
            return 0;
        };
        let Some(window) = queue.windows.get_mut(group) else {
            return 0;
        };
        let some = window.gathered.len().min(most);
        let members: BTreeSet<u64> = window.gathered.drain(..some).collect();
        if window.gathered.is_empty() {
            let end = window.end;
            queue.windows.remove(group);
            queue.ends.remove(&(end, group.into()));
        }
        let mut together = Vec::new();
        let mut behind = BTreeMap::<u64, Vec<u64>>::new();
        for &seq in &members {
            let Some(row) = self.rows.get(&seq).filter(|row| row.ended.is_none()) else {
                continue;
            };
            // Who has to wait for an earlier one of its watch must not hold up the rest. What waits of one
            // watch waits for the same: it goes as one, or a watch that flaps would outrun its sink.
            let is_free = queue
                .first_of(row.watch)
                .is_some_and(|first| members.contains(&first));
            if is_free {
                together.push(seq);
            } else {
                behind.entry(row.watch).or_default().push(seq);
            }
        }
        let lines = std::iter::once(&together).chain(behind.values());
        let messages = lines.flat_map(|rows| rows.chunks(MOST_NEWS).map(<[u64]>::to_vec));
        for rows in messages.collect::<Vec<_>>() {
            let first = rows.first().and_then(|seq| self.rows.get(seq));
            let Some(id) = first.map(|row| row.news.id) else {
                continue;
            };
            for &seq in &rows {
                self.change(seq, |row| row.message = Some(id));
            }
            self.parcel(number, id, rows, look.now.mono, look.turn);
        }
        some
    }
}

//! When watches are next to be looked at: one entry each, re-armed lazily.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::watch::{Millis, NEVER};

/// Entries beside those that count which are not worth a rebuild.
const STALE: usize = 1_024;

/// Entries by their time. One counts as long as its slot says that it is armed for that time; a kick
/// only moves the deadline, and the entry finds out when its time has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<(Millis, u32)>>,
}

impl Timers {
    pub(super) fn from_slots(slots: impl Iterator<Item = (Millis, u32)>) -> Self {
        let entries: Vec<_> = slots
            .filter(|&(due, _)| due != NEVER)
            .map(Reverse)
            .collect();
        Self {
            heap: entries.into(),
        }
    }

    pub(super) fn push(&mut self, due: Millis, slot: u32) {
        self.heap.push(Reverse((due, slot)));
    }

    /// The first entry, whether it counts or not.
    pub(super) fn first(&self) -> Option<(Millis, u32)> {
        self.heap.peek().map(|&Reverse(entry)| entry)
    }

    pub(super) fn pop(&mut self) -> Option<(Millis, u32)> {
        self.heap.pop().map(|Reverse(entry)| entry)
    }

    /// Whether most entries have ceased to count: who shortens and lengthens a deadline by turns leaves
    /// one behind each time.
    pub(super) fn is_stale(&self, live: usize) -> bool {
        self.heap.len() > 2 * live + STALE
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }
}

//! The last events, and of which of them there are gaps.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{GROUPS, Piece};
use crate::watches::{Event, Key};

/// The last events.
#[derive(Debug)]
pub(super) struct Ring {
    /// The number of the last event that is not kept any more.
    before: u64,
    /// The same of each group: what else has gone is no gap of theirs.
    gone: [u64; GROUPS],
    /// Each with its group, if it has one.
    events: VecDeque<(Option<usize>, Arc<Event>)>,
    most: usize,
}

impl Ring {
    pub(super) fn new(before: u64, most: usize) -> Self {
        Self {
            before,
            gone: [before; GROUPS],
            events: VecDeque::new(),
            most: most.max(1),
        }
    }

    pub(super) fn most(&self) -> usize {
        self.most
    }

    pub(super) fn last(&self) -> u64 {
        self.before + self.events.len() as u64
    }

    pub(super) fn push(&mut self, group: Option<usize>, event: Arc<Event>) {
        if self.events.len() == self.most {
            self.drop_first();
        }
        self.events.push_back((group, event));
    }

    /// An event that is not kept at all, nor what was before it.
    pub(super) fn pass(&mut self, group: Option<usize>) {
        while !self.events.is_empty() {
            self.drop_first();
        }
        self.gone(group);
    }

    fn drop_first(&mut self) {
        if let Some((group, _)) = self.events.pop_front() {
            self.gone(group);
        }
    }

    fn gone(&mut self, group: Option<usize>) {
        self.before += 1;
        if let Some(group) = group {
            self.gone[group] = self.before;
        }
    }

    /// All have a gap.
    pub(super) fn forget(&mut self) {
        self.before = self.last() + 1;
        self.events.clear();
        self.gone = [self.before; GROUPS];
    }

    pub(super) fn since(&self, after: u64) -> Option<Vec<(u64, Arc<Event>)>> {
        let skip = usize::try_from(after.checked_sub(self.before)?).ok()?;
        (skip <= self.events.len()).then(|| {
            let events = self.events.iter().skip(skip);
            let events = events.map(|(_, event)| Arc::clone(event));
            (after + 1..).zip(events).collect()
        })
    }

    pub(super) fn since_of(
        &self,
        group: usize,
        after: u64,
        most: usize,
        is_of: impl Fn(&Key) -> bool,
    ) -> Option<Piece> {
        let last = self.last();
        if !(self.gone[group]..=last).contains(&after) {
            return None;
        }
        // What is not kept before that was of others.
        let first = after.max(self.before);
        let skip = usize::try_from(first - self.before).unwrap_or(usize::MAX);
        let mut piece = Piece {
            events: Vec::new(),
            until: last,
        };
        for (number, (found, event)) in (first + 1..).zip(self.events.iter().skip(skip)) {
            if *found == Some(group) && is_of(&event.key) {
                piece.events.push((number, Arc::clone(event)));
                if piece.events.len() == most {
                    piece.until = number;
                    break;
                }
            }
        }
        Some(piece)
    }
}

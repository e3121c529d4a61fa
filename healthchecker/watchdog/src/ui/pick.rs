//! Which watches are shown, of however many there are.

use super::ask::{Ask, STATES, place};
use super::row::Row;
use crate::watches::{Now, State, Watch};

/// So many are shown at most.
pub(crate) const MOST_ROWS: usize = 10_000;

/// What is picked of watches that come in any order.
#[derive(Debug)]
pub(crate) struct Pick {
    ask: Ask,
    most: usize,
    rows: Vec<Row>,
    /// How many of each of [`STATES`] there are, whether that is asked for or not.
    pub(super) counts: [usize; STATES.len()],
    /// How many there are that are asked for, shown or not.
    pub(super) found: usize,
    /// What stands behind this is not shown, whatever follows.
    last: Option<u64>,
}

impl Pick {
    pub(crate) fn new(ask: Ask, most: usize) -> Self {
        Self {
            ask,
            most,
            rows: Vec::new(),
            counts: [0; STATES.len()],
            found: 0,
            last: None,
        }
    }

    /// Looks at a watch, which is a row if it is asked for.
    pub(crate) fn add(&mut self, watch: &Watch, now: Now) {
        if !self.ask.names(watch.key.name()) {
            return;
        }
        let state = watch.shown();
        if let Some(at) = place(state) {
            self.counts[at] += 1;
        }
        if !self.ask.has(state) {
            return;
        }
        self.found += 1;
        let row = Row::new(watch, now);
        if self.last.is_some_and(|last| row.rank(self.ask.sort) > last) {
            return;
        }
        self.rows.push(row);
        if self.rows.len() >= 2 * self.most.max(1) {
            self.cut();
        }
    }

    /// Whether a watch is among what is asked for, as the page of it shows it.
    pub(crate) fn matches(ask: &Ask, row: &Row) -> bool {
        ask.names(row.key.name()) && ask.has(row.state)
    }

    /// What is shown, in its order.
    pub(crate) fn finish(mut self) -> Picked {
        if self.rows.len() > self.most {
            self.cut();
        }
        let sort = self.ask.sort;
        self.rows
            .sort_unstable_by(|row, other| row.compare(other, sort));
        Picked {
            rows: self.rows,
            counts: self.counts,
            found: self.found,
            ask: self.ask,
        }
    }

    fn cut(&mut self) {
        let sort = self.ask.sort;
        if self.most < self.rows.len() {
            self.rows
                .select_nth_unstable_by(self.most, |row, other| row.compare(other, sort));
            self.rows.truncate(self.most);
        }
        self.last = self.rows.iter().map(|row| row.rank(sort)).max();
    }
}

/// What is shown.
#[derive(Clone, Debug)]
pub(crate) struct Picked {
    pub(crate) rows: Vec<Row>,
    pub(super) counts: [usize; STATES.len()],
    pub(super) found: usize,
    pub(crate) ask: Ask,
}

impl Picked {
    /// How many there are, whatever their states.
    pub(super) fn all(&self) -> usize {
        self.counts.iter().sum()
    }

    pub(super) fn down(&self) -> usize {
        let counts = STATES.iter().zip(self.counts);
        counts
            .filter(|(state, _)| state.is_down())
            .map(|(_, count)| count)
            .sum()
    }

    pub(super) fn of(&self, state: State) -> usize {
        place(state).map_or(0, |at| self.counts[at])
    }
}

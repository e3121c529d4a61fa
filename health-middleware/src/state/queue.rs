//! Events on their way to the log: in the order of the changes, and told by one
//! teller at a time.

use std::collections::VecDeque;

use crate::report::Event;

/// What waits at most while a log hangs; the oldest are left out.
const MOST: usize = 1000;

/// What is told in one turn.
const TURN: usize = 50;

#[derive(Debug, Default)]
pub(super) struct Queue {
    events: VecDeque<Event>,
    left_out: u64,
    /// Somebody tells events, and will look for those that come meanwhile.
    telling: bool,
}

impl Queue {
    pub(super) fn push(&mut self, event: Event) {
        if self.events.len() == MOST {
            self.events.pop_front();
            self.left_out += 1;
        }
        self.events.push_back(event);
    }

    /// Whether events wait and nobody tells.
    pub(super) fn is_left(&self) -> bool {
        !self.telling && !self.events.is_empty()
    }

    /// What is to be told by whoever has caused a change: nothing while somebody
    /// else tells.
    pub(super) fn begin(&mut self) -> Vec<Event> {
        if self.telling {
            Vec::new()
        } else {
            self.go_on()
        }
    }

    /// What the teller is to tell next. Nobody else tells until it has asked in
    /// vain, or has left the rest.
    pub(super) fn go_on(&mut self) -> Vec<Event> {
        let left_out = std::mem::take(&mut self.left_out);
        let left_out = (left_out > 0).then_some(Event::LeftOut(left_out));
        let turn = self.events.len().min(TURN);
        let events: Vec<_> = left_out
            .into_iter()
            .chain(self.events.drain(..turn))
            .collect();
        self.telling = !events.is_empty();
        events
    }

    /// The teller leaves the rest to whoever comes first; says whether there is any.
    pub(super) fn leave(&mut self) -> bool {
        self.telling = false;
        self.is_left()
    }
}

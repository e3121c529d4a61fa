//! How findings, words, faults and the clock turn components.

#[cfg(feature = "metrics")]
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::entry::Entry;
use super::{Faults, Finding, Standing, State, earliest};
use crate::checks::{Life, Slot, Source, Word};
#[cfg(feature = "metrics")]
use crate::report::Turned;

/// What is to be done about a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard {
    /// It shows another state or another text.
    pub(crate) publish: bool,
    /// The publisher must look again.
    pub(crate) wake: bool,
}

impl State {
    /// Takes in a finding; says whether the publisher must be woken.
    pub(crate) fn record(
        &mut self,
        slot: &Slot,
        index: usize,
        now: Instant,
        finding: Finding,
        took: Option<Duration>,
    ) -> bool {
        let quiet = !self.dirty && !self.changed;
        let life = slot.source.life();
        // What has expired is forgotten first, whether anybody has looked or not.
        if let Some(expired) = self.entries[index].lapse(&slot.source, now) {
            self.turn(slot, index, now, |entry| entry.standing = expired);
        }
        let entry = &mut self.entries[index];
        let next = entry
            .standing
            .step(now, finding, slot.source.thresholds(), life);
        entry.checked = Some(SystemTime::now());
        entry.duration = took;
        entry.forgiven = false;
        let first = !entry.standing.ran;
        self.turn(slot, index, now, |entry| entry.standing = next);
        // A first run may complete start-up.
        self.changed |= first;
        self.dirty = true;
        quiet || self.changed
    }

    /// Takes in what a reporter says.
    pub(crate) fn hear(&mut self, slot: &Slot, index: usize, now: Instant, word: Word) -> Heard {
        let text = self.entries[index].standing.text.clone();
        let wake = self.record(slot, index, now, word.into(), None);
        let publish = self.changed || self.entries[index].standing.text != text;
        Heard { publish, wake }
    }

    pub(crate) fn change_faults(
        &mut self,
        slot: &Slot,
        index: usize,
        now: Instant,
        change: impl FnOnce(&mut Faults),
    ) {
        self.turn(slot, index, now, |entry| change(&mut entry.faults));
    }

    /// Changes an entry, and notes what that means for others.
    fn turn(&mut self, slot: &Slot, index: usize, now: Instant, change: impl FnOnce(&mut Entry)) {
        self.tell_late(slot, index, now);
        let entry = &mut self.entries[index];
        let before = entry.kind(slot);
        change(entry);
        entry.view = None;
        let after = entry.kind(slot);
        if before == after {
            return;
        }
        self.changed = true;
        #[cfg(feature = "metrics")]
        if before.0 != after.0 {
            self.turned.push(Turned {
                name: Arc::clone(&slot.name),
                from: before.0,
                to: after.0,
            });
        }
        if let Some(telling) = entry.told.turn(after, now) {
            self.events.push(entry.event(slot, telling));
        }
        if let Some(due) = entry.told.due() {
            self.sooner |= self.retell.is_none_or(|retell| due < retell);
            self.retell = earliest(self.retell, Some(due));
        }
    }

    /// Tells what was left out of the log, if it has lasted.
    fn tell_late(&mut self, slot: &Slot, index: usize, now: Instant) {
        let entry = &mut self.entries[index];
        let kind = entry.kind(slot);
        if let Some(telling) = entry.told.last(kind, now) {
            self.events.push(entry.event(slot, telling));
        }
    }

    /// Takes in what the clock, the heartbeats and the start-up guards say.
    pub(crate) fn evaluate(&mut self, slots: &[Slot], now: Instant) {
        for (index, slot) in slots.iter().enumerate() {
            let next = match &slot.source {
                source @ (Source::Active { .. }
                | Source::Reporter { .. }
                | Source::Stall { .. }) => self.entries[index].lapse(source, now),
                Source::Heartbeat {
                    pulse,
                    time_to_live,
                } => {
                    let standing = match pulse.life(*time_to_live, now) {
                        Life::Until(expires) => Standing::alive(Some(expires)),
                        Life::Finished => Standing::alive(None),
                        Life::Missed => Standing::missed(),
                    };
                    let entry = &mut self.entries[index];
                    let age = now.saturating_duration_since(pulse.last());
                    entry.checked = SystemTime::now().checked_sub(age);
                    entry.view = None;
                    Some(standing)
                }
            };
            match next {
                Some(next) => self.turn(slot, index, now, |entry| entry.standing = next),
                None => self.tell_late(slot, index, now),
            }
        }
        let late = self.entries.iter().filter_map(|entry| entry.told.due());
        self.retell = late.min();
        let ran = || self.entries.iter().all(|entry| entry.standing.ran);
        self.changed |= self.startup.look(ran, &mut self.events);
    }
}

//! What is known of every component, how it changes with findings and the clock,
//! and how it becomes a snapshot: no lock, no task. May touch `checks`, `report`,
//! and at the root `answer` and `duration`.

mod entry;
mod fault;
mod schedule;
mod snapshot;
mod startup;
mod switches;
mod told;
mod transition;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use entry::Entry;
pub use fault::Fault;
pub(crate) use fault::Faults;
pub(crate) use schedule::{Jitter, jittered, refresh, stall_interval};
pub(crate) use snapshot::Snapshot;
use startup::Startup;
pub(crate) use switches::Switch;
use switches::Switches;
pub(crate) use transition::{Finding, Standing};

use crate::checks::{Hold, Slot, Source};
use crate::report::{Event, InfoValue};

/// What is known.
#[derive(Debug)]
pub(crate) struct State {
    /// In the order of the slots.
    entries: Vec<Entry>,
    switches: Switches,
    startup: Startup,
    info: Arc<[(Arc<str>, InfoValue)]>,
    version: u64,
    changed: bool,
    /// Something fresh waits to be published.
    dirty: bool,
    published: Instant,
    /// A snapshot was made that nobody was told of.
    made: bool,
    events: Vec<Event>,
    /// When an event that was left out is due, or before.
    retell: Option<Instant>,
    /// That is sooner than the publisher knows.
    sooner: bool,
    last_fault: u64,
}

/// What is to be told once the lock is released.
#[derive(Debug)]
pub(crate) struct Effects {
    pub(crate) events: Vec<Event>,
    pub(crate) version: Option<u64>,
    /// A snapshot was made.
    pub(crate) published: bool,
    /// The publisher must look again.
    pub(crate) wake: bool,
}

impl State {
    pub(crate) fn new(
        slots: &[Slot],
        holds: Vec<Arc<Hold>>,
        info: Arc<[(Arc<str>, InfoValue)]>,
        now: Instant,
    ) -> Self {
        let entries = slots.iter().map(|slot| Entry::new(slot, now)).collect();
        Self {
            entries,
            switches: Switches::default(),
            startup: Startup::new(holds),
            info,
            version: 0,
            changed: true,
            dirty: true,
            published: now,
            made: false,
            events: Vec::new(),
            retell: None,
            sooner: false,
            last_fault: 0,
        }
    }

    pub(crate) fn changed(&self) -> bool {
        self.changed
    }

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

    #[cfg(feature = "systemd")]
    pub(crate) fn progress(&self) -> u64 {
        self.startup.progress()
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

    pub(crate) fn fault(&self, index: usize) -> Option<Fault> {
        self.entries[index].faults.current()
    }

    pub(crate) fn next_fault(&mut self) -> u64 {
        self.last_fault += 1;
        self.last_fault
    }

    pub(crate) fn switch(&mut self, switch: Switch, on: bool) {
        let before = self.switches;
        self.switches.set(switch, on);
        if self.switches != before {
            self.changed = true;
            let what = switch.as_str();
            self.events.push(Event::Service { what, on });
        }
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
            self.events.push(Event::Turned {
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
                source @ (Source::Active { .. } | Source::Stall { .. }) => {
                    self.entries[index].lapse(source, now)
                }
                Source::Heartbeat {
                    pulse,
                    time_to_live,
                } => {
                    let standing = pulse
                        .alive_until(*time_to_live, now)
                        .map_or_else(Standing::missed, Standing::alive);
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

    /// When the publisher has to look again.
    pub(crate) fn due(
        &self,
        refresh: Duration,
        pulsing: bool,
        expires: Option<Instant>,
    ) -> Option<Instant> {
        if self.changed {
            return Some(self.published);
        }
        let refreshed = (self.dirty || pulsing).then(|| self.published + refresh);
        earliest(earliest(refreshed, expires), self.retell)
    }

    pub(crate) fn take_events(&mut self) -> Effects {
        Effects {
            events: std::mem::take(&mut self.events),
            version: (!self.changed).then_some(self.version),
            published: std::mem::take(&mut self.made),
            wake: std::mem::take(&mut self.sooner),
        }
    }
}

fn earliest(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    [one, other].into_iter().flatten().min()
}

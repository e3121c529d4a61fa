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
mod turn;

use std::sync::Arc;
use std::time::Duration;

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

use crate::checks::{Hold, Slot};
use crate::report::{Event, InfoValue, Wording};

/// What is known.
#[derive(Debug)]
pub(crate) struct State {
    /// In the order of the slots.
    entries: Vec<Entry>,
    switches: Switches,
    startup: Startup,
    info: Arc<[(Arc<str>, InfoValue)]>,
    wording: Wording,
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
        wording: Wording,
        now: Instant,
    ) -> Self {
        let entries = slots.iter().map(|slot| Entry::new(slot, now)).collect();
        Self {
            entries,
            switches: Switches::default(),
            startup: Startup::new(holds),
            info,
            wording,
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

    #[cfg(feature = "systemd")]
    pub(crate) fn progress(&self) -> u64 {
        self.startup.progress()
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

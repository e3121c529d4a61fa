//! What is known of every component, how it changes with findings and the clock,
//! and how it becomes a snapshot: no lock, no task. May touch `checks`, `report`,
//! and at the root `answer` and `duration`.

mod entry;
mod fault;
mod queue;
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
use queue::Queue;
pub(crate) use schedule::{Jitter, jittered, refresh, stall_interval};
pub(crate) use snapshot::Snapshot;
use startup::Startup;
pub(crate) use switches::Switch;
use switches::Switches;
pub(crate) use transition::{Finding, Standing};

use crate::checks::{Hold, Slot};
#[cfg(feature = "metrics")]
use crate::report::Turned;
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
    events: Queue,
    /// Components that have another status: what is counted.
    #[cfg(feature = "metrics")]
    turned: Vec<Turned>,
    /// When an event that was left out is due, or before.
    retell: Option<Instant>,
    /// That is sooner than the publisher knows.
    sooner: bool,
    last_fault: u64,
}

/// What is to be told once the lock is released.
#[derive(Debug)]
pub(crate) struct Effects {
    /// None while somebody else tells some, who asks for these then.
    pub(crate) events: Vec<Event>,
    #[cfg(feature = "metrics")]
    pub(crate) turned: Vec<Turned>,
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
            events: Queue::default(),
            #[cfg(feature = "metrics")]
            turned: Vec::new(),
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
        let left = self.made || self.events.is_left();
        if self.changed || left {
            return Some(self.published);
        }
        let refreshed = (self.dirty || pulsing).then(|| self.published + refresh);
        earliest(earliest(refreshed, expires), self.retell)
    }

    pub(crate) fn take_effects(&mut self) -> Effects {
        Effects {
            events: self.events.begin(),
            #[cfg(feature = "metrics")]
            turned: std::mem::take(&mut self.turned),
            version: (!self.changed).then_some(self.version),
            published: std::mem::take(&mut self.made),
            wake: std::mem::take(&mut self.sooner),
        }
    }

    /// What the teller of events is to tell next.
    pub(crate) fn more_events(&mut self) -> Vec<Event> {
        self.events.go_on()
    }

    /// The teller of events leaves the rest to the publisher, who is to be woken if
    /// there is any.
    pub(crate) fn leave_events(&mut self) -> bool {
        self.events.leave()
    }

    /// Whoever has told of a snapshot leaves a later one to the publisher.
    pub(crate) fn leave_snapshot(&mut self) {
        self.made = true;
    }
}

fn earliest(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    [one, other].into_iter().flatten().min()
}

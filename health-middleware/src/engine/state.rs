//! What the engine knows, and how it becomes a snapshot.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::{Slot, Source};
use crate::cause::Cause;
use crate::endpoint::Endpoint;
use crate::fault::{Fault, Faults};
use crate::info::InfoValue;
use crate::observe::Event;
use crate::render;
use crate::report::{Component, Report, Verdict};
use crate::snapshot::Snapshot;
use crate::startup::Hold;
use crate::status::Status;
use crate::transition::{Finding, Standing};

/// What the engine knows.
#[derive(Debug)]
pub(crate) struct State {
    /// In the order of the slots.
    entries: Vec<Entry>,
    switches: Switches,
    holds: Vec<Arc<Hold>>,
    started: bool,
    info: Arc<[(Arc<str>, InfoValue)]>,
    version: u64,
    changed: bool,
    /// Something fresh waits to be published.
    dirty: bool,
    published: Instant,
    /// A snapshot was made that nobody was told of.
    made: bool,
    events: Vec<Event>,
    last_fault: u64,
}

/// What turns endpoints whatever the components say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Switches {
    pub(crate) draining: bool,
    pub(crate) maintenance: bool,
    /// Testability: `/health` and `/health/ready`.
    pub(crate) sick: bool,
    pub(crate) sick_live: bool,
    pub(crate) sick_ready: bool,
}

#[derive(Debug)]
struct Entry {
    standing: Standing,
    faults: Faults,
    checked: Option<SystemTime>,
    duration: Option<Duration>,
    /// A stall check's life has been extended once.
    forgiven: bool,
    /// Its view in the next snapshot, if it is up to date.
    view: Option<Arc<Component>>,
}

/// What is to be told once the lock is released.
#[derive(Debug)]
pub(super) struct Effects {
    pub(super) events: Vec<Event>,
    pub(super) version: Option<u64>,
    /// A snapshot was made.
    pub(super) published: bool,
}

impl State {
    pub(super) fn new(
        slots: &[Slot],
        holds: Vec<Arc<Hold>>,
        info: Arc<[(Arc<str>, InfoValue)]>,
        now: Instant,
    ) -> Self {
        let entries = slots
            .iter()
            .map(|slot| Entry {
                standing: match slot.source {
                    Source::Active { .. } => Standing::unknown(),
                    _ => Standing::alive(now + slot.source.life()),
                },
                faults: Faults::default(),
                checked: None,
                duration: None,
                forgiven: false,
                view: None,
            })
            .collect();
        Self {
            entries,
            switches: Switches::default(),
            holds,
            started: false,
            info,
            version: 0,
            changed: true,
            dirty: true,
            published: now,
            made: false,
            events: Vec::new(),
            last_fault: 0,
        }
    }

    pub(super) fn changed(&self) -> bool {
        self.changed
    }

    /// Takes in a finding; says whether the publisher must be woken.
    pub(super) fn record(
        &mut self,
        slot: &Slot,
        index: usize,
        now: Instant,
        finding: Finding,
        took: Option<Duration>,
    ) -> bool {
        let quiet = !self.dirty && !self.changed;
        let life = slot.source.life();
        let entry = &mut self.entries[index];
        let next = entry
            .standing
            .step(now, finding, slot.source.thresholds(), life);
        entry.checked = Some(SystemTime::now());
        entry.duration = took;
        entry.forgiven = false;
        let first = !entry.standing.ran;
        self.turn(slot, index, |entry| entry.standing = next);
        // A first run may complete start-up.
        self.changed |= first;
        self.dirty = true;
        quiet || self.changed
    }

    #[cfg(feature = "systemd")]
    pub(super) fn progress(&self) -> u64 {
        self.holds.iter().map(|hold| hold.progress()).sum()
    }

    pub(super) fn change_faults(
        &mut self,
        slot: &Slot,
        index: usize,
        change: impl FnOnce(&mut Faults),
    ) {
        self.turn(slot, index, |entry| change(&mut entry.faults));
    }

    pub(super) fn fault(&self, index: usize) -> Option<Fault> {
        self.entries[index].faults.current()
    }

    pub(super) fn next_fault(&mut self) -> u64 {
        self.last_fault += 1;
        self.last_fault
    }

    pub(crate) fn switch(&mut self, what: &'static str, set: impl FnOnce(&mut Switches) -> bool) {
        let before = self.switches;
        let on = set(&mut self.switches);
        if self.switches != before {
            self.changed = true;
            self.events.push(Event::Service { what, on });
        }
    }

    /// Replaces computed info fields.
    pub(crate) fn set_info(&mut self, info: Arc<[(Arc<str>, InfoValue)]>) {
        if self.info != info {
            self.info = info;
            self.changed = true;
        }
    }

    /// Changes an entry, and notes what that means for others.
    fn turn(&mut self, slot: &Slot, index: usize, change: impl FnOnce(&mut Entry)) {
        let entry = &mut self.entries[index];
        let (from, cause) = entry.verdict(slot);
        change(entry);
        entry.view = None;
        let (to, next_cause) = entry.verdict(slot);
        if from != to {
            self.events.push(Event::Component {
                name: Arc::clone(&slot.name),
                from,
                to,
                cause: next_cause,
                text: entry.text().cloned(),
            });
        }
        self.changed |= from != to || cause != next_cause;
    }

    /// Takes in what the clock, the heartbeats and the start-up guards say.
    pub(super) fn evaluate(&mut self, slots: &[Slot], now: Instant) {
        for (index, slot) in slots.iter().enumerate() {
            let next = match &slot.source {
                Source::Active { .. } => self.entries[index].standing.expire(now),
                Source::Heartbeat {
                    pulse,
                    time_to_live,
                } => {
                    let standing = pulse.standing(*time_to_live, now);
                    let entry = &mut self.entries[index];
                    let age = now.saturating_duration_since(pulse.last());
                    entry.checked = SystemTime::now().checked_sub(age);
                    entry.view = None;
                    Some(standing)
                }
                Source::Stall { tolerance } => {
                    let entry = &mut self.entries[index];
                    let expired = entry.standing.expire(now);
                    if expired.is_some() && !entry.forgiven {
                        entry.forgiven = true;
                        entry.standing.expires = Some(now + *tolerance);
                        None
                    } else {
                        expired
                    }
                }
            };
            if let Some(next) = next {
                self.turn(slot, index, |entry| entry.standing = next);
            }
        }
        if !self.started {
            let held = self.holds.len();
            self.holds.retain(|hold| !hold.is_released());
            self.changed |= self.holds.len() != held;
            let ran = self.entries.iter().all(|entry| entry.standing.ran);
            if ran && self.holds.is_empty() {
                self.started = true;
                self.changed = true;
                self.events.push(Event::Service {
                    what: "started",
                    on: true,
                });
            }
        }
    }

    /// When the publisher has to look again.
    pub(super) fn due(
        &self,
        refresh: Duration,
        pulsing: bool,
        expires: Option<Instant>,
    ) -> Option<Instant> {
        if self.changed {
            return Some(self.published);
        }
        let refreshed = (self.dirty || pulsing).then(|| self.published + refresh);
        match (refreshed, expires) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// The state as it is, to be published.
    pub(super) fn snapshot(
        &mut self,
        slots: &[Slot],
        now: Instant,
        timestamp: SystemTime,
    ) -> Snapshot {
        self.version += u64::from(self.changed);
        self.changed = false;
        self.dirty = false;
        self.published = now;
        self.made = true;
        let components: Box<[_]> = self
            .entries
            .iter_mut()
            .zip(slots)
            .map(|(entry, slot)| entry.view(slot))
            .collect();
        let expires = self
            .entries
            .iter()
            .filter_map(|entry| entry.standing.expires)
            .min();
        let verdicts = self.verdicts(&components);
        let held = if self.started {
            Box::default()
        } else {
            self.holds
                .iter()
                .map(|hold| Arc::clone(hold.name()))
                .collect()
        };
        let report = Report {
            timestamp,
            order: failing_first(&components),
            components,
            verdicts,
            held,
            info: Arc::clone(&self.info),
            draining: self.switches.draining,
            maintenance: self.switches.maintenance,
        };
        Snapshot::new(Arc::new(report), expires, self.version)
    }

    fn verdicts(&self, components: &[Arc<Component>]) -> [Verdict; 4] {
        let all = Status::worst_of(components.iter().map(|component| component.status));
        let live = Status::worst_of(
            components
                .iter()
                .filter(|component| component.live)
                .map(|component| component.status),
        );
        Endpoint::ALL.map(|endpoint| {
            let (status, cause) = match endpoint {
                Endpoint::Health => (all, self.switches.health()),
                Endpoint::Live => (live, self.switches.live()),
                Endpoint::Ready => (all, self.switches.ready(self.started)),
                Endpoint::Startup => (Status::Healthy, (!self.started).then_some(Cause::Starting)),
            };
            Verdict {
                status: if cause.is_some() {
                    Status::Unhealthy
                } else {
                    status
                },
                cause,
            }
        })
    }

    pub(super) fn take_events(&mut self) -> Effects {
        Effects {
            events: std::mem::take(&mut self.events),
            version: (!self.changed).then_some(self.version),
            published: std::mem::take(&mut self.made),
        }
    }
}

impl Switches {
    fn health(self) -> Option<Cause> {
        self.sick.then_some(Cause::Forced)
    }

    fn live(self) -> Option<Cause> {
        self.sick_live.then_some(Cause::Forced)
    }

    fn ready(self, started: bool) -> Option<Cause> {
        if self.draining {
            Some(Cause::Draining)
        } else if self.maintenance {
            Some(Cause::Maintenance)
        } else if self.sick || self.sick_ready {
            Some(Cause::Forced)
        } else {
            (!started).then_some(Cause::Starting)
        }
    }
}

impl Entry {
    fn is_forced_down(&self) -> bool {
        self.faults.current() == Some(Fault::Down)
    }

    fn verdict(&self, slot: &Slot) -> (Status, Option<Cause>) {
        let (status, cause) = if self.is_forced_down() {
            (Status::Unhealthy, Some(Cause::Forced))
        } else {
            (self.standing.status, self.standing.cause)
        };
        if slot.optional {
            (status.at_most_degraded(), cause)
        } else {
            (status, cause)
        }
    }

    fn text(&self) -> Option<&Arc<str>> {
        self.standing
            .text
            .as_ref()
            .filter(|_| !self.is_forced_down())
    }

    fn view(&mut self, slot: &Slot) -> Arc<Component> {
        if let Some(view) = &self.view {
            return Arc::clone(view);
        }
        let (status, cause) = self.verdict(slot);
        let summary = cause.map(|cause| match (cause, &slot.source) {
            (Cause::TimedOut, Source::Active { timing, .. }) => Cow::Owned(format!(
                "timed out after {}",
                render::duration(timing.timeout)
            )),
            _ => Cow::Borrowed(cause.as_str()),
        });
        let view = Arc::new(Component {
            name: Arc::clone(&slot.name),
            status,
            cause,
            summary,
            text: self.text().cloned(),
            checked: self.checked,
            duration: self.duration,
            optional: slot.optional,
            live: slot.live,
            ran: self.standing.ran,
            answers: Default::default(),
        });
        self.view = Some(Arc::clone(&view));
        view
    }
}

/// Unhealthy, degraded, healthy; within each by name, as they come.
fn failing_first(components: &[Arc<Component>]) -> Box<[u32]> {
    let mut order = Vec::with_capacity(components.len());
    for status in [Status::Unhealthy, Status::Degraded, Status::Healthy] {
        order.extend(
            (0u32..)
                .zip(components)
                .filter(|(_, component)| component.status == status)
                .map(|(index, _)| index),
        );
    }
    order.into_boxed_slice()
}

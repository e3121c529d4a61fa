//! What every probe reads: one immutable value.

use std::sync::Arc;
use std::time::SystemTime;

use tokio::time::Instant;

use super::State;
use crate::answer::Answers;
use crate::checks::Slot;
use crate::report::{Component, Endpoint, Report, Status};

/// A report, with the answers that have been asked of it.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) report: Arc<Report>,
    /// When the first of its components is too old to be believed.
    pub(crate) expires: Option<Instant>,
    /// Counts the changes of state.
    pub(crate) version: u64,
    answers: [Answers; 4],
}

impl Snapshot {
    /// What an endpoint has been asked.
    pub(crate) fn answers(&self, endpoint: Endpoint) -> &Answers {
        &self.answers[endpoint.index()]
    }
}

impl State {
    /// The state as it is, to be published.
    pub(crate) fn snapshot(
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
        let endpoints = self.switches.endpoints(&components, self.startup.cause());
        let report = Report {
            timestamp,
            order: failing_first(&components),
            components,
            endpoints,
            held: self.startup.held(),
            info: Arc::clone(&self.info),
            wording: self.wording,
            draining: self.switches.draining,
            maintenance: self.switches.maintenance,
        };
        Snapshot {
            report: Arc::new(report),
            expires,
            version: self.version,
            answers: Default::default(),
        }
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

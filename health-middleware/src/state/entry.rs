//! What is known of one component, and its part of a report.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::told::{Kind, Telling, Told};
use super::{Fault, Faults, Standing};
use crate::checks::{Slot, Source};
use crate::duration;
use crate::report::{Cause, Component, Event, Status};

/// What is known of one component.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) standing: Standing,
    pub(super) faults: Faults,
    pub(super) checked: Option<SystemTime>,
    pub(super) duration: Option<Duration>,
    /// A stall check's life has been extended once.
    pub(super) forgiven: bool,
    pub(super) told: Told,
    /// Its view in the next snapshot, if it is up to date.
    pub(super) view: Option<Arc<Component>>,
}

impl Entry {
    pub(super) fn new(slot: &Slot, now: Instant) -> Self {
        let standing = match &slot.source {
            Source::Active { .. } | Source::Reporter { .. } => Standing::unknown(),
            source => Standing::alive(source.life().map(|life| now + life)),
        };
        let mut entry = Self {
            told: Told::nothing((standing.status, standing.cause)),
            standing,
            faults: Faults::default(),
            checked: None,
            duration: None,
            forgiven: false,
            view: None,
        };
        // Of an optional component it is less.
        entry.told = Told::nothing(entry.kind(slot));
        entry
    }

    /// What time alone makes of it at `now`, if anything.
    pub(super) fn lapse(&mut self, source: &Source, now: Instant) -> Option<Standing> {
        let expired = self.standing.expire(now)?;
        match source {
            // Whoever wakes before the timer after a suspension.
            Source::Stall { tolerance } if !self.forgiven => {
                self.forgiven = true;
                self.standing.expires = Some(now + *tolerance);
                None
            }
            _ => Some(expired),
        }
    }

    fn is_forced_down(&self) -> bool {
        self.faults.current() == Some(Fault::Down)
    }

    /// What counts, faults and all.
    pub(super) fn kind(&self, slot: &Slot) -> Kind {
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

    /// What the log is told of it as it is.
    pub(super) fn event(&self, slot: &Slot, telling: Telling) -> Event {
        let (to, cause) = self.kind(slot);
        Event::Component {
            name: Arc::clone(&slot.name),
            from: telling.from,
            to,
            cause,
            text: self.text().cloned(),
            left_out: telling.left_out,
        }
    }

    fn text(&self) -> Option<&Arc<str>> {
        self.standing
            .text
            .as_ref()
            .filter(|_| !self.is_forced_down())
    }

    /// Its part of a report, made once for each change.
    pub(super) fn view(&mut self, slot: &Slot) -> Arc<Component> {
        if let Some(view) = &self.view {
            return Arc::clone(view);
        }
        let (status, cause) = self.kind(slot);
        let summary = cause.map(|cause| match (cause, &slot.source) {
            (Cause::TimedOut, Source::Active { timing, .. }) => Cow::Owned(format!(
                "timed out after {}",
                duration::in_words(timing.timeout)
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
            scope: slot.scope,
            #[cfg(feature = "systemd")]
            runs: matches!(slot.source, Source::Active { .. }),
            ran: self.standing.ran,
            answers: Default::default(),
        });
        self.view = Some(Arc::clone(&view));
        view
    }
}

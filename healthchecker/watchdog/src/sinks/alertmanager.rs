//! Alertmanager, which is told what is down again and again: the alerts, and when they are told, pure.

mod alert;
mod rounds;

use std::collections::{BTreeMap, BTreeSet};

use crate::watches::{Event, Key, Millis, Now, State};

pub(super) use alert::test;
use alert::{Alert, Told};
pub use rounds::Rounds;

/// Behind the base of its URL.
pub(super) const PATH: &str = "/api/v2/alerts";

/// Everything is told once in so long.
const EVERY: Millis = 60_000;

/// What has changed is told so long after the first of it, with what comes meanwhile.
const SOON: Millis = 1_000;

/// What is told to be down is held to be for so long: four rounds, of which three may fail.
const LASTS: Millis = 240_000;

/// What is over is told for so long.
const OVER_FOR: Millis = 300_000;

/// There are no more alerts of single watches, and no more that are over. What else is down is one alert
/// with a count.
const MOST: usize = 10_000;

/// So many alerts are in one request.
const BATCH: usize = 1_000;

/// What one Alertmanager is told.
#[derive(Debug)]
pub(super) struct Alerts {
    /// What the names begin with of which it is told: by that it tells its count from others'.
    prefix: Box<str>,
    most: usize,
    down: BTreeMap<Key, Alert>,
    /// What is down, too, when there are as many alerts as there may be.
    unnamed: BTreeMap<Key, Alert>,
    /// What was down, and when that was over; and the same by age.
    over: BTreeMap<Key, (Alert, Millis)>,
    ages: BTreeSet<(Millis, Key)>,
    /// Of these it has not been told yet.
    changed: BTreeSet<Key>,
    /// Since when there are such, and when everything is told next; by the clock that does not step.
    changed_at: Option<Millis>,
    all_at: Millis,
}

impl Alerts {
    /// Nothing is down. Everything is told first at `now`, by the clock that does not step.
    pub(super) fn new(prefix: &str, now: Millis) -> Self {
        Self {
            prefix: prefix.into(),
            most: MOST,
            down: BTreeMap::new(),
            unnamed: BTreeMap::new(),
            over: BTreeMap::new(),
            ages: BTreeSet::new(),
            changed: BTreeSet::new(),
            changed_at: None,
            all_at: now,
        }
    }

    /// It was down already.
    pub(super) fn found(&mut self, key: &Key, alert: Alert) {
        let named = if self.down.len() < self.most {
            &mut self.down
        } else {
            &mut self.unnamed
        };
        named.insert(key.clone(), alert);
    }

    /// Something has happened to a watch. `now`: by the clock that does not step.
    pub(super) fn happened(&mut self, event: &Event, now: Millis) {
        let is_released = matches!(event.from, State::Paused | State::Maintenance);
        if !event.to.is_down() {
            self.ends(&event.key, event.at, now);
        } else if let Some(alert) = self.alert(&event.key) {
            // The same episode: labels and beginning stay.
            if event.from != event.to {
                alert.state = event.to;
                if !event.reason.is_empty() {
                    alert.reason.clone_from(&event.reason);
                }
                self.change(&event.key, now);
            }
        } else if event.is_told || is_released {
            // What goes down while it is held is not told.
            let alert = Alert {
                since: event.at,
                state: event.to,
                reason: event.reason.clone(),
            };
            if let Some((_, at)) = self.over.remove(&event.key) {
                self.ages.remove(&(at, event.key.clone()));
            }
            self.found(&event.key, alert);
            self.change(&event.key, now);
        }
    }

    fn alert(&mut self, key: &Key) -> Option<&mut Alert> {
        let unnamed = &mut self.unnamed;
        self.down.get_mut(key).or_else(|| unnamed.get_mut(key))
    }

    fn ends(&mut self, key: &Key, at: Millis, now: Millis) {
        self.unnamed.remove(key);
        let Some(alert) = self.down.remove(key) else {
            return;
        };
        self.over.insert(key.clone(), (alert, at));
        self.ages.insert((at, key.clone()));
        self.change(key, now);
        // The oldest end by themselves where they are not told again.
        if self.over.len() > self.most
            && let Some((_, oldest)) = self.ages.pop_first()
        {
            self.over.remove(&oldest);
        }
        if let Some((next, alert)) = self.unnamed.pop_first() {
            self.change(&next, now);
            self.down.insert(next, alert);
        }
    }

    fn change(&mut self, key: &Key, now: Millis) {
        self.changed.insert(key.clone());
        self.changed_at.get_or_insert(now);
    }

    /// When something is to be told next, by the clock that does not step.
    pub(super) fn due(&self) -> Millis {
        let soon = self.changed_at.map(|at| at.saturating_add(SOON));
        soon.map_or(self.all_at, |soon| soon.min(self.all_at))
    }

    /// What is told now, request by request; nothing, if it is not due.
    pub(super) fn take(&mut self, now: Now) -> Vec<Vec<Told>> {
        if self.due() > now.mono {
            return Vec::new();
        }
        let changed = std::mem::take(&mut self.changed);
        self.changed_at = None;
        let mut told: Vec<Told> = Vec::new();
        if self.all_at <= now.mono {
            self.all_at = now.mono.saturating_add(EVERY);
            while let Some((at, key)) = self.ages.first()
                && now.wall.saturating_sub(*at) >= OVER_FOR
            {
                self.over.remove(key);
                self.ages.pop_first();
            }
            told.extend(
                self.down
                    .iter()
                    .map(|(key, alert)| alert.told(key, now.wall)),
            );
            let over = self.over.iter();
            told.extend(over.map(|(key, (alert, at))| alert.told_over(key, *at)));
            if !self.unnamed.is_empty() {
                told.push(Told::unnamed(&self.prefix, self.unnamed.len(), now.wall));
            }
        } else {
            told.extend(changed.iter().filter_map(|key| {
                let over = || {
                    self.over
                        .get(key)
                        .map(|(alert, at)| alert.told_over(key, *at))
                };
                let down = self.down.get(key).map(|alert| alert.told(key, now.wall));
                down.or_else(over)
            }));
        }
        let mut told = told.into_iter().peekable();
        let mut batches = Vec::new();
        while told.peek().is_some() {
            batches.push(told.by_ref().take(BATCH).collect());
        }
        batches
    }
}

#[cfg(test)]
mod tests;

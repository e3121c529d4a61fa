//! Who hears of what.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::Type;
use crate::watches::{Event, Key, Namespace, State, covers};

/// A sink that is told of each transition once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sink {
    /// Its name.
    pub name: Arc<str>,
    /// The names of which it is told, by whole labels; empty: all.
    pub prefix: Box<str>,
    /// The namespaces of which it is told.
    pub namespaces: BTreeSet<Namespace>,
    /// Of what it is told.
    pub events: BTreeSet<Type>,
    /// A hash of its URL: with another one it is another sink.
    pub mark: [u8; 32],
}

/// Of which watches somebody hears, and what.
#[derive(Clone, Debug)]
pub(super) enum Scope {
    Sink(Sink),
    Monitor {
        prefix: Box<str>,
        authority: Box<str>,
    },
    /// Nothing: it is no longer configured.
    Nobody,
}

impl Scope {
    pub(super) fn hears(&self, key: &Key, kind: Type) -> bool {
        match self {
            Self::Sink(sink) => sink.hears(key, kind),
            Self::Monitor { prefix, authority } => {
                is_for_monitors(key, kind)
                    && key.name().starts_with(&**prefix)
                    && covers(authority, key.name())
            }
            Self::Nobody => false,
        }
    }

    pub(super) fn mark(&self) -> [u8; 32] {
        match self {
            Self::Sink(sink) => sink.mark,
            _ => [0; 32],
        }
    }
}

impl Sink {
    fn hears(&self, key: &Key, kind: Type) -> bool {
        if !self.events.contains(&kind) || !self.namespaces.contains(&key.namespace()) {
            return false;
        }
        // An instance of a service is covered as the service is.
        let name = match key.namespace() {
            Namespace::Registry => key.name().split('\u{1f}').next().unwrap_or_default(),
            _ => key.name(),
        };
        covers(&self.prefix, name)
    }
}

fn is_for_monitors(key: &Key, kind: Type) -> bool {
    key.namespace() == Namespace::Named && matches!(kind, Type::Down | Type::Up | Type::GaveUp)
}

impl Type {
    /// Of what others are told when this has happened; `None`: of nothing.
    pub fn of(event: &Event) -> Option<Self> {
        if !event.is_told {
            None
        } else if event.opens() {
            Some(Self::Down)
        } else if event.closes() {
            Some(Self::Up)
        } else if event.from == event.to {
            None
        } else {
            match event.to {
                State::Late => Some(Self::Late),
                State::Restarting => Some(Self::Restarted),
                State::GaveUp => Some(Self::GaveUp),
                _ => None,
            }
        }
    }
}

/// Monitors by their prefixes: there may be many, and each transition looks for its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Monitors {
    /// With the authority that covers them, and the number of the queue.
    by_prefix: HashMap<Box<str>, Vec<(Box<str>, u64)>>,
    /// How many prefixes there are of each length.
    lengths: BTreeMap<usize, usize>,
}

impl Monitors {
    pub(super) fn insert(&mut self, prefix: &str, authority: &str, queue: u64) {
        let found = self.by_prefix.entry(prefix.into()).or_default();
        if found.is_empty() {
            *self.lengths.entry(prefix.len()).or_default() += 1;
        }
        found.push((authority.into(), queue));
    }

    pub(super) fn remove(&mut self, prefix: &str, queue: u64) {
        let Some(found) = self.by_prefix.get_mut(prefix) else {
            return;
        };
        found.retain(|(_, other)| *other != queue);
        if !found.is_empty() {
            return;
        }
        self.by_prefix.remove(prefix);
        if let Some(count) = self.lengths.get_mut(&prefix.len()) {
            *count -= 1;
            if *count == 0 {
                self.lengths.remove(&prefix.len());
            }
        }
    }

    pub(super) fn hearers(&self, key: &Key, kind: Type, into: &mut Vec<u64>) {
        if self.by_prefix.is_empty() || !is_for_monitors(key, kind) {
            return;
        }
        let name = key.name();
        for &length in self.lengths.range(..=name.len()).map(|(length, _)| length) {
            let Some(found) = name
                .get(..length)
                .and_then(|prefix| self.by_prefix.get(prefix))
            else {
                continue;
            };
            let covering = found
                .iter()
                .filter(|(authority, _)| covers(authority, name));
            into.extend(covering.map(|(_, queue)| *queue));
        }
    }
}

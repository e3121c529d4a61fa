//! Room among those who are asked.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::AT_ONCE;
use crate::dialects::registry::Check;
use crate::watches::Key;

/// What part of a thread each takes if all of them hang, in thousandths. With more than there are, some
/// would wait for their turn until they are down.
#[derive(Debug, Default)]
pub(crate) struct Places(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    shares: HashMap<Key, u64>,
    taken: u64,
}

/// A place that has been taken before it is certain that it is needed.
#[derive(Debug)]
pub(crate) struct Taken<'a> {
    places: &'a Places,
    key: Key,
    before: Option<u64>,
}

impl Places {
    /// Takes room for a check, in the place of the one that the instance has; `None`: there is none.
    pub(crate) fn reserve(&self, key: &Key, check: &Check) -> Option<Taken<'_>> {
        let mut state = self.state();
        let before = state.shares.get(key).copied();
        let rest = state.taken - before.unwrap_or(0);
        if rest + check.share() > 1_000 * AT_ONCE as u64 {
            return None;
        }
        state.set(key, Some(check.share()));
        Some(Taken {
            places: self,
            key: key.clone(),
            before,
        })
    }

    /// It is asked, whether there is room or not.
    pub(super) fn take(&self, key: &Key, share: u64) {
        self.state().set(key, Some(share));
    }

    /// It is not asked.
    pub(super) fn leave(&self, key: &Key) {
        self.state().set(key, None);
    }

    /// None but these are asked.
    pub(super) fn keep(&self, is_there: impl Fn(&Key) -> bool) {
        let mut state = self.state();
        state.shares.retain(|key, _| is_there(key));
        state.taken = state.shares.values().sum();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that could panic runs under it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn set(&mut self, key: &Key, share: Option<u64>) {
        let before = match share {
            Some(share) => self.shares.insert(key.clone(), share),
            None => self.shares.remove(key),
        };
        self.taken = self.taken + share.unwrap_or(0) - before.unwrap_or(0);
    }
}

impl Taken<'_> {
    /// It was not registered.
    pub(crate) fn give_back(self) {
        self.places.state().set(&self.key, self.before);
    }
}

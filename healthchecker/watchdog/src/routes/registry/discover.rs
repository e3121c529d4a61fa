use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::yield_now;

use super::listing::{Listed, PIECE, Write, list};
use crate::dialects::registry::{self, Health, Shown, Strategy};
use crate::routes::sent::Reply;
use crate::routes::{House, Routes, random};
use crate::watches::{Key, Millis, Namespace, State};

/// Of so many services it is known whose turn it is.
const MOST_TURNS: usize = 10_000;

/// How often was chosen of each service.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<HashMap<Box<str>, u64>>);

impl Turns {
    fn next(&self, service: &str) -> u64 {
        // No code that could panic runs under it.
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get_mut(service) {
            *turn = turn.wrapping_add(1);
            return *turn;
        }
        // Whoever begins anew loses nothing but its turn.
        if turns.len() == MOST_TURNS {
            turns.clear();
        }
        turns.insert(service.into(), 0);
        0
    }
}

/// An instance as it was when it was looked at.
pub(super) struct Found {
    key: Key,
    payload: Arc<str>,
    last: Millis,
    state: State,
}

impl Found {
    /// `None`: it is none that registered.
    pub(super) fn shown(&self) -> Option<Shown<'_>> {
        Shown::new(&self.key, &self.payload, self.last, self.state)
    }
}

/// The instances whose names begin so, a piece at a time: what happens to one after it was looked at is in
/// the feed.
pub(super) struct Pieces {
    prefix: String,
    after: Option<String>,
    most: usize,
}

impl Pieces {
    /// Those of a service, or all.
    pub(super) fn of(service: Option<&str>, most: usize) -> Self {
        Self {
            prefix: service.map(Key::of_service).unwrap_or_default(),
            after: Some(String::new()),
            most,
        }
    }

    /// The next of them; `None`: there are no more.
    pub(super) fn next(&mut self, house: &House) -> Option<Vec<Found>> {
        let after = self.after.take()?;
        let found: Vec<_> = house.owner.read(|desk, now| {
            let watches = desk.table.after(Namespace::Registry, &self.prefix, &after);
            let found = watches.take(self.most).map(|watch| Found {
                key: watch.key.clone(),
                payload: watch
                    .extra
                    .as_deref()
                    .map(|extra| Arc::clone(&extra.payload))
                    .unwrap_or_default(),
                last: watch.heard(now),
                state: watch.shown(),
            });
            found.collect()
        });
        if found.len() == self.most {
            self.after = found.last().map(|found| found.key.name().to_owned());
        }
        Some(found)
    }
}

impl Routes {
    pub(super) async fn discover(&self, service: &str, strategy: Option<Strategy>) -> Reply {
        let Some(strategy) = strategy else {
            let healthy: Write = |shown| (shown.health == Health::Healthy).then(|| shown.json());
            return match list(&self.house, Some(service), healthy).await {
                Listed::Some(reply) => reply,
                Listed::NoneFit => registry::none_healthy(service).into(),
                Listed::None => registry::none_registered(service).into(),
            };
        };
        let mut pieces = Pieces::of(Some(service), PIECE);
        let mut is_known = false;
        let (mut healthy, mut weights) = (Vec::new(), Vec::new());
        while let Some(piece) = pieces.next(&self.house) {
            for found in piece {
                let Some(shown) = found.shown() else {
                    continue;
                };
                is_known = true;
                if shown.health == Health::Healthy {
                    weights.push(shown.service.weight.unwrap_or(1));
                    healthy.push(found);
                }
            }
            if pieces.after.is_some() {
                yield_now().await;
            }
        }
        if !is_known {
            return registry::none_registered(service).into();
        }
        let turn = self.house.registry.turns.next(service);
        let random = random().unwrap_or_default();
        let at = registry::choose(strategy, &weights, turn, random);
        match at.and_then(|at| healthy[at].shown()) {
            Some(shown) => registry::discovered(format!("[{}]\n", shown.json()).into()).into(),
            None => registry::none_healthy(service).into(),
        }
    }
}

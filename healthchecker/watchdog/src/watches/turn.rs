//! One watch on which something is done: how it enters a state, what is said and kept of it.

use std::sync::Arc;

use super::command::{Change, Effects, Event, Instance};
use super::name::Namespace;
use super::state::State;
use super::watch::{Now, Watch};

/// One watch on which something is done, and what comes of it.
pub(super) struct Turn<'a> {
    pub(super) watch: &'a mut Watch,
    pub(super) now: Now,
    pub(super) effects: &'a mut Effects,
}

impl Turn<'_> {
    /// The watch enters another state. Episodes are opened, closed and counted here and nowhere else.
    pub(super) fn become_state(&mut self, to: State, reason: Box<str>, body: Box<[u8]>) {
        let Now { mono, .. } = self.now;
        let watch = &mut *self.watch;
        let from = watch.state;
        let is_held = watch.hold().is_some();
        if from.is_down() {
            let open = mono.saturating_sub(watch.since);
            watch.down_before = watch.down_before.saturating_add_unsigned(open);
        }
        let mut is_told = !is_held;
        match (from.is_down(), to.is_down()) {
            (false, true) => {
                watch.episode = watch.episode.saturating_add(1);
                if is_held {
                    watch.extra().is_untold = true;
                }
            }
            // Whoever has heard of its beginning hears of the end, whether it is held or not.
            (true, false) => {
                let is_untold = watch.extra().is_untold;
                watch.extra().is_untold = false;
                is_told = !is_untold;
            }
            _ => {}
        }
        watch.state = to;
        watch.since = mono;
        if *reason != *watch.reason() {
            watch.extra().reason.clone_from(&reason);
        }
        self.event(from, to, reason, body, is_told);
    }

    pub(super) fn event(
        &mut self,
        from: State,
        to: State,
        reason: Box<str>,
        body: Box<[u8]>,
        is_told: bool,
    ) {
        let instance = (self.watch.key.namespace() == Namespace::Registry).then(|| {
            let extra = self.watch.extra.as_deref();
            Arc::new(Instance {
                payload: extra
                    .map(|extra| Arc::clone(&extra.payload))
                    .unwrap_or_default(),
                last: self.watch.heard(self.now),
                state: self.watch.shown(),
            })
        });
        self.effects.events.push(Event {
            id: self.watch.id,
            key: self.watch.key.clone(),
            at: self.now.wall,
            episode: self.watch.episode,
            from,
            to,
            reason,
            body,
            is_told,
            instance,
        });
    }

    pub(super) fn put(&mut self) {
        self.watch.tidy();
        let watch = Box::new(self.watch.clone());
        self.effects.changes.push(Change::Put(watch));
    }
}

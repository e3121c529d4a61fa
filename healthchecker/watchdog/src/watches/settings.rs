//! What the configuration, an owner or an instance says of a watch.

use std::sync::Arc;

use super::absence::PATIENCE;
use super::command::Settings;
use super::state::{Kind, State};
use super::turn::Turn;
use super::watch::{NEVER, Now};

impl Turn<'_> {
    /// What it says of itself anew is news to whoever follows it, also where its state stays.
    pub(super) fn register(&mut self, timeout: u64, grace: u64, payload: Arc<str>) {
        let is_new = self.watch.state == State::New;
        let is_other = *payload != *self.watch.payload();
        if is_other {
            self.watch.extra().payload = payload;
        }
        self.kick(Some(timeout), Some(grace), None, Box::default());
        if is_other && !is_new {
            self.change();
            self.put();
        }
    }

    /// Its payload is another one, and nothing else has happened.
    fn change(&mut self) {
        let state = self.watch.shown();
        self.event(state, state, Box::default(), Box::default(), false);
    }

    pub(super) fn configure(&mut self, settings: Settings) {
        let before = self.watch.clone();
        let Now { mono, .. } = self.now;
        let watch = &mut *self.watch;
        let mut is_in_time = false;
        if let Some(timeout) = settings.timeout.filter(|&timeout| timeout != watch.timeout) {
            // What was promised to its last kick holds; a shorter one begins now.
            if timeout > watch.timeout {
                if matches!(watch.state, State::Up | State::Late) {
                    watch.deadline = watch.deadline.max(watch.last.saturating_add(timeout));
                    is_in_time = watch.deadline > mono;
                }
            } else if watch.state == State::Up && !settings.is_at_start {
                watch.deadline = watch.deadline.min(mono.saturating_add(timeout));
            }
            watch.timeout = timeout;
        }
        watch.grace = settings.grace.unwrap_or(watch.grace);
        if watch.state == State::New {
            match settings.first {
                // An absence may have moved the deadline: what it left is not taken back.
                Some(first) => {
                    let least = mono.saturating_add(first.min(watch.timeout).min(PATIENCE));
                    let due = watch.since.saturating_add(first);
                    watch.deadline = due.max(watch.deadline.min(least));
                }
                None if settings.is_at_start => watch.deadline = NEVER,
                None => {}
            }
        }
        if let Some(open_to) = settings.open_to {
            watch.extra().open_to = open_to;
        }
        if let Some(labels) = settings.labels {
            watch.extra().labels = labels;
        }
        if let Some(payload) = settings.payload {
            watch.extra().payload = payload;
        }
        watch.tidy();
        if before.payload() != watch.payload() && watch.kind == Kind::Instance {
            self.change();
        }
        let watch = &mut *self.watch;
        if is_in_time && watch.state == State::Late {
            (watch.state, watch.since) = (State::Up, mono);
            self.event(
                State::Late,
                State::Up,
                Box::default(),
                Box::default(),
                false,
            );
        }
        if before != *self.watch {
            self.put();
        }
    }
}

//! What is done to one watch.

use super::absence::Absence;
use super::command::{Change, Deed, Outcome, Sweep};
use super::name::Namespace;
use super::state::State;
use super::turn::Turn;
use super::watch::{Hold, LONGEST_TIMEOUT, Now, Run, Watch, timeout};

impl Turn<'_> {
    /// Does it. All is refused, or all is done.
    pub(super) fn take(&mut self, deed: Deed) -> Outcome {
        if !is_within_bounds(&deed) {
            return Outcome::Bounds;
        }
        match deed {
            Deed::Kick {
                timeout,
                grace,
                rid,
                body,
            } => self.kick(timeout, grace, rid, body),
            Deed::Fault { reason, body } => self.fault(reason, body),
            Deed::Start { rid } => {
                let at = self.now.mono;
                self.watch.extra().run = Some(Run { at, rid });
                self.put();
            }
            Deed::Log { body } => self.say(body),
            Deed::Configure(settings) => self.configure(settings),
            Deed::Register {
                timeout,
                grace,
                payload,
            } => self.register(timeout, grace, payload),
            Deed::Restart { grace } => {
                if self.watch.state != State::Timeout || self.watch.hold().is_some() {
                    return Outcome::Unfit;
                }
                self.watch.deadline = self.now.mono.saturating_add(grace);
                self.become_state(State::Restarting, Box::default(), Box::default());
                self.put();
            }
            Deed::GiveUp { reason } => {
                let is_fit = matches!(self.watch.state, State::Timeout | State::Restarting);
                if !is_fit || self.watch.hold().is_some() {
                    return Outcome::Unfit;
                }
                self.become_state(State::GaveUp, reason, Box::default());
                self.put();
            }
            Deed::Sweep(sweep) => self.sweep(sweep),
        }
        Outcome::Done(1)
    }

    pub(super) fn kick(
        &mut self,
        timeout: Option<u64>,
        grace: Option<u64>,
        rid: Option<u128>,
        body: Box<[u8]>,
    ) {
        let Now { mono, wall } = self.now;
        let watch = &mut *self.watch;
        let before = (watch.timeout, watch.grace, watch.run());
        watch.timeout = timeout.unwrap_or(watch.timeout);
        watch.grace = grace.unwrap_or(watch.grace);
        // While it was down nobody waited for a run: one that is overdue would end its being up at once.
        if watch.run().is_some_and(|run| {
            let is_its_own = rid.is_none() || rid == run.rid;
            is_its_own || watch.state.is_down() && run.at.saturating_add(watch.grace) <= mono
        }) {
            watch.extra().run = None;
        }
        watch.last = mono;
        if watch.key.namespace() == Namespace::Registry
            && let Some(extra) = watch
                .extra
                .as_deref_mut()
                .filter(|extra| !extra.payload.is_empty())
        {
            extra.heard = wall;
        }
        watch.deadline = mono.saturating_add(watch.timeout);
        let is_more = before != (watch.timeout, watch.grace, watch.run());
        if watch.state != State::Up {
            self.become_state(State::Up, Box::default(), body);
            self.put();
        } else {
            self.say(body);
            if is_more {
                self.put();
            } else {
                let &mut Watch { id, deadline, .. } = self.watch;
                let at = mono;
                self.effects.changes.push(Change::Kick { id, at, deadline });
            }
        }
    }

    fn fault(&mut self, reason: Box<str>, body: Box<[u8]>) {
        let was_running = self.watch.run().is_some();
        if was_running {
            self.watch.extra().run = None;
        }
        if self.watch.state != State::Fault {
            self.become_state(State::Fault, reason, body);
            self.put();
            return;
        }
        // Another reason is the same episode.
        self.say(body);
        if was_running || *reason != *self.watch.reason() {
            self.watch.extra().reason = reason;
            self.put();
        }
    }

    /// What came with something that changes no state.
    fn say(&mut self, body: Box<[u8]>) {
        if !body.is_empty() {
            let state = self.watch.state;
            self.event(state, state, Box::default(), body, false);
        }
    }

    pub(super) fn sweep(&mut self, sweep: Sweep) {
        match sweep {
            Sweep::Hold {
                is_maintenance,
                until,
            } => self.hold(is_maintenance, until),
            Sweep::Release => self.release(),
            Sweep::Clear => {
                let open = if self.watch.state.is_down() {
                    self.now.mono.saturating_sub(self.watch.since)
                } else {
                    0
                };
                self.watch.down_before = 0_i64.saturating_sub_unsigned(open);
                self.put();
            }
            Sweep::Retire => {
                let from = self.watch.state;
                let is_told = !self.watch.extra().is_untold;
                self.event(
                    from,
                    State::Retired,
                    Box::default(),
                    Box::default(),
                    is_told,
                );
            }
        }
    }

    fn hold(&mut self, is_maintenance: bool, until: u64) {
        let from = self.watch.hold().map_or(self.now.mono, |hold| hold.from);
        let before = self.watch.shown();
        self.watch.extra().hold = Some(Hold {
            is_maintenance,
            from,
            until,
        });
        let shown = self.watch.shown();
        if shown != before {
            self.event(before, shown, Box::default(), Box::default(), false);
        }
        self.put();
    }

    /// What was due while it was held has its time again; what went down in it is told now.
    pub(super) fn release(&mut self) {
        let Some(hold) = self.watch.hold() else {
            return;
        };
        let before = self.watch.shown();
        let is_told = {
            let extra = self.watch.extra();
            extra.hold = None;
            std::mem::take(&mut extra.is_untold)
        };
        let held = Absence {
            from: hold.from,
            to: self.now.mono,
        };
        held.excuse(self.watch);
        let reason = Box::from(self.watch.reason());
        let state = self.watch.state;
        self.event(before, state, reason, Box::default(), is_told);
        self.put();
    }
}

fn is_within_bounds(deed: &Deed) -> bool {
    let is_timeout = |millis: Option<u64>| millis.is_none_or(|millis| timeout(millis).is_some());
    let is_span = |millis: Option<u64>| millis.is_none_or(|millis| millis <= LONGEST_TIMEOUT);
    match deed {
        Deed::Kick { timeout, grace, .. } => is_timeout(*timeout) && is_span(*grace),
        Deed::Configure(settings) => {
            is_timeout(settings.timeout) && is_span(settings.grace) && is_span(settings.first)
        }
        Deed::Register { timeout, grace, .. } => {
            is_timeout(Some(*timeout)) && is_span(Some(*grace))
        }
        Deed::Restart { grace } => is_span(Some(*grace)),
        _ => true,
    }
}

//! The transitions: what each event makes of a machine.

use std::time::Duration;

use super::ending::KILLED;
use super::event::{Effect, Event, Told};
use super::machine::{Machine, Phase};
use crate::words;

impl Machine {
    /// What the event makes of the machine, and what is to be done, in this order.
    pub fn step(&mut self, now: Duration, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        let todo = &mut effects;
        match event {
            Event::Started if self.phase == Phase::Waiting => self.started(now, todo),
            Event::NotStarted(end) if self.phase == Phase::Waiting => {
                let code = end.code;
                todo.push(Effect::Tell(Told::NotStarted { end }));
                self.over(code, todo);
            }
            Event::Started | Event::NotStarted(_) => {}
            Event::Exited(end) => self.exited(end, todo),
            Event::Gone => self.gone(now, todo),
            Event::Verdict { round, result } => self.verdict(now, round, result, todo),
            Event::Ready => match self.phase {
                Phase::Starting if self.plan.notify.is_some() => self.ready(now, todo),
                Phase::Reloading => {
                    self.phase = Phase::Up;
                    todo.push(Effect::Tell(Told::Reloaded));
                }
                _ => {}
            },
            Event::Reloading => {
                if self.phase == Phase::Up {
                    self.phase = Phase::Reloading;
                    todo.push(Effect::Tell(Told::Reloading));
                }
            }
            Event::Stopping => {
                if self.is_watched() {
                    self.leave(None, todo);
                    self.limit = self.plan.notify.map(|notify| now + notify.start_timeout);
                }
            }
            Event::Kick => {
                if self.is_ready() && self.plan.notify.is_some() {
                    self.feed(now);
                    if self.is_well() {
                        todo.push(Effect::Tell(Told::Alive));
                    }
                }
            }
            Event::Trigger => {
                if self.is_watched() {
                    self.silent(
                        now,
                        String::from("it asked for it by WATCHDOG=trigger"),
                        todo,
                    );
                }
            }
            Event::Period(watchdog) => {
                self.watchdog = watchdog;
                if self.is_ready() {
                    self.feed(now);
                }
            }
            Event::Extend(more) => self.extend(now + more),
            Event::Asked(signal) => self.asked(signal, todo),
            Event::Due => self.due_now(now, todo),
            Event::Absent => self.absent(now, todo),
        }
        effects
    }

    fn started(&mut self, now: Duration, todo: &mut Vec<Effect>) {
        self.phase = Phase::Starting;
        self.started = now;
        self.limit = self.plan.notify.map(|notify| now + notify.start_timeout);
        self.watchdog = Machine::watchdog(self);
        self.stop_watching();
        self.first_round(now);
        self.end = None;
        todo.push(Effect::Tell(Told::Started));
    }

    pub(super) fn ready(&mut self, now: Duration, todo: &mut Vec<Effect>) {
        self.phase = Phase::Up;
        self.limit = None;
        self.feed(now);
        self.spent.ready();
        let after = now.saturating_sub(self.started);
        todo.push(Effect::Tell(Told::Ready { after }));
    }

    /// The next kick has a whole period again.
    fn feed(&mut self, now: Duration) {
        let is_awaited = self.plan.notify.is_some() && !self.watchdog.is_zero();
        self.kick = is_awaited.then(|| now.saturating_add(self.watchdog));
    }

    /// Deadlines that the command may move are not before `until`. What is judged to hang may not.
    fn extend(&mut self, until: Duration) {
        let deadline = match self.phase {
            Phase::Starting | Phase::Leaving => &mut self.limit,
            Phase::Up | Phase::Reloading => &mut self.kick,
            _ => return,
        };
        *deadline = deadline.map(|deadline| deadline.max(until));
    }

    fn leave(&mut self, asked: Option<i32>, todo: &mut Vec<Effect>) {
        self.phase = Phase::Leaving;
        self.limit = None;
        self.stop_watching();
        todo.push(Effect::Tell(Told::Stopping { asked }));
    }

    fn asked(&mut self, signal: i32, todo: &mut Vec<Effect>) {
        let is_first = self.asked.replace(signal).is_none();
        match self.phase {
            Phase::Starting | Phase::Up | Phase::Reloading => self.leave(Some(signal), todo),
            // Whoever asks has a limit of his own.
            Phase::Leaving => self.limit = None,
            Phase::Stopping | Phase::Killing if is_first => {
                todo.push(Effect::Tell(Told::Stopping {
                    asked: Some(signal),
                }));
            }
            Phase::Stopping | Phase::Killing => {}
            Phase::Waiting => {
                todo.push(Effect::Tell(Told::Stopping {
                    asked: Some(signal),
                }));
                let signal = u8::try_from(signal).unwrap_or_default();
                return self.over(128_u8.saturating_add(signal), todo);
            }
            Phase::Over => return,
        }
        todo.push(Effect::Forward(signal));
    }

    /// What the phase's deadlines ask for when their time has come.
    fn due_now(&mut self, now: Duration, todo: &mut Vec<Effect>) {
        let has_come = |deadline: Option<Duration>| deadline.is_some_and(|at| now >= at);
        if has_come(self.limit) {
            let limit = self.limit.take().unwrap_or(now);
            return self.limit_reached(now, limit, todo);
        }
        if has_come(self.kick) {
            let reason = format!("no WATCHDOG=1 for {}", words::duration(self.watchdog));
            return self.silent(now, reason, todo);
        }
        if has_come(self.check) {
            self.next_round(now, todo);
        }
    }

    /// This process was stopped, and nobody knows how long the command was: what it owes, it owes anew.
    fn absent(&mut self, now: Duration, todo: &mut Vec<Effect>) {
        // What it has asked for by EXTEND_TIMEOUT_USEC= stays its own.
        self.extend(
            now.saturating_add(match self.phase {
                Phase::Up | Phase::Reloading => self.watchdog,
                _ => self
                    .plan
                    .notify
                    .map_or(Duration::ZERO, |notify| notify.start_timeout),
            }),
        );
        match self.phase {
            Phase::Stopping => self.limit = Some(now + self.plan.kill_after),
            Phase::Killing => self.limit = Some(now + self.plan.kill_after.max(KILLED)),
            _ => {}
        }
        self.forget_round(now);
        if self.is_watched() {
            todo.push(Effect::Tell(Told::Absent));
        }
    }
}

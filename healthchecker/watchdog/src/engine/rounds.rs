//! Health checks: when a round begins, and what its verdict means.

use std::time::Duration;

use super::event::{Effect, Told};
use super::machine::{Machine, Phase};

/// How often a command is asked in its start period, if its checks are not more frequent.
const START_INTERVAL: Duration = Duration::from_secs(1);

/// How much later than its timeout the verdict of a round may come.
const LATENESS: Duration = Duration::from_millis(50);

impl Machine {
    /// The rounds of a command that has just been started.
    pub(super) fn first_round(&mut self, now: Duration) {
        self.failures = 0;
        self.was_healthy = false;
        self.check = self.interval(now).map(|interval| now + interval);
    }

    /// From one round to the next.
    fn interval(&self, now: Duration) -> Option<Duration> {
        let checks = self.plan.checks?;
        let is_young = !self.was_healthy && now < self.started + checks.start_period;
        Some(if is_young {
            checks.every.min(START_INTERVAL)
        } else {
            checks.every
        })
    }

    pub(super) fn next_round(&mut self, now: Duration, todo: &mut Vec<Effect>) {
        let Some(checks) = self.plan.checks else {
            return;
        };
        if self.asking.take().is_some() {
            self.failed(now, String::from("a check has not ended in time"), todo);
            if !self.is_watched() {
                return;
            }
        }
        let interval = self.interval(now).unwrap_or(checks.every);
        // After a delay the rhythm begins anew.
        let next = self.check.unwrap_or(now) + interval;
        self.check = Some(if next > now { next } else { now + interval });
        self.asking = Some(now + checks.timeout + LATENESS);
        self.round = self.round.wrapping_add(1);
        todo.push(Effect::Check { round: self.round });
    }

    pub(super) fn verdict(
        &mut self,
        now: Duration,
        round: u32,
        result: Result<(), String>,
        todo: &mut Vec<Effect>,
    ) {
        if round != self.round || self.asking.take().is_none() {
            return;
        }
        match result {
            Ok(()) => {
                self.failures = 0;
                self.was_healthy = true;
                if self.phase == Phase::Starting && self.plan.notify.is_none() {
                    self.ready(now, todo);
                    self.check = self.plan.checks.map(|checks| now + checks.every);
                } else if self.is_ready() {
                    todo.push(Effect::Tell(Told::Alive));
                }
            }
            Err(reason) => self.failed(now, reason, todo),
        }
    }

    fn failed(&mut self, now: Duration, reason: String, todo: &mut Vec<Effect>) {
        let Some(checks) = self.plan.checks else {
            return;
        };
        if !self.was_healthy && now < self.started + checks.start_period {
            return;
        }
        self.failures = self.failures.saturating_add(1);
        if self.failures >= checks.failures {
            let reason = match self.failures {
                1 => reason,
                failures => format!("{failures} checks in a row failed, the last: {reason}"),
            };
            self.silent(now, reason, todo);
        }
    }

    /// What is under way counts for nothing, and the next round is a whole interval away.
    pub(super) fn forget_round(&mut self, now: Duration) {
        self.asking = None;
        if let (Some(checks), Some(_)) = (self.plan.checks, self.check) {
            self.check = Some(now + checks.every);
        }
    }
}

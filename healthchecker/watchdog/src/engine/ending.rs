//! How a command ends, and what follows: silence, the stop signal, SIGKILL, another start or none.

use std::time::Duration;

use super::event::{Effect, End, Told};
use super::machine::{Machine, Phase};
use crate::words;

/// The exit code after which the orchestrator's policy takes over: EX_SOFTWARE of sysexits.h.
const GAVE_UP: u8 = 70;

/// How long it takes at least until what was killed counts as not to be killed: the kernel gives back
/// all of its memory before its end is told of.
pub(super) const KILLED: Duration = Duration::from_secs(5);

impl Machine {
    pub(super) fn limit_reached(&mut self, now: Duration, limit: Duration, todo: &mut Vec<Effect>) {
        let so_long = words::duration(limit.saturating_sub(self.started));
        match self.phase {
            Phase::Starting => self.silent(now, format!("not ready within {so_long}"), todo),
            Phase::Leaving => {
                self.silent(
                    now,
                    String::from("it said STOPPING=1 and did not end"),
                    todo,
                );
            }
            Phase::Stopping => {
                self.phase = Phase::Killing;
                let after = self.plan.kill_after;
                self.limit = Some(now + after.max(KILLED));
                todo.push(Effect::Tell(Told::Killed { after }));
                todo.push(Effect::Kill);
            }
            // What is left of it after its own process has ended is left behind.
            Phase::Killing if self.end.is_some() => self.stopped(now, todo),
            Phase::Killing => {
                let reason = String::from("it cannot be killed");
                todo.push(Effect::Tell(Told::GaveUp { reason }));
                self.over(GAVE_UP, todo);
            }
            Phase::Waiting => todo.push(Effect::Start),
            Phase::Up | Phase::Reloading | Phase::Over => {}
        }
    }

    /// The command hangs: it is ended, and what follows is decided now.
    pub(super) fn silent(&mut self, now: Duration, reason: String, todo: &mut Vec<Effect>) {
        self.phase = Phase::Stopping;
        self.limit = Some(now + self.plan.kill_after);
        self.stop_watching();
        self.restart = self.spent.take(&self.plan.budget, now);
        todo.push(Effect::Tell(Told::Silent { reason }));
        todo.push(if self.plan.abort {
            Effect::Abort
        } else {
            Effect::Stop
        });
    }

    pub(super) fn exited(&mut self, end: End, todo: &mut Vec<Effect>) {
        match self.phase {
            Phase::Starting | Phase::Up | Phase::Reloading | Phase::Leaving => {
                let (code, asked) = (end.code, self.asked.is_some());
                todo.push(Effect::Tell(Told::Exited { end, asked }));
                self.over(code, todo);
            }
            Phase::Stopping | Phase::Killing => {
                self.end = Some(end);
                // SIGABRT was for the command's own process alone.
                if self.phase == Phase::Stopping && self.plan.abort {
                    todo.push(Effect::Stop);
                }
            }
            Phase::Waiting | Phase::Over => {}
        }
    }

    pub(super) fn gone(&mut self, now: Duration, todo: &mut Vec<Effect>) {
        if matches!(self.phase, Phase::Stopping | Phase::Killing) && self.end.is_some() {
            self.stopped(now, todo);
        }
    }

    /// What hung has ended.
    fn stopped(&mut self, now: Duration, todo: &mut Vec<Effect>) {
        let Some(end) = self.end.take() else { return };
        let code = end.code;
        todo.push(Effect::Tell(Told::Stopped { end }));
        if self.asked.is_some() {
            return self.over(code, todo);
        }
        let Some((number, pause)) = self.restart.take() else {
            let reason = self.plan.budget.words();
            todo.push(Effect::Tell(Told::GaveUp { reason }));
            return self.over(GAVE_UP, todo);
        };
        self.phase = Phase::Waiting;
        todo.push(Effect::Tell(Told::Restarting { number, pause }));
        if pause.is_zero() {
            self.limit = None;
            todo.push(Effect::Start);
        } else {
            self.limit = Some(now + pause);
        }
    }

    pub(super) fn over(&mut self, code: u8, todo: &mut Vec<Effect>) {
        self.phase = Phase::Over;
        self.limit = None;
        self.stop_watching();
        todo.push(Effect::Exit(code));
    }
}

//! The state of one watched command.

use std::time::Duration;

use super::budget::Spent;
use super::event::{Effect, End};
use super::plan::Plan;

/// Where a command stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// It runs and is not ready yet.
    Starting,
    /// It is ready and watched.
    Up,
    /// It reloads its configuration, and is watched.
    Reloading,
    /// It is about to end by itself or because somebody asked it to. It is not watched: its end is ours.
    Leaving,
    /// It hangs and has been told to end.
    Stopping,
    /// It hangs and has been killed.
    Killing,
    /// It is gone; its next start waits.
    Waiting,
    /// It is gone for good.
    Over,
}

/// One watched command: what is known of it and what is due. All times are since one fixed moment.
#[derive(Clone, Debug)]
pub struct Machine {
    pub(super) plan: Plan,
    pub(super) phase: Phase,
    pub(super) started: Duration,
    /// The deadline of the phase itself: to be ready, to have ended, to be started.
    pub(super) limit: Option<Duration>,
    /// Until when WATCHDOG=1 must come.
    pub(super) kick: Option<Duration>,
    /// How often it must come by now.
    pub(super) watchdog: Duration,
    /// When the next round of checks begins, unless one is under way.
    pub(super) check: Option<Duration>,
    /// The last round's number.
    pub(super) round: u32,
    /// Until when the round that is under way must have ended.
    pub(super) asking: Option<Duration>,
    /// Rounds that failed in a row.
    pub(super) failures: u32,
    /// Whether a round has succeeded since the start.
    pub(super) was_healthy: bool,
    /// How the command's own process ended, in the phases that wait for the rest of it.
    pub(super) end: Option<End>,
    /// The signal by which somebody asked for the end.
    pub(super) asked: Option<i32>,
    /// The restart that follows, if one does: its number and the pause.
    pub(super) restart: Option<(u32, Duration)>,
    pub(super) spent: Spent,
}

impl Machine {
    /// A command that is not started yet, and the effect that starts it.
    pub fn new(plan: Plan) -> (Self, Effect) {
        let machine = Self {
            phase: Phase::Waiting,
            started: Duration::ZERO,
            limit: None,
            kick: None,
            watchdog: Duration::ZERO,
            check: None,
            round: 0,
            asking: None,
            failures: 0,
            was_healthy: false,
            end: None,
            asked: None,
            restart: None,
            spent: Spent::default(),
            plan,
        };
        (machine, Effect::Start)
    }

    /// Where the command stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// How often WATCHDOG=1 is awaited of a command that starts now; zero if it is not.
    pub fn watchdog(&self) -> Duration {
        self.plan
            .notify
            .map_or(Duration::ZERO, |notify| notify.watchdog)
    }

    /// When [`Event::Due`](super::Event::Due) is to come, if ever.
    pub fn due(&self) -> Option<Duration> {
        let check = self
            .check
            .map(|check| self.asking.map_or(check, |end| end.max(check)));
        [self.limit, self.kick, check].into_iter().flatten().min()
    }

    /// Whether a message that is still unread would make a difference.
    pub fn misses_message(&self, now: Duration) -> bool {
        let awaited = match self.phase {
            Phase::Starting | Phase::Leaving => self.limit,
            _ => self.kick,
        };
        awaited.is_some_and(|awaited| now >= awaited)
    }

    pub(super) fn is_watched(&self) -> bool {
        matches!(self.phase, Phase::Starting | Phase::Up | Phase::Reloading)
    }

    pub(super) fn is_ready(&self) -> bool {
        matches!(self.phase, Phase::Up | Phase::Reloading)
    }

    /// Whether all that is known of the command is good.
    pub(super) fn is_well(&self) -> bool {
        self.is_ready() && self.failures == 0
    }

    /// Nothing is awaited of the command any more but what the phase's own limit says.
    pub(super) fn stop_watching(&mut self) {
        self.kick = None;
        self.check = None;
        self.asking = None;
    }
}

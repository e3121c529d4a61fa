//! The watchdog's own absence: what it did not hear is not taken for silence.

use super::state::{Kind, State};
use super::watch::{Millis, NEVER, Watch};

/// A gap longer than this is an absence.
pub const ABSENCE: Millis = 10_000;

/// After an absence nobody is waited for longer than this.
pub const PATIENCE: Millis = 15 * 60 * 1_000;

/// A time in which the watchdog heard nothing: restarted, stopped, or without its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// When it last heard, by its own clock.
    pub from: Millis,
    /// When it heard again.
    pub to: Millis,
}

impl Absence {
    /// Moves what the absence makes unfair. Whether anything was.
    ///
    /// Doing it again later does not hurt: no deadline comes earlier by it, and none later than
    /// `to + min(timeout, 15 min)`.
    pub(super) fn excuse(self, watch: &mut Watch) -> bool {
        let mut is_moved = false;
        let is_past_deadline = watch.state == State::Late
            || watch.state == State::Up && watch.deadline <= self.from
            || watch.state == State::Timeout && watch.kind == Kind::Instance;
        let after = if is_past_deadline { watch.grace } else { 0 };
        let is_awaited =
            is_past_deadline || matches!(watch.state, State::New | State::Up | State::Restarting);
        if is_awaited && watch.deadline != NEVER {
            let due = watch.deadline.saturating_add(after);
            let moved = self.moved(due, watch.timeout);
            is_moved |= moved != due;
            watch.deadline += moved - due;
        }
        let grace = watch.grace;
        if let Some(run) = watch.extra.as_mut().and_then(|extra| extra.run.as_mut()) {
            let due = run.at.saturating_add(grace);
            let moved = self.moved(due, grace);
            is_moved |= moved != due;
            run.at += moved - due;
        }
        is_moved
    }

    /// What fell into the absence comes `min(timeout, 15 min)` after it. What comes later has the time
    /// of the absence added, within the same bound: a kick was perhaps refused in it.
    fn moved(self, due: Millis, timeout: Millis) -> Millis {
        let bound = self.to.saturating_add(timeout.min(PATIENCE));
        if due <= self.from {
            due
        } else if due <= self.to {
            bound
        } else {
            let later = due.saturating_add(self.to.saturating_sub(self.from));
            due.max(later.min(bound))
        }
    }
}

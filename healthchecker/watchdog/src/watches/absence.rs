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
    /// Doing it again later does not hurt: what was moved or kicked since then is not moved again.
    pub(super) fn excuse(self, watch: &mut Watch) -> bool {
        let mut is_moved = false;
        let is_past_deadline = watch.state == State::Late
            || watch.state == State::Up && watch.deadline <= self.from
            || matches!(watch.state, State::Timeout | State::Fault) && watch.kind == Kind::Instance;
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

    /// Whoever was still awaited when the absence began has `min(timeout, 15 min)` from its end on. Those
    /// too whose deadline comes shortly after it: their kick was perhaps refused, and a client that is
    /// refused may come again only when the next one is due.
    fn moved(self, due: Millis, timeout: Millis) -> Millis {
        if due <= self.from {
            due
        } else {
            due.max(self.to.saturating_add(timeout.min(PATIENCE)))
        }
    }
}

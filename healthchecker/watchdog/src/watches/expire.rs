//! What time alone does to watches.

use std::sync::Arc;

use super::command::{Change, Effects, Outcome, Sweep};
use super::state::{Kind, State};
use super::table::Table;
use super::turn::Turn;
use super::watch::Now;

/// Looks at the first `most` entries that are due, and does what the time asks for.
pub(super) fn expire(table: &mut Table, now: Now, most: usize, effects: &mut Effects) {
    let mut done = 0;
    for _ in 0..most {
        let Some((due, at)) = table.timers.first().filter(|&(due, _)| due <= now.mono) else {
            break;
        };
        table.timers.pop();
        let Some(watch) = table.disarm(due, at) else {
            continue;
        };
        if watch.due() <= now.mono {
            done += 1;
            let late = now.mono - watch.due();
            effects.late = effects.late.max(Some(late));
            if happen(table, now, at, effects) {
                continue;
            }
        }
        table.arm(at);
    }
    effects.outcome = Outcome::Done(done);
}

/// One watch's time has come. Whether that was its end.
fn happen(table: &mut Table, now: Now, at: u32, effects: &mut Effects) -> bool {
    let Some(watch) = table.watch_mut(at) else {
        return true;
    };
    let is_run = watch
        .run()
        .is_some_and(|run| run.at.saturating_add(watch.grace) <= now.mono);
    let is_late = watch.state == State::Up && watch.deadline.saturating_add(watch.grace) > now.mono;
    // An instance is unhealthy at its deadline and removed after its grace.
    let is_instance = watch.kind == Kind::Instance;
    let mut turn = Turn {
        watch,
        now,
        effects,
    };
    if turn.watch.hold().is_some() {
        turn.release();
        return false;
    }
    if matches!(turn.watch.state, State::Timeout | State::Fault) {
        turn.sweep(Sweep::Retire);
        retire(table, at, effects);
        return true;
    }
    if is_late && !is_run && !is_instance {
        turn.become_state(State::Late, Box::default(), Box::default());
    } else {
        let reason = if is_run {
            "its run has not ended within its grace"
        } else {
            ""
        };
        if turn.watch.run().is_some() {
            turn.watch.extra().run = None;
        }
        turn.become_state(State::Timeout, reason.into(), Box::default());
    }
    turn.put();
    false
}

/// Takes a watch out of the table.
pub(super) fn retire(table: &mut Table, at: u32, effects: &mut Effects) {
    if let Some(mut watch) = table.remove(at) {
        // Nobody asks for it any more, and whoever needs no token could fill a disk with it.
        if let Some(extra) = watch.extra.as_deref_mut() {
            extra.payload = Arc::default();
            extra.heard = 0;
        }
        watch.tidy();
        effects.changes.push(Change::Retire(Box::new(watch)));
    }
}

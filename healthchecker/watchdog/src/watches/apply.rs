//! The one way in which the table changes.

use super::absence::{ABSENCE, Absence};
use super::command::{Change, Command, Deed, Effects, Fresh, Outcome, Sweep, Target};
use super::expire::{expire, retire};
use super::table::Table;
use super::turn::Turn;
use super::watch::{LONGEST_TIMEOUT, Now, timeout};

/// Does a command, and says what is to be stored and told of it.
///
/// `now` may not go back: where it does, the table's own last time counts. A gap of more than
/// [`ABSENCE`] since the last command is an absence, which excuses everybody before the command is done.
///
/// # Examples
///
/// ```
/// use health_watchdog::watches::*;
///
/// let mut now = Now { mono: 1_000, wall: 1_000 };
/// let mut table = Table::new(Limits::default(), now);
/// let key = Key::new(Namespace::Named, "backup")?;
/// let fresh = Fresh { id: 1, uuid: None, kind: Kind::Kick, timeout: 5_000, grace: 0 };
/// let kick = Deed::kick();
/// let target = Target::Key(key.clone());
/// let effects = apply(&mut table, now, Command::One { target, fresh: Some(fresh), deed: kick });
/// assert_eq!(effects.outcome, Outcome::Created);
///
/// now.mono += 5_000;
/// let effects = apply(&mut table, now, Command::Expire { most: 100 });
/// assert_eq!(effects.events[0].to, State::Timeout);
/// assert!(effects.events[0].opens());
/// # Ok::<(), NameError>(())
/// ```
pub fn apply(table: &mut Table, now: Now, command: Command) -> Effects {
    let mut effects = Effects::default();
    let now = Now {
        mono: now.mono.max(table.seen.mono),
        wall: now.wall,
    };
    let last = std::mem::replace(&mut table.seen, now);
    // One that is told covers it, and would find nothing left to move.
    let is_told = matches!(&command, Command::Absent(absence) if absence.from <= last.mono);
    if now.mono - last.mono > ABSENCE && !is_told {
        let absence = Absence {
            from: last.mono,
            to: now.mono,
        };
        absent(table, absence, &mut effects);
    }
    match command {
        Command::One {
            target,
            fresh,
            deed,
        } => effects.outcome = one(table, now, &target, fresh, deed, &mut effects),
        Command::Each {
            namespace,
            prefix,
            authority,
            sweep,
        } => {
            let slots: Vec<u32> = table.selected(namespace, &prefix, &authority).collect();
            effects.outcome = Outcome::Done(slots.len());
            for at in slots {
                take(table, now, at, Deed::Sweep(sweep), &mut effects);
            }
        }
        Command::Expire { most } => expire(table, now, most, &mut effects),
        Command::Absent(absence) => {
            effects.outcome = Outcome::Done(absent(table, absence, &mut effects));
        }
    }
    effects
}

fn absent(table: &mut Table, absence: Absence, effects: &mut Effects) -> usize {
    let slots = table.slots.iter_mut().flatten();
    let moved = slots
        .filter_map(|slot| absence.excuse(&mut slot.watch).then_some(()))
        .count();
    effects.changes.push(Change::Absence(absence));
    // A lost store is found after a gap, too: who was excused for that is not moved again.
    let (before, already) = effects.absence.unwrap_or((absence, 0));
    let from = before.from.min(absence.from);
    effects.absence = Some((Absence { from, ..absence }, already + moved));
    moved
}

fn one(
    table: &mut Table,
    now: Now,
    target: &Target,
    fresh: Option<Fresh>,
    deed: Deed,
    effects: &mut Effects,
) -> Outcome {
    let found = match target {
        Target::Key(key) => table.slot_of(key),
        Target::Uuid(uuid) => table.slot_of_uuid(*uuid),
    };
    if let Some(at) = found {
        return take(table, now, at, deed, effects);
    }
    let (Target::Key(key), Some(fresh)) = (target, fresh) else {
        return Outcome::Missing;
    };
    let is_free = fresh
        .uuid
        .is_none_or(|uuid| table.slot_of_uuid(uuid).is_none());
    if timeout(fresh.timeout).is_none() || fresh.grace > LONGEST_TIMEOUT || !is_free {
        return Outcome::Bounds;
    }
    if !table.has_room(key) {
        return Outcome::Full;
    }
    let at = table.insert(key.clone(), fresh, now.mono);
    let outcome = take(table, now, at, deed, effects);
    if outcome == Outcome::Done(1) {
        // Logged to or configured as it was made, it is still to be kept.
        if effects.changes.is_empty()
            && let Some(watch) = table.watch_mut(at)
        {
            effects.changes.push(Change::Put(Box::new(watch.clone())));
        }
        return Outcome::Created;
    }
    table.remove(at);
    outcome
}

fn take(table: &mut Table, now: Now, at: u32, deed: Deed, effects: &mut Effects) -> Outcome {
    let is_end = deed == Deed::Sweep(Sweep::Retire);
    if let Deed::Register { payload, .. } = &deed
        && !table.has_room_for(at, payload.len())
    {
        return Outcome::Full;
    }
    let weight = table.weight(at);
    let Some(watch) = table.watch_mut(at) else {
        return Outcome::Missing;
    };
    let mut turn = Turn {
        watch,
        now,
        effects,
    };
    let outcome = turn.take(deed);
    table.weigh(at, weight);
    if is_end {
        retire(table, at, effects);
    } else {
        table.arm(at);
    }
    outcome
}

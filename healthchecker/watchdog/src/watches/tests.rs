//! What the table promises.

use super::*;

mod configured;
mod instances;
mod jobs;
mod model;
mod names;
mod shelf;
mod size;
mod table;
mod time;

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;

/// When the tests begin.
const DAWN: Now = Now {
    mono: 1_000 * SECOND,
    wall: 5_000 * SECOND,
};

fn at(mono: Millis) -> Now {
    Now {
        mono: DAWN.mono + mono,
        wall: DAWN.wall + mono,
    }
}

fn named(name: &str) -> Key {
    Key::new(Namespace::Named, name).unwrap()
}

fn fresh(id: u64) -> Fresh {
    Fresh {
        id,
        uuid: None,
        kind: Kind::Kick,
        timeout: 10 * SECOND,
        grace: 5 * SECOND,
    }
}

fn one(name: &str, id: u64, deed: Deed) -> Command {
    Command::One {
        target: Target::Key(named(name)),
        fresh: Some(fresh(id)),
        deed,
    }
}

fn kick() -> Deed {
    Deed::kick()
}

fn kick_for(timeout: Millis) -> Deed {
    Deed::kick_for(timeout)
}

fn fault(reason: &str) -> Deed {
    Deed::Fault {
        reason: reason.into(),
        body: Box::default(),
    }
}

fn hold() -> Deed {
    Deed::Sweep(Sweep::Hold {
        is_maintenance: false,
        until: NEVER,
    })
}

const EXPIRE: Command = Command::Expire { most: usize::MAX };

/// A table that is told the time every second until `until`, so that nothing is an absence.
struct Bench {
    table: Table,
    now: Millis,
    events: Vec<(Millis, Event)>,
}

impl Bench {
    fn new() -> Self {
        Self {
            table: Table::new(Limits::default(), DAWN),
            now: 0,
            events: Vec::new(),
        }
    }

    fn pass(&mut self, until: Millis) {
        while self.now < until {
            let next = self.table.next_due().unwrap_or(NEVER);
            let next = next.saturating_sub(DAWN.mono).max(self.now);
            self.now = next.min(self.now + SECOND).min(until);
            self.apply(EXPIRE);
        }
    }

    fn apply(&mut self, command: Command) -> Effects {
        let effects = apply(&mut self.table, at(self.now), command);
        let now = self.now;
        self.events
            .extend(effects.events.iter().cloned().map(|event| (now, event)));
        effects
    }

    fn one(&mut self, name: &str, deed: Deed) -> Effects {
        self.apply(one(name, 1, deed))
    }

    fn watch(&self, name: &str) -> &Watch {
        self.table.get(&named(name)).unwrap()
    }

    /// When a state was entered for the first time.
    fn entered(&self, state: State) -> Option<Millis> {
        let found = self.events.iter().find(|(_, event)| event.to == state)?;
        Some(found.0)
    }
}

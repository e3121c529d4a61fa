//! One watch, as the table holds it and the store keeps it.

use std::sync::Arc;

use super::name::{Key, Namespace};
use super::state::{Kind, State};

/// Milliseconds: a span, or a moment since 1970.
pub type Millis = u64;

/// A moment that does not come.
pub const NEVER: Millis = Millis::MAX;

/// The shortest timeout: 1 s.
pub const SHORTEST_TIMEOUT: Millis = 1_000;

/// The longest timeout, and the longest grace: 366 d.
pub const LONGEST_TIMEOUT: Millis = 366 * 24 * 3_600 * 1_000;

/// How long an open heartbeat may be silent and down before it is retired: 24 h. Anybody makes them, and
/// nobody removes them.
const SILENCE: Millis = 24 * 3_600 * 1_000;

/// A timeout within its bounds, [`SHORTEST_TIMEOUT`] to [`LONGEST_TIMEOUT`].
pub fn timeout(millis: Millis) -> Option<Millis> {
    (SHORTEST_TIMEOUT..=LONGEST_TIMEOUT)
        .contains(&millis)
        .then_some(millis)
}

/// The time, by two clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// By the server's own clock, which never steps: all deadlines are by it.
    pub mono: Millis,
    /// By the wall: what events are dated with.
    pub wall: Millis,
}

impl Now {
    /// A moment by the server's own clock, by the wall as it shows now.
    ///
    /// ```
    /// use health_watchdog::watches::Now;
    ///
    /// let now = Now { mono: 1_000, wall: 5_000 };
    /// assert_eq!(now.wall_of(1_500), 5_500);
    /// ```
    pub fn wall_of(self, moment: Millis) -> Millis {
        if moment >= self.mono {
            self.wall.saturating_add(moment - self.mono)
        } else {
            self.wall.saturating_sub(self.mono - moment)
        }
    }
}

/// A watch. Its moments are by the server's own clock, [`Now::mono`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Watch {
    /// Its number, unique for ever.
    pub id: u64,
    /// Its name.
    pub key: Key,
    /// From a kick to the deadline.
    pub timeout: Millis,
    /// From the deadline to the end of its being late; of a run, from its start to its end.
    pub grace: Millis,
    /// When the next kick must have come; [`NEVER`]: none is awaited.
    pub deadline: Millis,
    /// When it was last kicked; 0: never.
    pub last: Millis,
    /// When its state began.
    pub since: Millis,
    /// How long it was down before `since`, in all. Less than nothing where that was cleared while it
    /// was down; [`Watch::down`] is what to show.
    pub down_before: i64,
    /// How often it has gone down.
    pub episode: u32,
    /// What sort of thing is watched.
    pub kind: Kind,
    /// Its state, as if it were not held; [`Watch::shown`] is what to show.
    pub state: State,
    /// What few watches have.
    pub extra: Option<Box<Extra>>,
}

/// What few watches have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extra {
    /// By which ping URLs name it.
    pub uuid: Option<u128>,
    /// Why it is in its state, where that says more than the state.
    pub reason: Box<str>,
    /// Whether and how long it is held.
    pub hold: Option<Hold>,
    /// The run of a job that is under way; none where the grace is 0.
    pub run: Option<Run>,
    /// Whether its going down has not been told, since it was held.
    pub is_untold: bool,
    /// A bit for each dialect without authentication that may kick it.
    pub open_to: u8,
    /// Words for selecting, as their owner wrote them.
    pub labels: Box<str>,
    /// What its dialect keeps with it. Whoever is told of it shares it.
    pub payload: Arc<str>,
    /// When an instance of a service was last kicked, by the wall as it showed then: computed anew each
    /// time, it would differ by what the two clocks do. Other watches have 0.
    pub heard: Millis,
}

/// A watch is held: kicks count, and nothing is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hold {
    /// Whether for maintenance.
    pub is_maintenance: bool,
    /// When it began.
    pub from: Millis,
    /// When it ends by itself; [`NEVER`]: by a command alone.
    pub until: Millis,
}

/// A run of a job that has been told to have started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// When it started.
    pub at: Millis,
    /// Which it is, where the job says that.
    pub rid: Option<u128>,
}

impl Hold {
    /// A hold, as the store has kept it.
    pub fn new(is_maintenance: bool, from: Millis, until: Millis) -> Self {
        Self {
            is_maintenance,
            from,
            until,
        }
    }
}

impl Run {
    /// A run, as the store has kept it.
    pub fn new(at: Millis, rid: Option<u128>) -> Self {
        Self { at, rid }
    }
}

impl Watch {
    /// A watch that nobody has kicked yet.
    pub fn new(id: u64, key: Key, kind: Kind, timeout: Millis, grace: Millis, now: Millis) -> Self {
        Self {
            id,
            key,
            timeout,
            grace,
            deadline: NEVER,
            last: 0,
            since: now,
            down_before: 0,
            episode: 0,
            kind,
            state: State::New,
            extra: None,
        }
    }

    /// The state to show: while it is held, that.
    pub fn shown(&self) -> State {
        match self.hold() {
            None => self.state,
            Some(hold) if hold.is_maintenance => State::Maintenance,
            Some(_) => State::Paused,
        }
    }

    /// How long it has been down in all, an open episode included.
    pub fn down(&self, now: Millis) -> Millis {
        let open = if self.state.is_down() {
            now.saturating_sub(self.since)
        } else {
            0
        };
        u64::try_from(self.down_before.saturating_add_unsigned(open)).unwrap_or(0)
    }

    /// Why it is in its state, where that says more than the state; otherwise empty.
    pub fn reason(&self) -> &str {
        self.extra.as_deref().map_or("", |extra| &extra.reason)
    }

    /// Whether it is held.
    pub fn hold(&self) -> Option<Hold> {
        self.extra.as_deref().and_then(|extra| extra.hold)
    }

    /// The run that is under way.
    pub fn run(&self) -> Option<Run> {
        self.extra.as_deref().and_then(|extra| extra.run)
    }

    /// By which ping URLs name it.
    pub fn uuid(&self) -> Option<u128> {
        self.extra.as_deref().and_then(|extra| extra.uuid)
    }

    /// What its dialect keeps with it; empty: nothing.
    pub fn payload(&self) -> &str {
        self.extra.as_deref().map_or("", |extra| &extra.payload)
    }

    /// When it was last kicked, by the wall; of an instance of a service always the same for one kick.
    pub fn heard(&self, now: Now) -> Millis {
        match self.extra.as_deref() {
            Some(extra) if extra.heard != 0 => extra.heard,
            _ => now.wall_of(self.last),
        }
    }

    /// When time alone next changes it; [`NEVER`]: it does not.
    pub fn due(&self) -> Millis {
        if let Some(hold) = self.hold() {
            return hold.until;
        }
        let by_deadline = match self.state {
            State::New | State::Up | State::Restarting => self.deadline,
            State::Late => self.deadline.saturating_add(self.grace),
            State::Timeout | State::Fault if self.kind == Kind::Instance => {
                self.deadline.saturating_add(self.grace)
            }
            State::Timeout if self.key.namespace() == Namespace::Heartbeat => {
                self.since.saturating_add(SILENCE)
            }
            _ => return NEVER,
        };
        match self.run() {
            Some(run) if !self.state.is_down() => {
                by_deadline.min(run.at.saturating_add(self.grace))
            }
            _ => by_deadline,
        }
    }

    pub(super) fn extra(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    /// Nothing is kept of an extra that has become empty, nor of a run for whose end nobody waits:
    /// without a grace it would be down as it starts.
    pub(super) fn tidy(&mut self) {
        if self.grace == 0
            && let Some(extra) = self.extra.as_deref_mut()
        {
            extra.run = None;
        }
        if self.extra.as_deref() == Some(&Extra::default()) {
            self.extra = None;
        }
    }
}

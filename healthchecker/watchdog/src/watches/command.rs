//! What is done to watches, and what comes of it: plain values.

use std::sync::Arc;

use super::absence::Absence;
use super::name::{Key, Namespace};
use super::state::{Kind, State};
use super::watch::{Millis, Watch};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// To one watch.
    One {
        /// Which.
        target: Target,
        /// What it is made of when there is none of that name; `None`: it is not made.
        fresh: Option<Fresh>,
        /// What.
        deed: Deed,
    },
    /// To all whose names begin with a prefix and that an authority covers.
    Each {
        /// In which namespace.
        namespace: Namespace,
        /// What the names begin with.
        prefix: Box<str>,
        /// Whose they must be; empty: anybody's.
        authority: Box<str>,
        /// What.
        sweep: Sweep,
    },
    /// What the time has made due, at most so many entries. To be given at least every 2 s: a gap of
    /// more than [`ABSENCE`](super::ABSENCE) is taken for an absence.
    Expire {
        /// How many entries are looked at.
        most: usize,
    },
    /// Kicks could not come for a while, though the time was seen to pass: the store was lost.
    Absent(Absence),
}

/// Which watch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// The one of this name.
    Key(Key),
    /// The one of this ping URL. None is ever made for it.
    Uuid(u128),
}

/// What a watch is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fresh {
    /// Its number: one that no watch has had.
    pub id: u64,
    /// Its ping URL's, if it has one.
    pub uuid: Option<u128>,
    /// What sort of thing is watched.
    pub kind: Kind,
    /// From a kick to the deadline.
    pub timeout: Millis,
    /// From the deadline to the end of its being late.
    pub grace: Millis,
}

/// What is done to one watch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deed {
    /// It lives; a job has succeeded.
    Kick {
        /// A new timeout.
        timeout: Option<Millis>,
        /// A new grace.
        grace: Option<Millis>,
        /// Which run of a job it was.
        rid: Option<u128>,
        /// What came with it, at most 10,000 bytes.
        body: Box<[u8]>,
    },
    /// It says itself that it is down; a job has failed.
    Fault {
        /// Why, [`clean`](super::clean)ed.
        reason: Box<str>,
        /// What came with it, at most 10,000 bytes.
        body: Box<[u8]>,
    },
    /// A job starts a run.
    Start {
        /// Which.
        rid: Option<u128>,
    },
    /// It says something that moves nothing.
    Log {
        /// What, at most 10,000 bytes.
        body: Box<[u8]>,
    },
    /// It is as the configuration or its owner has it.
    Configure(Settings),
    /// It lives, and is as it says itself: an instance of a service.
    Register {
        /// From a kick to the deadline.
        timeout: Millis,
        /// From the deadline to its end.
        grace: Millis,
        /// What its dialect keeps with it.
        payload: Arc<str>,
    },
    /// Its restart has begun.
    Restart {
        /// How long a kick is awaited.
        grace: Millis,
    },
    /// Its restarts are spent.
    GiveUp {
        /// Why, [`clean`](super::clean)ed.
        reason: Box<str>,
    },
    /// What is also done to many.
    Sweep(Sweep),
}

impl Deed {
    /// A kick that changes nothing but the deadline.
    ///
    /// # Examples
    ///
    /// ```
    /// use health_watchdog::watches::Deed;
    ///
    /// assert!(matches!(Deed::kick(), Deed::Kick { timeout: None, .. }));
    /// ```
    pub fn kick() -> Self {
        Self::Kick {
            timeout: None,
            grace: None,
            rid: None,
            body: Box::default(),
        }
    }

    /// A kick that sets the timeout, too: in milliseconds, and out of its bounds refused when it is
    /// applied.
    ///
    /// # Examples
    ///
    /// ```
    /// use health_watchdog::watches::Deed;
    ///
    /// assert!(matches!(Deed::kick_for(5_000), Deed::Kick { timeout: Some(5_000), .. }));
    /// ```
    pub fn kick_for(timeout: Millis) -> Self {
        Self::Kick {
            timeout: Some(timeout),
            grace: None,
            rid: None,
            body: Box::default(),
        }
    }
}

/// What is done to one watch or to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sweep {
    /// It is held until a moment, or [`NEVER`](super::NEVER): until it is released.
    Hold {
        /// Whether for maintenance.
        is_maintenance: bool,
        /// When it ends by itself.
        until: Millis,
    },
    /// It is held no more.
    Release,
    /// The time that it was down is forgotten.
    Clear,
    /// It is gone.
    Retire,
}

/// What the configuration or an owner says of a watch; what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// From a kick to the deadline.
    pub timeout: Option<Millis>,
    /// From the deadline to the end of its being late.
    pub grace: Option<Millis>,
    /// Within what it must be kicked for the first time, from its making on; at a start `None` takes it back.
    pub first: Option<Millis>,
    /// A bit for each dialect without authentication that may kick it.
    pub open_to: Option<u8>,
    /// Words for selecting.
    pub labels: Option<Box<str>>,
    /// What its dialect keeps with it.
    pub payload: Option<Arc<str>>,
    /// Whether that is said at each start, and is no news: then a shorter timeout begins with the next
    /// kick, since the last one may have brought its own.
    pub is_at_start: bool,
}

/// What came of a command: to be stored as one, and only then told and answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Effects {
    /// Whether it was done.
    pub outcome: Outcome,
    /// What the store is to keep, in this order.
    pub changes: Vec<Change>,
    /// What has happened.
    pub events: Vec<Event>,
    /// An absence that was noticed: one summary for all that it has moved.
    pub absence: Option<(Absence, usize)>,
    /// Of what was due, how late it was noticed, in milliseconds; `None`: nothing was.
    pub late: Option<Millis>,
}

/// Whether a command was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// To so many watches.
    Done(usize),
    /// And the watch was made for it.
    Created,
    /// There is none of that name.
    #[default]
    Missing,
    /// There are as many watches as there may be.
    Full,
    /// A timeout or grace is out of bounds.
    Bounds,
    /// It makes no sense in the watch's state: a restart of what is not down.
    Unfit,
}

/// What the store is to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// A kick that moved the deadline and nothing else.
    Kick {
        /// Whose.
        id: u64,
        /// When, which is the watch's `last`.
        at: Millis,
        /// Its deadline.
        deadline: Millis,
    },
    /// A watch as it is now.
    Put(Box<Watch>),
    /// A watch as it was at its end.
    Retire(Box<Watch>),
    /// An absence, to be counted again when the table is restored soon.
    Absence(Absence),
}

/// Something has happened to a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// To which.
    pub id: u64,
    /// Its name.
    pub key: Key,
    /// When, by the wall.
    pub at: Millis,
    /// Which time that it was down it belongs to; 0: it never was.
    pub episode: u32,
    /// Its state before.
    pub from: State,
    /// Its state now; the same, if something was only said.
    pub to: State,
    /// Why.
    pub reason: Box<str>,
    /// What came with it.
    pub body: Box<[u8]>,
    /// Whether others are to be told. Of each episode that they are told of they hear its beginning
    /// once, and its end once.
    pub is_told: bool,
    /// What is known of an instance of a service; of other watches nothing.
    pub instance: Option<Arc<Instance>>,
}

/// An instance of a service, as an event left it. At its end the table does not have it any more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Instance {
    /// What its dialect keeps with it.
    pub payload: Arc<str>,
    /// When it was last kicked, by the wall.
    pub last: Millis,
    /// Its state, or that it is held; at its end what that was before.
    pub state: State,
}

impl Event {
    /// Whether others are to be told that an episode has begun.
    pub fn opens(&self) -> bool {
        self.is_told && !self.from.is_down() && self.to.is_down()
    }

    /// Whether others are to be told that an episode has ended.
    pub fn closes(&self) -> bool {
        self.is_told && self.from.is_down() && !self.to.is_down()
    }
}

use std::sync::Arc;

use super::News;
use crate::watches::Millis;

/// One transition for one sink, until it is told, and longer where it is not. It is kept as it stands
/// here: what becomes of the watch or of the configuration changes nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// Its number: of what one sink is told of one watch, the lower one first.
    pub seq: u64,
    /// What is told.
    pub news: Arc<News>,
    /// The number of the watch.
    pub watch: u64,
    /// Whom: the name of a sink, or what [`monitor_sink`] makes of a monitor.
    pub sink: Arc<str>,
    /// What becomes of it.
    pub standing: Standing,
    /// How often it was tried and not delivered.
    pub attempt: u32,
    /// Since when it waits, by the server's own clock.
    pub made: Millis,
    /// When it is due, by the wall; [`NEVER`](crate::watches::NEVER): by time alone it is not.
    pub next: Millis,
    /// The number of the message that it is sent in; `None`: that is not decided yet.
    pub message: Option<u128>,
    /// Why it was not delivered the last time, or never will be.
    pub problem: Box<str>,
    /// Since when, by the wall, nothing more becomes of it by itself.
    pub ended: Option<Millis>,
}

/// What becomes of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// It is to be told.
    Waiting,
    /// It is not told, since something above the watch is down and the sink knows that.
    Muted,
    /// A dead letter: it is told only if somebody asks for that.
    Dead,
}

impl Standing {
    /// All that there are.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Muted, Self::Dead];

    /// The word under which it is stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Muted => "muted",
            Self::Dead => "dead",
        }
    }

    /// What a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.word() == word)
    }
}

/// A sink that has said that it is there no more. It is told nothing until its URL is another one, or
/// somebody has its dead letters sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gone {
    /// A hash of the URL that it had.
    pub mark: [u8; 32],
    /// When it said so, by the wall.
    pub at: Millis,
    /// What it said.
    pub problem: Box<str>,
}

impl Gone {
    /// A sink that has said so.
    pub fn new(mark: [u8; 32], at: Millis, problem: &str) -> Self {
        Self {
            mark,
            at,
            problem: problem.into(),
        }
    }
}

/// With what the names of monitors begin among those of sinks: no sink's name has a colon.
const MONITOR: &str = "monitor:";

/// Under what name a monitor is a sink. Who knows it may remove the monitor: it is not to be shown.
pub fn monitor_sink(id: u128) -> Arc<str> {
    format!("{MONITOR}{id:032x}").into()
}

/// The monitor of such a name.
pub fn monitor_of(sink: &str) -> Option<u128> {
    let digits = sink.strip_prefix(MONITOR)?;
    u128::from_str_radix(digits, 16).ok()
}

impl Delivery {
    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        const ITSELF: usize = 400;
        ITSELF + self.news.body.len() + self.news.reason.len() + self.problem.len()
    }
}

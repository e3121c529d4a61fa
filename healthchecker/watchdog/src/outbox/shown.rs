//! What is seen of it from outside.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::delivery::{Delivery, Standing, monitor_of};
use super::plan::{Look, Outbox};
use crate::watches::{Millis, Now};

/// Under what name all monitors are counted.
const MONITORS: &str = "monitors";

/// Something to be said on stderr.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub event: &'static str,
    /// What has happened.
    pub text: String,
}

impl Notice {
    pub(super) fn new(event: &'static str, text: String) -> Self {
        Self { event, text }
    }

    /// A sink begins to fail.
    pub(super) fn failing(sink: &str, problem: &str) -> Self {
        let text = format!("{}: {problem}; it is tried again", shown(sink));
        Self::new("sink", text)
    }

    /// One that failed does so no more.
    pub(super) fn well(sink: &str) -> Self {
        Self::new("sink", format!("{}: is told again", shown(sink)))
    }
}

/// What has become of transitions since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The sink has them.
    pub delivered: u64,
    /// An attempt has failed.
    pub failed: u64,
    /// The sink takes them never.
    pub refused: u64,
    /// The sink is gone.
    pub gone: u64,
    /// They became dead letters, for whatever reason.
    pub dead: u64,
}

/// How one sink fares, or all monitors together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fare {
    /// So many wait.
    pub waiting: usize,
    /// So many are muted, as long as something above them is down.
    pub muted: usize,
    /// So many dead letters there are, and muted ones of which nothing becomes.
    pub dead: usize,
    /// For how long the first of what waits has waited, in milliseconds.
    pub oldest: Millis,
    /// What has become of others.
    pub tally: Tally,
}

/// Under what name a sink is counted.
pub(super) fn label(name: &Arc<str>) -> Arc<str> {
    match monitor_of(name) {
        Some(_) => MONITORS.into(),
        None => Arc::clone(name),
    }
}

/// The name under which a sink is shown. Of a monitor it says which it is, and not its id.
///
/// ```
/// use health_watchdog::outbox::{monitor_sink, shown};
///
/// assert_eq!(shown("ops"), "ops");
/// assert!(shown(&monitor_sink(0xfeed)).starts_with("monitor-"));
/// assert!(!shown(&monitor_sink(0xfeed)).contains("feed"));
/// ```
pub fn shown(name: &str) -> String {
    if monitor_of(name).is_none() {
        return name.to_owned();
    }
    let hash = Sha256::digest(name.as_bytes());
    let digits = hash[..8].iter().map(|byte| format!("{byte:02x}"));
    format!("monitor-{}", digits.collect::<String>())
}

impl Outbox {
    /// All rows after the one of a number, in their order.
    pub fn rows(&self, after: u64) -> impl Iterator<Item = &Delivery> {
        let rows = self.rows.range(after.saturating_add(1)..);
        rows.map(|(_, row)| row)
    }

    /// How all sinks fare, and as one the monitors.
    pub fn fares(&self, now: Now) -> BTreeMap<Arc<str>, Fare> {
        let mut fares: BTreeMap<Arc<str>, Fare> = BTreeMap::new();
        for (name, tally) in &self.tallies {
            fares.entry(Arc::clone(name)).or_default().tally = *tally;
        }
        for queue in self.queues.values() {
            let fare = fares.entry(label(&queue.name)).or_default();
            fare.waiting += queue.waiting.len();
            fare.muted += queue.muted.values().map(Vec::len).sum::<usize>();
            fare.dead += queue.dead.len();
            let first = queue.waiting.first().and_then(|seq| self.rows.get(seq));
            let waited = first.map_or(0, |row| now.mono.saturating_sub(row.made));
            fare.oldest = fare.oldest.max(waited);
        }
        fares
    }

    /// When the last dead letter came, by the server's own clock.
    pub fn last_dead(&self) -> Option<Millis> {
        self.last_dead
    }

    /// Has everything of a sink sent again that is a dead letter or waits; how much that is. `None`: there is
    /// no such sink, or nobody who could tell it.
    pub fn resend_all(&mut self, sink: &str, look: &Look<'_>) -> Option<usize> {
        let number = self.number(sink)?;
        Some(self.send_again(number, None, look))
    }

    /// The same with one transition, and what was sent with it in one message.
    pub fn resend(&mut self, id: u128, sink: &str, look: &Look<'_>) -> Option<usize> {
        let number = self.number(sink)?;
        let row = self.find(id, sink)?;
        if row.standing == Standing::Muted {
            return Some(0);
        }
        let message = row.message.unwrap_or(row.news.id);
        Some(self.send_again(number, Some(message), look))
    }

    /// What one sink is to be told of one transition.
    pub fn find(&self, id: u128, sink: &str) -> Option<&Delivery> {
        let queue = self.queues.get(&self.number(sink)?)?;
        let all = queue.dead.iter().chain(&queue.waiting);
        let all = all.chain(queue.muted.values().flatten());
        all.filter_map(|seq| self.rows.get(seq))
            .find(|row| row.news.id == id)
    }

    fn number(&self, sink: &str) -> Option<u64> {
        let is_told = |number: &u64| {
            let queue = self.queues.get(number);
            queue.is_some_and(|queue| queue.pool.is_some())
        };
        if let Some(number) = self.names.get(sink) {
            return Some(*number)
                .filter(is_told)
                .filter(|_| monitor_of(sink).is_none());
        }
        if !sink.starts_with("monitor-") {
            return None;
        }
        let mut queues = self.queues.iter();
        let found = queues
            .find(|(_, queue)| monitor_of(&queue.name).is_some() && shown(&queue.name) == sink);
        found.map(|(number, _)| *number).filter(is_told)
    }
}

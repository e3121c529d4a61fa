//! How the writer goes about it, and how it fares.

use std::time::Duration;

use super::{Retention, StoreError};

/// How the writer goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How long a batch waits for others at most.
    pub gather: Duration,
    /// So many batches, or rows and events, do not wait any longer.
    pub enough: usize,
    /// How many batches may wait while a commit is under way.
    pub queue: usize,
    /// From one tidying to the next at most.
    pub tidy: Duration,
    /// So many kicks in the journal are tidied sooner.
    pub journal: usize,
    /// How long kicks wait at most while it tidies.
    pub piece: Duration,
    /// From one attempt to the next while the store is lost.
    pub retry: Duration,
    /// What is kept.
    pub keep: Retention,
}

impl Default for Pace {
    /// 4 ms or 512 batches, 8,192 in the queue, tidied every 30 s or 400,000 kicks in pieces of 5 ms, tried every second.
    fn default() -> Self {
        Self {
            gather: Duration::from_millis(4),
            enough: 512,
            queue: 8_192,
            tidy: Duration::from_secs(30),
            journal: 400_000,
            piece: Duration::from_millis(5),
            retry: Duration::from_secs(1),
            keep: Retention::default(),
        }
    }
}

/// How the writer fares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// Why the store is lost, while it is.
    pub lost: Option<StoreError>,
    /// Why it was not tidied the last time: the journal grows until that is better.
    pub untidy: Option<StoreError>,
    /// How many groups were committed.
    pub commits: u64,
    /// How long the last commit took.
    pub took: Duration,
    /// Events that were given up while the store was lost.
    pub given_up: u64,
}

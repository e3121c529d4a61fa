//! As what sinks are shown, and what is said of them.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::delivery::monitor_of;
use crate::watches::Millis;

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

//! What has changed, for the log and for who counts.

use std::sync::Arc;

use super::{Cause, Status};

/// A component, or the whole service, has changed.
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "only `tracing` tells all of it")
)]
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A component has another status or cause: what is logged, less what
    /// alternates.
    Component {
        name: Arc<str>,
        from: Status,
        to: Status,
        cause: Option<Cause>,
        text: Option<Arc<str>>,
        /// Changes since the last event that were not logged.
        left_out: u32,
    },
    /// A start-up guard was dropped before it was done.
    StartupFailed { guard: Arc<str> },
    /// Start-up complete, drain, maintenance or a forced endpoint.
    Service { what: &'static str, on: bool },
    /// So many events before the next, for which there was no room.
    LeftOut(u64),
}

/// A component has another status.
#[cfg(feature = "metrics")]
#[derive(Clone, Debug)]
pub(crate) struct Turned {
    pub(crate) name: Arc<str>,
    pub(crate) from: Status,
    pub(crate) to: Status,
}

//! What the engine tells about itself: the one place that telemetry hooks into.

#[cfg(feature = "metrics")]
mod metrics;

use std::sync::Arc;
use std::time::Duration;

use crate::engine::Shared;
use crate::report::{Cause, Endpoint, Status};

#[cfg(feature = "metrics")]
pub(crate) use metrics::Metrics;

/// A component, or the whole service, has changed.
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "only `tracing` tells all of it")
)]
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A component has another status: what is counted.
    #[cfg(feature = "metrics")]
    Turned {
        name: Arc<str>,
        from: Status,
        to: Status,
    },
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
}

// None of these is called with a lock held, and none lets the panic of a
// subscriber or of a recorder through.

/// Tells of one change.
pub(crate) fn changed(_shared: &Shared, _event: &Event) {
    #[cfg(feature = "metrics")]
    if let Event::Turned { name, from, to } = _event {
        _shared.metrics.turned(name, *from, *to);
    }
    #[cfg(feature = "tracing")]
    crate::contain::contain(|| emit(_event));
}

/// Tells of one probe that was answered; no endpoint means a single component.
pub(crate) fn answered(_shared: &Shared, _endpoint: Option<Endpoint>, _status: Status) {
    #[cfg(feature = "metrics")]
    _shared.metrics.answered(&_shared.slots, _endpoint, _status);
}

/// Tells of one run that ended, whatever it found.
pub(crate) fn ran(_shared: &Shared, _component: usize, _took: Duration) {
    #[cfg(feature = "metrics")]
    _shared.metrics.ran(&_shared.slots, _component, _took);
}

/// Tells of a report that was published.
pub(crate) fn published(_shared: &Shared) {
    #[cfg(feature = "metrics")]
    _shared.tell_published();
}

/// What users filter by, whatever this file is called.
#[cfg(feature = "tracing")]
const TARGET: &str = "health_middleware";

#[cfg(feature = "tracing")]
fn emit(event: &Event) {
    use tracing::{info, warn};

    match event {
        Event::Component {
            name,
            from,
            to,
            cause,
            text,
            left_out,
        } => {
            let component: &str = name;
            let (from, to) = (from.as_str(), to.as_str());
            let cause = cause.map(Cause::as_str);
            let error = text.as_deref();
            let left_out = Some(*left_out).filter(|count| *count > 0);
            if to == Status::Healthy.as_str() {
                info!(
                    target: TARGET,
                    component,
                    from, to, cause, error, left_out, "health changed"
                );
            } else {
                warn!(
                    target: TARGET,
                    component,
                    from, to, cause, error, left_out, "health changed"
                );
            }
        }
        #[cfg(feature = "metrics")]
        Event::Turned { .. } => {}
        Event::StartupFailed { guard } => {
            let (what, guard): (_, &str) = ("start-up failed", guard);
            warn!(target: TARGET, what, on = true, guard, "health changed");
        }
        Event::Service { what, on } => info!(target: TARGET, what, on, "health changed"),
    }
}

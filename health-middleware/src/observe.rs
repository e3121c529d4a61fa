//! What has happened, told to `tracing` and through `metrics`.
//!
//! May touch `report`, whose plain values are all that it is told, and `contain`.

#[cfg(feature = "tracing")]
mod events;
#[cfg(feature = "metrics")]
mod metrics;

use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "metrics")]
use metrics::Metrics;

#[cfg(feature = "tracing")]
use crate::contain::contain;
#[cfg(feature = "metrics")]
use crate::report::Turned;
use crate::report::{Endpoint, Event, Report, Status};

/// Tells what has happened to one service.
///
/// Nothing of it is called with a lock held, and nothing lets the panic of a
/// subscriber or of a recorder through.
#[derive(Debug)]
pub(crate) struct Observer {
    #[cfg(feature = "metrics")]
    metrics: Metrics,
}

/// A component, as far as telemetry knows it.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "metrics"),
    expect(dead_code, reason = "only `metrics` has numbers of components")
)]
pub(crate) struct Observed {
    pub(crate) name: Arc<str>,
    /// What is passive makes no runs.
    pub(crate) runs: bool,
}

impl Observer {
    /// Of these components, in the order of their names.
    pub(crate) fn new(_components: impl Iterator<Item = Observed>) -> Self {
        Self {
            #[cfg(feature = "metrics")]
            metrics: Metrics::new(_components.collect()),
        }
    }

    /// Counts a change.
    #[cfg(feature = "metrics")]
    pub(crate) fn turned(&self, turned: &Turned) {
        self.metrics.turned(&turned.name, turned.from, turned.to);
    }

    /// Tells of one change, of one after the other.
    pub(crate) fn changed(&self, _event: &Event) {
        #[cfg(feature = "tracing")]
        contain(|| events::emit(_event));
    }

    /// Tells of one probe that was answered; no endpoint means a single component.
    pub(crate) fn answered(&self, _endpoint: Option<Endpoint>, _status: Status) {
        #[cfg(feature = "metrics")]
        self.metrics.answered(_endpoint, _status);
    }

    /// Tells of one run that ended, whatever it found.
    pub(crate) fn ran(&self, _component: usize, _took: Duration) {
        #[cfg(feature = "metrics")]
        self.metrics.ran(_component, _took);
    }

    /// Tells of a report that was published; says whether it still is the latest
    /// one then. Whoever is late to tell of one must tell of the one that took its
    /// place.
    pub(crate) fn published(&self, _latest: impl Fn() -> Arc<Report>) -> bool {
        #[cfg(feature = "metrics")]
        {
            let report = _latest();
            self.metrics.published(&report);
            Arc::ptr_eq(&_latest(), &report)
        }
        #[cfg(not(feature = "metrics"))]
        true
    }
}

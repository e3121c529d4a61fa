//! Numbers through the `metrics` facade: what is measured, and under which names.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use metrics::{
    Counter, Gauge, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram,
    gauge, histogram,
};

use super::Observed;
use crate::contain::contain;
use crate::report::{Endpoint, Report, Status};

const COMPONENT_STATUS: &str = "health_component_status";
const ENDPOINT_STATUS: &str = "health_endpoint_status";
const CHECK_DURATION: &str = "health_check_duration_seconds";
const TRANSITIONS: &str = "health_transitions_total";
const PROBES: &str = "health_probes_total";

/// Where the numbers of one engine go.
///
/// Handles are taken from a recorder once, and again when another one has taken
/// its place: a program may install its recorder after the engine was built.
pub(super) struct Metrics {
    /// In the order of their names.
    components: Box<[Observed]>,
    /// The handles of the recorder, or of none, that was there at first: the
    /// quickest to be had.
    first: OnceLock<Handles>,
    later: ArcSwapOption<Handles>,
}

impl Metrics {
    pub(super) fn new(components: Box<[Observed]>) -> Self {
        Self {
            components,
            first: OnceLock::new(),
            later: ArcSwapOption::empty(),
        }
    }

    /// One probe was answered; no endpoint means a single component.
    pub(super) fn answered(&self, endpoint: Option<Endpoint>, status: Status) {
        self.with(|handles| {
            let endpoint = endpoint.map_or(Endpoint::ALL.len(), Endpoint::index);
            handles.probes[endpoint][index(status)].increment(1);
        });
    }

    /// One run of a check ended, whatever it found.
    pub(super) fn ran(&self, component: usize, took: Duration) {
        self.with(|handles| {
            handles.components[component].duration.record(took);
        });
    }

    /// A component has turned.
    pub(super) fn turned(&self, component: &str, from: Status, to: Status) {
        contain(|| {
            counter!(
                TRANSITIONS,
                "component" => component.to_owned(),
                "from" => from.as_str(),
                "to" => to.as_str(),
            )
            .increment(1);
        });
    }

    /// A report was published.
    pub(super) fn published(&self, report: &Report) {
        self.with(|handles| {
            for (handles, component) in handles.components.iter().zip(&report.components) {
                handles.status.set(level(component.status));
            }
            for endpoint in Endpoint::ALL {
                let status = report.endpoint(endpoint).status;
                handles.endpoints[endpoint.index()].set(level(status));
            }
        });
    }

    fn with(&self, tell: impl FnOnce(&Handles)) {
        contain(|| {
            // There is no other way to see whether handles are the current recorder's.
            let recorder =
                metrics::with_recorder(|recorder| std::ptr::from_ref(recorder).cast::<()>().addr());
            let first = self
                .first
                .get_or_init(|| Handles::register(recorder, &self.components));
            if first.recorder == recorder {
                return tell(first);
            }
            match &*self.later.load() {
                Some(later) if later.recorder == recorder => tell(later),
                _ => {
                    let later = Arc::new(Handles::register(recorder, &self.components));
                    tell(&later);
                    self.later.store(Some(later));
                }
            }
        });
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// What one recorder has given out.
struct Handles {
    /// Its address.
    recorder: usize,
    /// By endpoint, single components last, and by status.
    probes: [[Counter; STATUSES.len()]; Endpoint::ALL.len() + 1],
    endpoints: [Gauge; Endpoint::ALL.len()],
    components: Box<[ComponentHandles]>,
}

struct ComponentHandles {
    status: Gauge,
    duration: Histogram,
}

const STATUSES: [Status; 3] = [Status::Healthy, Status::Degraded, Status::Unhealthy];

/// A status's place in [`STATUSES`].
fn index(status: Status) -> usize {
    match status {
        Status::Healthy => 0,
        Status::Degraded => 1,
        Status::Unhealthy => 2,
    }
}

/// A status as a number: less is worse.
fn level(status: Status) -> f64 {
    match status {
        Status::Healthy => 1.0,
        Status::Degraded => 0.5,
        Status::Unhealthy => 0.0,
    }
}

impl Handles {
    fn register(recorder: usize, components: &[Observed]) -> Self {
        describe();
        let probes = |endpoint: &'static str| {
            STATUSES
                .map(|status| counter!(PROBES, "endpoint" => endpoint, "result" => status.as_str()))
        };
        let [health, live, ready, startup] = Endpoint::ALL.map(|one| probes(one.as_str()));
        Self {
            recorder,
            probes: [health, live, ready, startup, probes("component")],
            endpoints: Endpoint::ALL.map(|one| gauge!(ENDPOINT_STATUS, "endpoint" => one.as_str())),
            components: components.iter().map(ComponentHandles::register).collect(),
        }
    }
}

impl ComponentHandles {
    fn register(component: &Observed) -> Self {
        let name = || component.name.to_string();
        Self {
            status: gauge!(COMPONENT_STATUS, "component" => name()),
            duration: if component.runs {
                histogram!(CHECK_DURATION, "component" => name())
            } else {
                Histogram::noop()
            },
        }
    }
}

fn describe() {
    describe_gauge!(
        COMPONENT_STATUS,
        "Status of a component: 1 healthy, 0.5 degraded, 0 unhealthy"
    );
    describe_gauge!(
        ENDPOINT_STATUS,
        "Status that an endpoint reports: 1 healthy, 0.5 degraded, 0 unhealthy"
    );
    describe_histogram!(
        CHECK_DURATION,
        Unit::Seconds,
        "How long the runs of a check took, those that failed or timed out included"
    );
    describe_counter!(TRANSITIONS, Unit::Count, "Changes of a component's status");
    describe_counter!(
        PROBES,
        Unit::Count,
        "Health probes answered, over HTTP and gRPC"
    );
}

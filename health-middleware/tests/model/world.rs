//! What the engine meets: checks that do as they are told, and those who hear of
//! it, by the ways that every program has.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use health_middleware::{BoxError, Cause, Check, Outcome, Status};
use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use tokio::time::{Instant, sleep};
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// A check's settings; times are milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) failures: usize,
    pub(crate) successes: usize,
    pub(crate) every: u64,
    pub(crate) timeout: u64,
    pub(crate) delay: u64,
    pub(crate) optional: bool,
    /// It counts for readiness alone.
    pub(crate) readiness: bool,
}

impl Spec {
    /// The longest time from one beginning to the next.
    pub(crate) fn period(&self) -> u64 {
        self.every + self.every / 10
    }

    pub(crate) fn life(&self) -> u64 {
        self.period() + self.timeout + 2000
    }
}

/// What the runs of a check do from now on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) takes: u64,
    pub(crate) found: Found,
}

/// What a run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Healthy,
    Degraded,
    Failed,
    Panicked,
    TimedOut,
}

impl Found {
    pub(crate) fn kind(self) -> (Status, Option<Cause>) {
        match self {
            Self::Healthy => (Status::Healthy, None),
            Self::Degraded => (Status::Degraded, Some(Cause::Degraded)),
            Self::Failed => (Status::Unhealthy, Some(Cause::Failed)),
            Self::Panicked => (Status::Unhealthy, Some(Cause::Panicked)),
            Self::TimedOut => (Status::Unhealthy, Some(Cause::TimedOut)),
        }
    }
}

/// What was heard of a component, in the order in which it was.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    /// A run of a check is about to answer.
    Answers(String, Found),
    /// A run ended at this time and took so long.
    Ran(String, u64, u64),
}

/// An event in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) cause: Option<String>,
    pub(crate) left_out: u64,
}

/// Everything that was heard.
#[derive(Clone, Default)]
pub(crate) struct Ears(Arc<Mutex<Heap>>);

#[derive(Default)]
pub(crate) struct Heap {
    start: Option<Instant>,
    pub(crate) heard: Vec<Heard>,
    pub(crate) events: BTreeMap<String, Vec<Event>>,
    /// `started`, `draining` and the like.
    pub(crate) service: Vec<String>,
    /// How often each component has turned.
    pub(crate) turned: BTreeMap<String, u64>,
    pub(crate) overlaps: usize,
}

impl Ears {
    pub(crate) fn open(&self) -> MutexGuard<'_, Heap> {
        self.0.lock().unwrap()
    }

    /// From here on time is counted.
    pub(crate) fn start(&self) {
        self.open().start = Some(Instant::now());
    }

    pub(crate) fn now(&self) -> u64 {
        let start = self.open().start.expect("started");
        u64::try_from(start.elapsed().as_millis()).unwrap()
    }
}

/// A check that does as its plan says.
pub(crate) fn check(name: &str, spec: &Spec, plan: Arc<Mutex<Plan>>, ears: Ears) -> Check {
    let running = Arc::new(AtomicBool::new(false));
    let heard_as = name.to_owned();
    let check = Check::from_fn(name, move || {
        let (ears, name, running) = (ears.clone(), heard_as.clone(), Arc::clone(&running));
        let plan = *plan.lock().unwrap();
        async move {
            let _alone = Alone::begin(running, &ears);
            if plan.takes > 0 {
                sleep(Duration::from_millis(plan.takes)).await;
            }
            ears.open().heard.push(Heard::Answers(name, plan.found));
            match plan.found {
                Found::Healthy => Ok(Outcome::Healthy),
                Found::Degraded => Ok(Outcome::degraded("by plan")),
                Found::Panicked => panic!("{BY_PLAN}"),
                Found::Failed | Found::TimedOut => Err(BoxError::from("by plan")),
            }
        }
    })
    .failures(u32::try_from(spec.failures).unwrap())
    .successes(u32::try_from(spec.successes).unwrap())
    .every(Duration::from_millis(spec.every))
    .timeout(Duration::from_millis(spec.timeout))
    .initial_delay(Duration::from_millis(spec.delay));
    if spec.optional {
        check.optional()
    } else {
        check
    }
}

pub(crate) const BY_PLAN: &str = "by plan";

/// A run, which must be the only one of its check.
struct Alone(Arc<AtomicBool>);

impl Alone {
    fn begin(running: Arc<AtomicBool>, ears: &Ears) -> Self {
        if running.swap(true, Ordering::SeqCst) {
            ears.open().overlaps += 1;
        }
        Self(running)
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// The runs and the turns, as metrics tell them.
impl Recorder for Ears {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match key.name() {
            "health_transitions_total" => Counter::from_arc(self.series(key)),
            _ => Counter::noop(),
        }
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.series(key))
    }
}

impl Ears {
    fn series(&self, key: &Key) -> Arc<Series> {
        let label = key.labels().find(|label| label.key() == "component");
        Arc::new(Series {
            component: label.expect("a component").value().to_owned(),
            ears: self.clone(),
        })
    }
}

/// What is measured of one component.
struct Series {
    component: String,
    ears: Ears,
}

impl CounterFn for Series {
    fn increment(&self, by: u64) {
        *self
            .ears
            .open()
            .turned
            .entry(self.component.clone())
            .or_default() += by;
    }

    fn absolute(&self, _: u64) {
        unreachable!("turns are counted");
    }
}

impl HistogramFn for Series {
    fn record(&self, seconds: f64) {
        let now = self.ears.now();
        let took = (seconds * 1000.0).round() as u64;
        let ran = Heard::Ran(self.component.clone(), now, took);
        self.ears.open().heard.push(ran);
    }
}

/// The log.
impl<S: Subscriber> Layer<S> for Ears {
    fn enabled(&self, metadata: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target().starts_with("health_middleware")
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let get = |name: &str| fields.0.get(name).cloned();
        let mut heap = self.open();
        match (get("component"), get("what")) {
            (Some(component), _) => {
                let event = Event {
                    from: get("from").expect("from"),
                    to: get("to").expect("to"),
                    cause: get("cause"),
                    left_out: get("left_out").map_or(0, |count| count.parse().unwrap()),
                };
                heap.events.entry(component).or_default().push(event);
            }
            (None, what) => heap.service.push(what.expect("what")),
        }
    }
}

#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

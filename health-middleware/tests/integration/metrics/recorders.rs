//! Recorders: late ones, several, and one that panics.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use health_middleware::Health;
use metrics::{
    Counter, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    set_default_local_recorder, with_local_recorder,
};
use metrics_exporter_prometheus::PrometheusBuilder;

use super::{SECOND, scraped};
use crate::support::{Act, codes, get, pass, settle, with_database};

#[tokio::test(start_paused = true)]
async fn a_recorder_may_come_late() {
    let (_, health) = with_database(Act::Healthy);
    settle().await;
    codes(&health).await;

    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = set_default_local_recorder(&recorder);
    codes(&health).await;
    let probes = "health_probes_total{endpoint=\"live\",result=\"healthy\"}";
    assert_eq!(scraped(&recorder, probes), Some(1.0));
    // The next run publishes.
    pass(SECOND * 7).await;
    let status = "health_component_status{component=\"database\"}";
    assert_eq!(scraped(&recorder, status), Some(1.0));
}

/// Counts what it is asked to register.
#[derive(Default)]
struct Registrations(AtomicUsize);

impl Recorder for Registrations {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        self.0.fetch_add(1, Ordering::SeqCst);
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        self.0.fetch_add(1, Ordering::SeqCst);
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        self.0.fetch_add(1, Ordering::SeqCst);
        Histogram::noop()
    }
}

#[tokio::test(start_paused = true)]
async fn handles_are_taken_once() {
    let recorder = Registrations::default();
    let _local = set_default_local_recorder(&recorder);
    let (script, health) = with_database(Act::Healthy);
    settle().await;
    let once = recorder.0.load(Ordering::SeqCst);
    // By endpoint 3 results and, single components aside, a status; by component
    // a status, a duration and the transition that there was.
    assert_eq!(once, 5 * 3 + 4 + 3);
    for _ in 0..1000 {
        get(&health, "/health").await;
    }
    pass(SECOND * 600).await;
    assert!(script.runs() > 100);
    assert_eq!(recorder.0.load(Ordering::SeqCst), once);
}

/// Panics at whatever it is asked.
struct Panicking;

impl Recorder for Panicking {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {
        panic!("on purpose")
    }
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {
        panic!("on purpose")
    }
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {
        panic!("on purpose")
    }
    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        panic!("on purpose")
    }
    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        panic!("on purpose")
    }
    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        panic!("on purpose")
    }
}

#[tokio::test(start_paused = true)]
async fn a_recorder_that_panics_harms_nobody() {
    let _local = set_default_local_recorder(&Panicking);
    let (script, health) = with_database(Act::Healthy);
    settle().await;
    assert_eq!(codes(&health).await, [200; 4]);
    script.set(Act::Fail("down"));
    pass(SECOND * 6).await;
    assert_eq!(codes(&health).await, [503, 200, 503, 200]);
}

#[tokio::test(start_paused = true)]
async fn each_recorder_gets_handles_of_its_own() {
    let health = Health::builder().build().unwrap();
    let recorders = [0, 1].map(|_| PrometheusBuilder::new().build_recorder());
    for recorder in [&recorders[0], &recorders[1], &recorders[0]] {
        let probe = with_local_recorder(recorder, || {
            crate::support::poll_once(std::pin::pin!(get(&health, "/health")))
        });
        assert!(probe.is_ready());
    }
    let probes = "health_probes_total{endpoint=\"health\",result=\"healthy\"}";
    let counts = recorders.each_ref().map(|one| scraped(one, probes));
    assert_eq!(counts, [Some(2.0), Some(1.0)]);
}

/// Maintenance begins or ends whenever a gauge is set, so many times.
#[derive(Default)]
struct Answering {
    health: OnceLock<Health>,
    left: AtomicUsize,
    set: AtomicUsize,
    last: Mutex<Option<f64>>,
}

struct Set(Arc<Answering>);

impl GaugeFn for Set {
    fn increment(&self, _: f64) {}
    fn decrement(&self, _: f64) {}

    fn set(&self, value: f64) {
        let Set(answering) = self;
        *answering.last.lock().unwrap() = Some(value);
        answering.set.fetch_add(1, Ordering::SeqCst);
        let left = answering.left.load(Ordering::SeqCst);
        if let (1.., Some(health)) = (left, answering.health.get()) {
            answering.left.store(left - 1, Ordering::SeqCst);
            // Another thread has another recorder, and the same paused clock.
            let runtime = tokio::runtime::Handle::current();
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let _entered = runtime.enter();
                    health.maintenance(left % 2 == 1);
                });
            });
        }
    }
}

impl Recorder for Set {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let is_ready = key.labels().any(|label| label.value() == "ready");
        if is_ready {
            Gauge::from_arc(Arc::new(Set(Arc::clone(&self.0))))
        } else {
            Gauge::noop()
        }
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_publishes_does_not_measure_what_others_publish_for_ever() {
    let answering = Arc::new(Answering::default());
    let recorder = Set(Arc::clone(&answering));
    let _local = set_default_local_recorder(&recorder);
    let health = Health::builder().build().unwrap();
    settle().await;
    answering.set.store(0, Ordering::SeqCst);
    answering.left.store(1000, Ordering::SeqCst);
    assert!(answering.health.set(health.clone()).is_ok());
    health.maintenance(true);
    let set = answering.set.load(Ordering::SeqCst);
    assert!((2..100).contains(&set), "{set} times by one call");
    // The rest is measured all the same, by a task.
    for _ in 0..1000 {
        settle().await;
    }
    assert_eq!(answering.left.load(Ordering::SeqCst), 0);
    assert_eq!(*answering.last.lock().unwrap(), Some(0.0));
    assert!(health.report().ready().is_unhealthy());
}

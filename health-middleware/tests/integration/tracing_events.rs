//! One event for each change, and none for a probe.

mod changes;
mod floods;
mod order;

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use health_middleware::Health;
use http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;
use tower_http::trace::TraceLayer;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::subscriber::{DefaultGuard, set_default, set_global_default};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::{Layer, Registry, registry};

use crate::support::{Act, codes, pass, settle, with_database};

/// Keeps every event as a line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Gives this thread a subscriber. Others that have none get one, too: an event
/// that is first met where nobody listens is off for everybody, as long as there
/// is one subscriber alone.
fn listen(layer: impl Layer<Registry> + Send + Sync) -> DefaultGuard {
    static OTHERS: Once = Once::new();
    OTHERS.call_once(|| set_global_default(registry()).unwrap());
    set_default(registry().with(layer))
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl<S: Subscriber> Layer<S> for Lines {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target() == "health_middleware"
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
}

/// A subscriber that panics, wherever it is called from.
struct Panicking;

impl<S: Subscriber> Layer<S> for Panicking {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target().starts_with("health_middleware")
    }

    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
        panic!("on purpose");
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_that_panics_ends_neither_checks_nor_probes() {
    let _subscriber = listen(Panicking);
    let (script, health) = with_database(Act::Healthy);
    settle().await;
    assert_eq!(codes(&health).await, [200; 4]);
    script.set(Act::Fail("down"));
    pass(Duration::from_secs(6)).await;
    assert_eq!(codes(&health).await, [503, 200, 503, 200]);
    health.drain();
    assert!(health.report().is_draining());

    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    health.maintenance(true);
    assert_eq!(lines.take().len(), 1, "another one is told");
}

#[cfg(feature = "testability")]
#[tokio::test(start_paused = true)]
async fn testability_warns_at_start() {
    use health_middleware::{Surface, Testability};

    let open = || Testability::new();
    let protected = || Testability::new().token("token");
    let port = |testability| Surface::new().testability(testability);
    let builder = Health::builder;
    for (builder, surface, all_protected) in [
        (builder().testability(open()), "layer and management", false),
        (
            builder().testability(protected()),
            "layer and management",
            true,
        ),
        (builder().management(port(protected())), "management", true),
        (builder().management(port(open())), "management", false),
        (
            builder().testability(protected()).management(port(open())),
            "layer and management",
            false,
        ),
    ] {
        let lines = Lines::default();
        let _subscriber = listen(lines.clone());
        let _health = builder.build().unwrap();
        let begun = lines.take();
        assert!(
            begun[0].starts_with("WARN") && begun[0].contains("not for production"),
            "{begun:?}"
        );
        for field in [
            format!("surface={surface:?}"),
            format!("protected={all_protected}"),
        ] {
            assert!(begun[0].contains(&field), "{field}: {begun:?}");
        }
        assert!(!begun[1..].concat().contains("WARN"), "{begun:?}");
    }
}

/// Counts what a TraceLayer says.
#[derive(Clone, Default)]
struct Traces(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Traces {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target().starts_with("tower_http::trace")
    }

    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn on_new_span(&self, _: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn a_trace_layer_inside_is_silent_for_probes() {
    let traces = Traces::default();
    let _subscriber = listen(traces.clone());
    let health = Health::builder().build().unwrap();
    let app = Router::new()
        .route("/", get(|| async { "hello" }))
        .layer(TraceLayer::new_for_http())
        .layer(health.layer());
    let ask = async |path| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        response.into_body().collect().await.unwrap();
        (status, traces.0.swap(0, Ordering::SeqCst))
    };
    for path in [
        "/health",
        "/health/live",
        "/health/ready",
        "/health/startup",
    ] {
        assert_eq!(ask(path).await, (200, 0), "{path}");
    }
    assert_eq!(ask("/health/components/nobody").await, (404, 0));
    let (status, traced) = ask("/").await;
    assert_eq!(status, 200);
    assert!(traced > 0, "the layer would not have been heard at all");
}

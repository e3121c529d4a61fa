//! One event for each change, and none for a probe.

mod order;

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use health_middleware::{Fault, Health, StartupGuard};
use http::Request;
use http_body_util::BodyExt;
use tower::ServiceExt;
use tower_http::trace::TraceLayer;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

use crate::support::{Act, Script, codes, jump, pass, settle};

/// Keeps every event as a line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Hears everything on every thread, and forgets it.
struct Deaf;

impl Subscriber for Deaf {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn event(&self, _: &Event<'_>) {}
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Gives this thread a subscriber. Others that have none get one, too: an event
/// that is first met where nobody listens is off for everybody, as long as there
/// is one subscriber alone.
fn listen(subscriber: impl Subscriber + Send + Sync) -> DefaultGuard {
    static OTHERS: Once = Once::new();
    OTHERS.call_once(|| tracing::subscriber::set_global_default(Deaf).unwrap());
    tracing::subscriber::set_default(subscriber)
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "health_middleware"
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test(start_paused = true)]
async fn what_a_reporter_says_is_told_once_for_each_change() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let (check, breaker) = health_middleware::reporter("breaker");
    let _health = Health::builder().check(check).build().unwrap();
    breaker.healthy();
    breaker.healthy();
    let begun = lines.take();
    assert_eq!(begun.len(), 2, "{begun:?}");
    assert!(begun[0].contains("component=\"breaker\" from=\"unhealthy\" to=\"healthy\""));
    assert!(begun[1].contains("what=\"started\""), "{begun:?}");
    breaker.unhealthy("refused");
    breaker.unhealthy("refused again");
    let failed = lines.take();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(
        failed[0].contains("cause=\"failed\" error=\"refused\""),
        "{failed:?}"
    );
    // What alternates is not told again within a minute, and then as it lasts.
    for _ in 0..50 {
        breaker.healthy();
        breaker.unhealthy("refused");
    }
    breaker.healthy();
    assert_eq!(lines.take(), [""; 0]);
    pass(Duration::from_secs(61)).await;
    let late = lines.take();
    assert_eq!(late.len(), 1, "{late:?}");
    assert!(
        late[0].contains("to=\"healthy\"") && late[0].contains("left_out=100"),
        "{late:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_word_that_gets_stale_is_told_though_nobody_asks() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let (check, feed) = health_middleware::reporter("feed");
    let check = check.time_to_live(Duration::from_secs(5));
    let _health = Health::builder().check(check).build().unwrap();
    // The publisher has nothing to wait for, until something is said.
    pass(Duration::from_secs(60)).await;
    feed.healthy();
    lines.take();
    pass(Duration::from_secs(6)).await;
    let stale = lines.take();
    assert_eq!(stale.len(), 1, "{stale:?}");
    assert!(stale[0].contains("cause=\"stale\""), "{stale:?}");
}

#[tokio::test(start_paused = true)]
async fn transitions_are_told_once() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let script = Script::new(Act::Healthy);
    let health = Health::builder()
        .check(script.check("database"))
        .build()
        .unwrap();
    settle().await;
    let begun = lines.take();
    assert_eq!(begun.len(), 2, "{begun:?}");
    assert!(begun[0].starts_with("INFO"), "{begun:?}");
    assert!(begun[0].contains("component=\"database\" from=\"unhealthy\" to=\"healthy\""));
    assert!(begun[1].contains("what=\"started\""), "{begun:?}");

    script.set(Act::Fail("password rejected"));
    pass(Duration::from_secs(60)).await;
    let failed = lines.take();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(failed[0].starts_with("WARN"));
    for part in [
        "from=\"healthy\"",
        "to=\"unhealthy\"",
        "cause=\"failed\"",
        "error=\"password rejected\"",
    ] {
        assert!(failed[0].contains(part), "{failed:?} lacks {part}");
    }

    for _ in 0..100 {
        codes(&health).await;
    }
    assert_eq!(lines.take(), Vec::<String>::new(), "a probe is no event");

    health.drain();
    health.drain();
    let drained = lines.take();
    assert_eq!(drained.len(), 1);
    assert!(
        drained[0].contains("what=\"draining\" on=true"),
        "{drained:?}"
    );
}

/// Runs the check so often, each time doing the next thing, and gives back what
/// was told.
async fn told_of(lines: &Lines, script: &Script, acts: &[Act], runs: usize) -> Vec<String> {
    for act in acts.iter().cycle().take(runs) {
        let before = script.runs();
        script.set(act.clone());
        while script.runs() == before {
            pass(Duration::from_millis(100)).await;
        }
        // A run that hangs is over after a second.
        pass(Duration::from_millis(1100)).await;
    }
    lines.take()
}

#[track_caller]
fn assert_parts(line: &str, parts: &[&str]) {
    for part in parts {
        assert!(line.contains(part), "{line} lacks {part}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_from_boot_on_is_told_with_its_text() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let script = Script::new(Act::Fail("password rejected"));
    let _health = Health::builder()
        .check(script.check("database"))
        .check(script.check("cache").optional())
        .build()
        .unwrap();
    pass(Duration::from_secs(60)).await;
    let told = lines.take();
    assert_eq!(told.len(), 3, "{told:?}");
    for (name, status) in [("cache", "degraded"), ("database", "unhealthy")] {
        let name = format!("component=\"{name}\"");
        let line = told.iter().find(|line| line.contains(&name)).expect(&name);
        assert!(line.starts_with("WARN"), "{line}");
        let (from, to) = (format!("from=\"{status}\""), format!("to=\"{status}\""));
        let parts = ["cause=\"failed\"", "error=\"password rejected\""];
        assert_parts(line, &[&from, &to, parts[0], parts[1]]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_of_cause_is_told() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let script = Script::new(Act::Healthy);
    let health = Health::builder()
        .check(script.check("database"))
        .build()
        .unwrap();
    settle().await;
    lines.take();
    let acts = [Act::Fail("refused"), Act::Hang, Act::Panic("on purpose")];
    let told = told_of(&lines, &script, &acts, 3).await;
    assert_eq!(told.len(), 3, "{told:?}");
    assert_parts(
        &told[0],
        &["from=\"healthy\"", "cause=\"failed\"", "refused"],
    );
    assert_parts(&told[1], &["from=\"unhealthy\"", "cause=\"timed out\""]);
    assert_parts(&told[2], &["cause=\"panicked\"", "error=\"on purpose\""]);

    script.set(Act::Fail("gone"));
    jump(Duration::from_secs(3600));
    assert!(health.report().status().is_unhealthy());
    settle().await;
    let told = lines.take();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_parts(&told[0], &["to=\"unhealthy\"", "cause=\"stale\""]);
    assert_parts(&told[1], &["cause=\"failed\"", "error=\"gone\""]);
}

#[tokio::test(start_paused = true)]
async fn what_alternates_is_told_once_a_minute_for_each_kind() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let script = Script::new(Act::Healthy);
    let health = Health::builder()
        .check(script.check("database"))
        .build()
        .unwrap();
    settle().await;
    lines.take();
    let begun = tokio::time::Instant::now();
    let acts = [Act::Fail("refused"), Act::Panic("on purpose")];
    let told = told_of(&lines, &script, &acts, 60).await;
    let minutes = begun.elapsed().as_secs() as usize / 60;
    assert!(minutes >= 4, "{minutes}");
    for kind in ["cause=\"failed\"", "cause=\"panicked\""] {
        let times = told.iter().filter(|line| line.contains(kind)).count();
        assert!((2..=minutes + 1).contains(&times), "{kind}: {told:?}");
    }
    assert!(!told[1].contains("left_out"), "{told:?}");
    assert!(told[2].contains("left_out="), "{told:?}");
    drop(health);
}

/// Otherwise the last line in the log would be wrong for as long as it lasts.
#[tokio::test(start_paused = true)]
async fn what_was_left_out_is_told_if_it_lasts() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let script = Script::new(Act::Healthy);
    let health = Health::builder()
        // No other run comes to the aid of the log.
        .check(script.check("database").every(Duration::from_secs(3600)))
        .build()
        .unwrap();
    settle().await;
    for _ in 0..3 {
        drop(health.force("database", Fault::Down).unwrap());
    }
    let told = lines.take();
    assert!(
        told.last().unwrap().contains("cause=\"forced\""),
        "{told:?}"
    );
    assert_eq!(told.len(), 3, "{told:?}");
    pass(Duration::from_secs(58)).await;
    assert_eq!(lines.take(), Vec::<String>::new());
    pass(Duration::from_secs(3)).await;
    let told = lines.take();
    assert_eq!(told.len(), 1, "{told:?}");
    let parts = ["INFO", "from=\"unhealthy\"", "to=\"healthy\"", "left_out=4"];
    assert_parts(&told[0], &parts);
    pass(Duration::from_secs(300)).await;
    assert_eq!(lines.take(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_start_that_has_failed_is_told_once() {
    let lines = Lines::default();
    let _subscriber = listen(lines.clone());
    let guard = StartupGuard::new("migrations");
    let _health = Health::builder().startup(&guard).build().unwrap();
    drop(guard);
    pass(Duration::from_secs(60)).await;
    let told = lines.take();
    assert_eq!(told.len(), 1, "{told:?}");
    let parts = ["WARN", "what=\"start-up failed\"", "guard=\"migrations\""];
    assert_parts(&told[0], &parts);
}

/// A subscriber that panics, wherever it is called from.
struct Panicking;

impl Subscriber for Panicking {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("health_middleware")
    }
    fn event(&self, _: &Event<'_>) {
        panic!("on purpose");
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_that_panics_ends_neither_checks_nor_probes() {
    let _subscriber = listen(Panicking);
    let script = Script::new(Act::Healthy);
    let health = Health::builder()
        .check(script.check("database"))
        .build()
        .unwrap();
    settle().await;
    assert_eq!(codes(&health).await, [200; 4]);
    script.set(Act::Fail("down"));
    pass(Duration::from_secs(6)).await;
    assert_eq!(codes(&health).await, [503, 200, 503, 200]);
    health.drain();
    assert!(health.report().is_draining());
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

impl Subscriber for Traces {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("tower_http::trace")
    }
    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        self.0.fetch_add(1, Ordering::SeqCst);
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
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

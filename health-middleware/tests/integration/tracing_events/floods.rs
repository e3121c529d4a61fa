//! Changes that come as fast as they are told, and listeners that do harm.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context as TaskContext, Wake, Waker};

use health_middleware::{Health, reporter};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::{Lines, listen};
use crate::support::settle;

/// Answers each event with changes of its own, so many in all.
#[derive(Clone)]
struct Answering {
    lines: Lines,
    health: Arc<std::sync::OnceLock<Health>>,
    left: Arc<AtomicUsize>,
    at_once: usize,
}

impl Answering {
    fn new(lines: &Lines, changes: usize, at_once: usize) -> Self {
        Self {
            lines: lines.clone(),
            health: Arc::default(),
            left: Arc::new(AtomicUsize::new(changes)),
            at_once,
        }
    }
}

impl<S: Subscriber> Layer<S> for Answering {
    fn enabled(&self, metadata: &Metadata<'_>, context: Context<'_, S>) -> bool {
        self.lines.enabled(metadata, context)
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        self.lines.on_event(event, context);
        let Some(health) = self.health.get() else {
            return;
        };
        for _ in 0..self.at_once {
            let left = self.left.load(Ordering::SeqCst);
            if left > 0 {
                self.left.store(left - 1, Ordering::SeqCst);
                health.maintenance(left % 2 == 1);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_changes_something_does_not_tell_what_others_change_for_ever() {
    let lines = Lines::default();
    let answering = Answering::new(&lines, 10_000, 1);
    let left = Arc::clone(&answering.left);
    let health = Health::builder().build().unwrap();
    assert!(answering.health.set(health.clone()).is_ok());
    let _subscriber = listen(answering);
    health.maintenance(true);
    let told = lines.take().len();
    assert!((2..100).contains(&told), "{told} events by one call");
    // The rest is told all the same, by a task.
    for _ in 0..1000 {
        settle().await;
    }
    assert_eq!(left.load(Ordering::SeqCst), 0);
    assert_eq!(told + lines.take().len(), 10_001);
}

#[tokio::test(start_paused = true)]
async fn of_more_events_than_can_be_kept_the_last_are_told_and_the_others_counted() {
    let lines = Lines::default();
    let answering = Answering::new(&lines, 5000, 5000);
    let health = Health::builder().build().unwrap();
    assert!(answering.health.set(health.clone()).is_ok());
    settle().await;
    let _subscriber = listen(answering);
    health.maintenance(true);
    settle().await;
    let said = lines.take();
    let counted = said.iter().position(|line| line.contains("left_out="));
    let counted = counted.expect("some cannot be kept");
    assert_eq!(counted, 1, "{:?}", &said[..4]);
    assert_eq!(said[counted], "WARN message=health changed left_out=4000");
    assert_eq!(said.len(), 1 + 1 + 1000);
    assert!(said[1001].contains("on=true"), "{}", said[1001]);
    assert!(health.report().ready().is_unhealthy());
}

struct PanickingWaker;

impl Wake for PanickingWaker {
    fn wake(self: Arc<Self>) {
        panic!("on purpose");
    }
}

#[tokio::test(start_paused = true)]
async fn a_waker_that_panics_silences_no_event() {
    let lines = Lines::default();
    let (check, breaker) = reporter("breaker");
    let health = Health::builder().check(check).build().unwrap();
    let _subscriber = listen(lines.clone());
    let mut subscription = health.subscribe();
    let waker = Waker::from(Arc::new(PanickingWaker));
    let told = {
        let changed = pin!(subscription.changed());
        let polled = changed.poll(&mut TaskContext::from_waker(&waker));
        assert!(polled.is_pending());
        catch_unwind(AssertUnwindSafe(|| breaker.healthy()))
    };
    health.drain();
    let said = lines.take();
    for change in ["component=\"breaker\"", "what=\"draining\""] {
        let is_told = said.iter().any(|line| line.contains(change));
        assert!(is_told, "{change}: {said:?}");
    }
    assert!(told.is_ok(), "the reporter has nothing to do with it");
    subscription.changed().await.unwrap();
    let ended = pin!(subscription.changed());
    assert!(
        ended
            .poll(&mut TaskContext::from_waker(&waker))
            .is_pending()
    );
    assert!(catch_unwind(AssertUnwindSafe(|| drop(health))).is_ok());
}

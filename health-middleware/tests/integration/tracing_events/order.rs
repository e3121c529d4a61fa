//! Events in the order of the changes, whoever makes them and whoever is slow.

use std::sync::Mutex;

use health_middleware::{Health, reporter};
use tracing::subscriber::set_default;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::{Layer, registry};

use super::{Lines, listen};

/// Keeps lines as [`Lines`] does, but lets something be said before the first.
struct Slow {
    lines: Lines,
    meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl<S: Subscriber> Layer<S> for Slow {
    fn enabled(&self, metadata: &Metadata<'_>, context: Context<'_, S>) -> bool {
        self.lines.enabled(metadata, context)
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        self.lines.on_event(event, context);
    }
}

fn says_meanwhile(lines: &Lines, say: impl FnOnce() + Send + 'static) -> Slow {
    Slow {
        lines: lines.clone(),
        meanwhile: Mutex::new(Some(Box::new(say))),
    }
}

fn said_of_components(lines: &Lines) -> Vec<String> {
    let said = lines.take().into_iter();
    said.filter(|line| line.contains("component=")).collect()
}

#[tokio::test(start_paused = true)]
async fn events_come_in_the_order_of_the_changes_whoever_makes_them() {
    let lines = Lines::default();
    let (check, breaker) = reporter("breaker");
    let other = breaker.clone();
    let everywhere = lines.clone();
    let slow = says_meanwhile(&lines, move || {
        let open = move || {
            let _subscriber = set_default(registry().with(everywhere));
            other.unhealthy("open");
        };
        std::thread::spawn(open).join().unwrap();
    });
    let _health = Health::builder().check(check).build().unwrap();
    let _subscriber = listen(slow);
    breaker.healthy();
    let said = said_of_components(&lines);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("to=\"healthy\""), "{said:?}");
    assert!(said[1].contains("to=\"unhealthy\""), "{said:?}");
}

#[tokio::test(start_paused = true)]
async fn what_a_subscriber_says_while_it_is_told_is_told_after_that() {
    let lines = Lines::default();
    let (check, breaker) = reporter("breaker");
    let other = breaker.clone();
    let _health = Health::builder().check(check).build().unwrap();
    let _subscriber = listen(says_meanwhile(&lines, move || other.unhealthy("open")));
    breaker.healthy();
    let said = said_of_components(&lines);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("to=\"healthy\""), "{said:?}");
    assert!(said[1].contains("to=\"unhealthy\""), "{said:?}");
}

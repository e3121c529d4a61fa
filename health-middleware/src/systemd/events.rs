//! What `tracing` is told; nothing without that feature.
//!
//! A subscriber that panics must not end the watchdog.

/// What users filter by, whatever this file is called.
#[cfg(feature = "tracing")]
const TARGET: &str = "health_middleware::systemd";

#[cfg(feature = "tracing")]
fn tell(tell: impl FnOnce()) {
    crate::contain::contain(tell);
}

/// A variable that makes no sense.
pub(super) fn problem(_problem: &str) {
    #[cfg(feature = "tracing")]
    tell(
        || tracing::warn!(target: TARGET, problem = _problem, "systemd's variables make no sense"),
    );
}

/// The first of a row of messages that could not be sent.
pub(super) fn unsent(_error: &std::io::Error) {
    #[cfg(feature = "tracing")]
    tell(|| tracing::warn!(target: TARGET, error = %_error, "systemd cannot be told"));
}

pub(super) fn ready() {
    #[cfg(feature = "tracing")]
    tell(|| tracing::info!(target: TARGET, "systemd told: ready"));
}

/// The watchdog goes hungry, or is fed again.
pub(super) fn fed(_reason: Option<&str>) {
    #[cfg(feature = "tracing")]
    tell(|| match _reason {
        Some(reason) => tracing::error!(target: TARGET, reason, "systemd's watchdog is not fed"),
        None => tracing::info!(target: TARGET, "systemd's watchdog is fed again"),
    });
}

#[cfg(all(test, feature = "tracing"))]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::subscriber::{set_global_default, with_default};
    use tracing::{Event, Subscriber};
    use tracing_subscriber::layer::{Context, SubscriberExt};
    use tracing_subscriber::{Layer, registry};

    use super::*;

    /// Notes the targets of events.
    #[derive(Clone, Default)]
    struct Targets(Arc<Mutex<Vec<&'static str>>>);

    impl<S: Subscriber> Layer<S> for Targets {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            self.0.lock().unwrap().push(event.metadata().target());
        }
    }

    #[test]
    fn what_users_filter_by_is_no_file() {
        // For other threads: an event that is first met where nobody listens is off
        // for everybody, as long as there is one subscriber alone.
        let _ = set_global_default(registry());
        let targets = Targets::default();
        with_default(registry().with(targets.clone()), || {
            problem("WATCHDOG_PID=x");
            unsent(&std::io::Error::other("gone"));
            ready();
            fed(Some("not alive"));
            fed(None);
        });
        assert_eq!(
            *targets.0.lock().unwrap(),
            ["health_middleware::systemd"; 5]
        );
    }
}

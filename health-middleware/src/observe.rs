//! What the engine tells about itself: the one place that telemetry hooks into.

use std::sync::Arc;
use std::time::Duration;

use crate::cause::Cause;
use crate::endpoint::Endpoint;
use crate::status::Status;

/// A component, or the whole service, has turned.
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "nobody listens without a telemetry feature")
)]
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Component {
        name: Arc<str>,
        from: Status,
        to: Status,
        cause: Option<Cause>,
        text: Option<Arc<str>>,
    },
    /// Start-up complete, drain, maintenance or a forced endpoint.
    Service { what: &'static str, on: bool },
}

/// Tells of one transition. Called without any lock held; a subscriber that
/// panics must not end the task or the probe that tells it.
pub(crate) fn transition(event: &Event) {
    #[cfg(feature = "tracing")]
    {
        let tell = std::panic::AssertUnwindSafe(|| emit(event));
        let _ = std::panic::catch_unwind(tell);
    }
    #[cfg(not(feature = "tracing"))]
    let _ = event;
}

/// Tells of one probe that was answered.
pub(crate) fn answered(_endpoint: Endpoint, _status: Status) {}

/// Tells of one run that ended, whatever it found.
pub(crate) fn ran(_name: &str, _took: Duration) {}

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
        } => {
            let component: &str = name;
            let (from, to) = (from.as_str(), to.as_str());
            let cause = cause.map(Cause::as_str);
            let error = text.as_deref();
            if to == Status::Healthy.as_str() {
                info!(component, from, to, cause, error, "health changed");
            } else {
                warn!(component, from, to, cause, error, "health changed");
            }
        }
        Event::Service { what, on } => info!(what, on, "health changed"),
    }
}

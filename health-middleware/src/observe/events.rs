//! Events for `tracing`: one for each change of a status or its cause.

use tracing::{info, warn};

use crate::report::{Cause, Event};

/// What users filter by, whatever this file is called.
const TARGET: &str = "health_middleware";

pub(super) fn emit(event: &Event) {
    match event {
        Event::Component {
            name,
            from,
            to,
            cause,
            text,
            left_out,
        } => {
            let component: &str = name;
            let recovered = to.is_healthy();
            let (from, to) = (from.as_str(), to.as_str());
            let cause = cause.map(Cause::as_str);
            let error = text.as_deref();
            let left_out = Some(*left_out).filter(|count| *count > 0);
            if recovered {
                info!(
                    target: TARGET,
                    component,
                    from, to, cause, error, left_out, "health changed"
                );
            } else {
                warn!(
                    target: TARGET,
                    component,
                    from, to, cause, error, left_out, "health changed"
                );
            }
        }
        Event::StartupFailed { guard } => {
            let (what, guard): (_, &str) = ("start-up failed", guard);
            warn!(target: TARGET, what, on = true, guard, "health changed");
        }
        Event::Service { what, on } => info!(target: TARGET, what, on, "health changed"),
        Event::LeftOut(left_out) => warn!(target: TARGET, left_out, "health changed"),
    }
}

//! What `tracing` is told; nothing without that feature.
//!
//! A subscriber that panics must not end the watchdog.

/// The feature, and not the room that this happens to be in.
#[cfg(feature = "tracing")]
const TARGET: &str = "health_middleware::systemd";

#[cfg(feature = "tracing")]
fn tell(tell: impl FnOnce()) {
    crate::contain::contain(tell);
}

/// A variable that makes no sense.
pub(crate) fn problem(_problem: &str) {
    #[cfg(feature = "tracing")]
    tell(
        || tracing::warn!(target: TARGET, problem = _problem, "systemd's variables make no sense"),
    );
}

/// The first of a row of messages that could not be sent.
pub(crate) fn unsent(_error: &std::io::Error) {
    #[cfg(feature = "tracing")]
    tell(|| tracing::warn!(target: TARGET, error = %_error, "systemd cannot be told"));
}

pub(crate) fn ready() {
    #[cfg(feature = "tracing")]
    tell(|| tracing::info!(target: TARGET, "systemd told: ready"));
}

/// The watchdog goes hungry, or is fed again.
pub(crate) fn fed(_reason: Option<&str>) {
    #[cfg(feature = "tracing")]
    tell(|| match _reason {
        Some(reason) => tracing::error!(target: TARGET, reason, "systemd's watchdog is not fed"),
        None => tracing::info!(target: TARGET, "systemd's watchdog is fed again"),
    });
}

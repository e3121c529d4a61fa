//! What the log is told; nothing without the feature `tracing`.
//!
//! A subscriber that panics must not end the watchdog.

#[cfg(feature = "tracing")]
fn tell(tell: impl FnOnce()) {
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(tell));
}

/// A variable that makes no sense.
pub(crate) fn problem(_problem: &str) {
    #[cfg(feature = "tracing")]
    tell(|| tracing::warn!(problem = _problem, "systemd's variables make no sense"));
}

/// The first of a row of messages that could not be sent.
pub(crate) fn unsent(_error: &std::io::Error) {
    #[cfg(feature = "tracing")]
    tell(|| tracing::warn!(error = %_error, "systemd cannot be told"));
}

pub(crate) fn ready() {
    #[cfg(feature = "tracing")]
    tell(|| tracing::info!("systemd told: ready"));
}

/// The watchdog goes hungry, or is fed again.
pub(crate) fn fed(_reason: Option<&str>) {
    #[cfg(feature = "tracing")]
    tell(|| match _reason {
        Some(reason) => tracing::error!(reason, "systemd's watchdog is not fed"),
        None => tracing::info!("systemd's watchdog is fed again"),
    });
}

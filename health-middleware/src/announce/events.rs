//! What `tracing` is told; nothing without that feature.
//!
//! A subscriber that panics must not end a task.

/// What users filter by, whatever this file is called.
#[cfg(feature = "tracing")]
const TARGET: &str = "health_middleware::announce";

#[cfg(feature = "tracing")]
fn tell(tell: impl FnOnce()) {
    crate::contain::contain(tell);
}

/// All that was to be said has been heard, for the first time or again.
pub(super) fn reached(_to: &str) {
    #[cfg(feature = "tracing")]
    tell(|| tracing::info!(target: TARGET, to = _to, "announced"));
}

/// The first failure of a row.
pub(super) fn unreached(_to: &str, _error: &str) {
    #[cfg(feature = "tracing")]
    tell(|| tracing::warn!(target: TARGET, to = _to, error = _error, "cannot be announced"));
}

/// Nothing is left of the registration.
pub(super) fn withdrawn(_to: &str) {
    #[cfg(feature = "tracing")]
    tell(|| tracing::info!(target: TARGET, to = _to, "withdrawn"));
}

/// The registration has run out by now, and nobody was told.
pub(super) fn run_out(_to: &str) {
    #[cfg(feature = "tracing")]
    tell(|| tracing::warn!(target: TARGET, to = _to, "not withdrawn: it runs out by itself"));
}

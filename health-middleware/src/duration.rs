//! Durations as people read them. Touches no room.

use std::time::Duration;

/// `500 ms`, `2 s`, `1.5 s`.
pub(crate) fn in_words(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{} ms", milliseconds(duration))
    } else {
        format!("{} s", duration.as_secs_f64())
    }
}

/// To the microsecond, without superfluous zeros.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    // Exact up to 2^53 µs, which is 285 years.
    duration.as_micros() as f64 / 1000.0
}

//! The one deadline of a check: everything that may wait asks it how long.

use std::io;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    end: Instant,
}

impl Deadline {
    pub(crate) fn after(start: Instant, limit: Duration) -> Self {
        // Limits are at most an hour, which no monotonic clock is that close to its end.
        Self {
            end: start.checked_add(limit).unwrap_or(start),
        }
    }

    /// The earlier of this deadline and `limit` from now.
    pub(crate) fn within(self, limit: Duration) -> Self {
        Self {
            end: self.end.min(Self::after(Instant::now(), limit).end),
        }
    }

    /// What is left, never zero.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when nothing is left.
    pub(crate) fn remaining(self) -> io::Result<Duration> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remaining_shrinks_and_ends() {
        let start = Instant::now();
        let hour = Deadline::after(start, Duration::from_secs(3600));
        let left = hour.remaining().unwrap();
        assert!(left <= Duration::from_secs(3600) && left > Duration::from_secs(3000));
        assert!(
            hour.within(Duration::from_secs(60)).remaining().unwrap() <= Duration::from_secs(60)
        );
        assert!(
            hour.within(Duration::from_secs(7200)).remaining().unwrap()
                <= Duration::from_secs(3600)
        );

        let past = Deadline::after(start, Duration::ZERO);
        assert_eq!(
            past.remaining().unwrap_err().kind(),
            io::ErrorKind::TimedOut
        );
        assert!(past.within(Duration::from_secs(1)).remaining().is_err());
    }
}

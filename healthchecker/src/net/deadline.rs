//! The one deadline of a check: everything that may wait asks it how long, and what is late is said
//! with the limit that was given for the whole.

use std::io;
use std::time::{Duration, Instant};

use crate::verdict::{Failure, Phase};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    start: Instant,
    limit: Duration,
    end: Instant,
}

impl Deadline {
    /// A deadline for what begins now.
    pub(crate) fn after(limit: Duration) -> Self {
        let start = Instant::now();
        Self {
            start,
            limit,
            // Limits are at most an hour, which no monotonic clock is that close to its end.
            end: start.checked_add(limit).unwrap_or(start),
        }
    }

    /// An end at most `part` from now, of the same check: its start and its limit stay.
    pub(crate) fn within(self, part: Duration) -> Self {
        Self {
            end: self.end.min(Self::after(part).end),
            ..self
        }
    }

    /// How long the check takes so far.
    pub(crate) fn elapsed(self) -> Duration {
        self.start.elapsed()
    }

    /// What an I/O error in a phase of the check means.
    pub(crate) fn failure(self, error: &io::Error, phase: Phase) -> Failure {
        Failure::io(error, phase, self.limit)
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
        let hour = Deadline::after(Duration::from_secs(3600));
        let left = hour.remaining().unwrap();
        assert!(left <= Duration::from_secs(3600) && left > Duration::from_secs(3000));
        assert!(
            hour.within(Duration::from_secs(60)).remaining().unwrap() <= Duration::from_secs(60)
        );
        assert!(
            hour.within(Duration::from_secs(7200)).remaining().unwrap()
                <= Duration::from_secs(3600)
        );

        let past = Deadline::after(Duration::ZERO);
        assert_eq!(
            past.remaining().unwrap_err().kind(),
            io::ErrorKind::TimedOut
        );
        assert!(past.within(Duration::from_secs(1)).remaining().is_err());
    }

    #[test]
    fn a_part_is_late_by_the_limit_of_the_whole() {
        let part = Deadline::after(Duration::from_secs(2)).within(Duration::ZERO);
        let late = part.failure(&part.remaining().unwrap_err(), Phase::Connecting);
        assert_eq!(late.what, "timed out after 2 s while connecting");
        assert!(part.elapsed() < Duration::from_secs(1));
    }
}

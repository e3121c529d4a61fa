//! How often the service manager is told, and how soon the URL must answer.

use std::time::Duration;

/// The parts of a watchdog's interval.
///
/// A third between two signs of life, so that one may be missed; a quarter for
/// an answer, so that a second request is over before the interval is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rhythm {
    pub(crate) period: Duration,
    pub(crate) limit: Duration,
}

impl Rhythm {
    /// Below this the URL would be asked more often than makes sense.
    pub(crate) const SHORTEST: Duration = Duration::from_millis(300);

    pub(crate) fn new(watchdog: Duration) -> Self {
        let watchdog = watchdog.max(Self::SHORTEST);
        Self {
            period: watchdog / 3,
            limit: watchdog / 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_and_a_quarter() {
        let rhythm = Rhythm::new(Duration::from_secs(30));
        assert_eq!(rhythm.period, Duration::from_secs(10));
        assert_eq!(rhythm.limit, Duration::from_millis(7_500));
    }

    #[test]
    fn a_second_request_is_over_before_the_interval_is() {
        for millis in [300, 3_000, 30_000, 86_400_000] {
            let watchdog = Duration::from_millis(millis);
            let Rhythm { period, limit } = Rhythm::new(watchdog);
            assert!(limit < period, "{watchdog:?}");
            assert!(period * 2 + limit < watchdog, "{watchdog:?}");
        }
    }

    #[test]
    fn an_interval_that_nobody_can_keep_does_not_become_a_storm() {
        for watchdog in [Duration::ZERO, Duration::from_micros(1)] {
            assert_eq!(Rhythm::new(watchdog).period, Duration::from_millis(100));
        }
    }

    #[test]
    fn the_longest_interval() {
        let longest = Duration::from_micros(u64::MAX - 1);
        assert_eq!(Rhythm::new(longest).period, longest / 3);
    }
}

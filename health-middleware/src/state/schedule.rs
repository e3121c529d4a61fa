//! When runs begin, and how long what they found is good for: pure arithmetic.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::checks::{Source, Timing};

/// What a life allows for beyond period and timeout: fresh times wait up to a
/// second to be published, and a busy machine is late.
const SLACK: Duration = Duration::from_secs(2);

/// How long fresh times wait to be published, where no short life forbids it.
const REFRESH: Duration = Duration::from_secs(1);

/// A period, give or take a tenth, so that many checks, and many replicas of a
/// service, do not fall into step.
pub(crate) fn jittered(period: Duration, random: u64) -> Duration {
    // 0.9 + 0.2 × [0, 1), in 1/1024 of the period.
    let nanos = period.as_nanos();
    let spread = nanos / 5 * u128::from(random % 1024) / 1024;
    let nanos = nanos - nanos / 10 + spread;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

impl Source {
    /// How long a finding is good for, if not for ever.
    pub(crate) fn life(&self) -> Option<Duration> {
        match self {
            Self::Active { timing, .. } => Some(life(timing)),
            Self::Heartbeat { time_to_live, .. } => Some(*time_to_live),
            Self::Reporter { time_to_live, .. } => *time_to_live,
            Self::Stall { tolerance } => Some(stall_life(*tolerance)),
        }
    }
}

/// How long what a run found is good for.
fn life(timing: &Timing) -> Duration {
    timing.every + timing.every / 10 + timing.timeout + SLACK
}

/// How often the stall check goes to sleep.
pub(crate) fn stall_interval(tolerance: Duration) -> Duration {
    (tolerance / 2).clamp(Duration::from_millis(1), REFRESH)
}

/// How long a wake is good for: the next two may each be as late as tolerated.
fn stall_life(tolerance: Duration) -> Duration {
    (stall_interval(tolerance) + tolerance) * 2
}

/// How long fresh times may wait, given the shortest life of all.
pub(crate) fn refresh(shortest: Option<Duration>) -> Duration {
    shortest
        .map_or(REFRESH, |life| REFRESH.min(life / 2))
        .max(Duration::from_millis(1))
}

/// A source of jitter; nothing secret depends on it.
pub(crate) struct Jitter {
    seed: RandomState,
    drawn: u64,
}

impl Jitter {
    pub(crate) fn new() -> Self {
        Self {
            seed: RandomState::new(),
            drawn: 0,
        }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.drawn += 1;
        self.seed.hash_one(self.drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_period_varies_by_a_tenth_at_most() {
        let mut jitter = Jitter::new();
        let (mut least, mut most) = (SECOND * 2, Duration::ZERO);
        for _ in 0..10_000 {
            let period = jittered(SECOND, jitter.next());
            least = least.min(period);
            most = most.max(period);
        }
        assert!(
            least >= SECOND * 9 / 10 && least < SECOND * 92 / 100,
            "{least:?}"
        );
        assert!(
            most <= SECOND * 11 / 10 && most > SECOND * 108 / 100,
            "{most:?}"
        );
    }

    #[test]
    fn the_shortest_and_the_longest_period() {
        for random in [0, 1023, u64::MAX] {
            assert!(jittered(Duration::from_nanos(1), random) <= Duration::from_nanos(1));
            let week = SECOND * 7 * 86_400;
            assert!(jittered(week, random) >= week / 10 * 9);
            assert!(jittered(week, random) <= week / 10 * 11);
        }
    }

    #[test]
    fn a_life_outlasts_the_latest_next_result() {
        let timing = Timing {
            timeout: SECOND * 2,
            every: SECOND * 5,
            initial_delay: Duration::ZERO,
        };
        assert_eq!(life(&timing), Duration::from_millis(9_500));
    }

    #[test]
    fn a_refresh_comes_before_half_of_the_shortest_life() {
        assert_eq!(refresh(None), SECOND);
        assert_eq!(refresh(Some(SECOND * 30)), SECOND);
        assert_eq!(refresh(Some(SECOND)), SECOND / 2);
        assert_eq!(refresh(Some(Duration::from_micros(1))), SECOND / 1000);
    }

    #[test]
    fn a_stall_is_looked_for_within_its_tolerance() {
        assert_eq!(stall_interval(SECOND), SECOND / 2);
        assert_eq!(stall_life(SECOND), SECOND * 3);
        assert_eq!(
            stall_interval(Duration::from_millis(1)),
            Duration::from_millis(1)
        );
    }
}

//! When a server is told, how long that may take, and when it is tried again.

use std::time::Duration;

/// The first wait after a failure lasts this long, up to twice as much.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait after a failure.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The longest that a call may take.
const LONGEST_CALL: Duration = Duration::from_secs(5);

/// When a server is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rhythm {
    /// Between two signs of life.
    pub(super) period: Duration,
    /// How long a registration lasts by itself; none where there is nothing to
    /// withdraw.
    pub(super) life: Option<Duration>,
}

impl Rhythm {
    pub(super) fn ping(every: Duration) -> Self {
        Self {
            period: every,
            life: None,
        }
    }

    pub(super) fn registry(ttl: Duration) -> Self {
        Self {
            period: ttl / 3,
            life: Some(ttl),
        }
    }

    /// How long a call may take: so short that a registration outlives one that is
    /// lost, and the wait after it.
    pub(super) fn limit(&self) -> Duration {
        LONGEST_CALL.min(self.life.unwrap_or(self.period * 3) / 4)
    }

    /// How long to wait after so many failures in a row: twice as long each time,
    /// and somewhere in the upper half of that, so that a fleet does not come back
    /// in step. Never much longer than a period: a registry that is back lets its
    /// registrations run out from then on.
    pub(super) fn wait(&self, failures: u32, random: u64) -> Duration {
        let longest = LONGEST_WAIT.min(self.period).max(FIRST_WAIT * 2);
        let whole = FIRST_WAIT * 2u32.saturating_pow(failures.clamp(1, 10));
        let half = whole.min(longest) / 2;
        half + half.mul_f64((random % 1024) as f64 / 1024.0)
    }
}

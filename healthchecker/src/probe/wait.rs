//! Checking again and again until the target is healthy or the time is up.

use std::thread;
use std::time::{Duration, Instant};

use super::Probe;
use crate::verdict::{Cause, Verdict};

/// Less than this is not waited for: no check could be made in it.
const SHORTEST: Duration = Duration::from_millis(5);

impl Probe {
    /// Checks until healthy, at most `limit` long in all, `interval` after each check's end.
    ///
    /// All of the time is used: near its end a pause is half of what is left, so that a check follows
    /// each of them. The last verdict is returned; when the time is up it is the unhealthy one of the
    /// last check that was not cut short. Each check also keeps its own timeout, and `seen` is told of
    /// each unhealthy verdict with the number of checks so far.
    pub fn wait(
        &self,
        limit: Duration,
        interval: Duration,
        mut seen: impl FnMut(u32, &Verdict),
    ) -> Verdict {
        let start = Instant::now();
        let left = || limit.saturating_sub(start.elapsed());
        let mut checks = 0;
        let mut last: Option<Verdict> = None;
        loop {
            let patience = self.timeout.min(left().max(Duration::from_millis(1)));
            let verdict = self.check_within(patience);
            checks += 1;
            if verdict.is_healthy() {
                return verdict;
            }
            seen(checks, &verdict);
            // Late for what was left of the wait says less than what was found before.
            let is_cut =
                patience < self.timeout && matches!(verdict.cause, Some(Cause::TimedOut(_)));
            let verdict = last.take().filter(|_| is_cut).unwrap_or(verdict);
            let left = left();
            if left < SHORTEST {
                return verdict;
            }
            last = Some(verdict);
            thread::sleep(pause(interval, left));
        }
    }
}

/// How long to pause before the next check, when so much time is left.
fn pause(interval: Duration, left: Duration) -> Duration {
    interval.min(left / 2)
}

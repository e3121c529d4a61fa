//! Checking again and again until the target is healthy or the time is up.

use std::thread;
use std::time::{Duration, Instant};

use crate::probe::Probe;
use crate::verdict::Verdict;

impl Probe {
    /// Checks until healthy, at most `limit` long in all, `interval` after each check's end.
    ///
    /// The last verdict is returned; when the time is up it is the unhealthy one. Each check also
    /// keeps its own timeout, and `seen` is told of each unhealthy verdict with the number of checks
    /// so far.
    pub fn wait(
        &self,
        limit: Duration,
        interval: Duration,
        mut seen: impl FnMut(u32, &Verdict),
    ) -> Verdict {
        let start = Instant::now();
        let mut checks = 0;
        loop {
            let left = limit.saturating_sub(start.elapsed());
            let verdict = self.check_within(self.timeout.min(left.max(Duration::from_millis(1))));
            checks += 1;
            if verdict.is_healthy() {
                return verdict;
            }
            seen(checks, &verdict);
            let left = limit.saturating_sub(start.elapsed());
            if left <= interval {
                return verdict;
            }
            thread::sleep(interval);
        }
    }
}

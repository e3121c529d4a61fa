//! How often something may be done: a bucket each, which time fills.

use std::collections::HashMap;
use std::hash::Hash;

use crate::watches::Millis;

/// So many keys have a bucket of their own; all others share one.
const MOST_BUCKETS: usize = 100_000;

/// How often something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// In a minute, in the long run.
    pub per_minute: u32,
    /// At once, after a pause.
    pub burst: u32,
}

/// How much each of many has left of a quota.
///
/// # Examples
///
/// ```
/// use health_watchdog::tokens::{Quota, Quotas};
///
/// let mut quotas = Quotas::new(Quota { per_minute: 60, burst: 2 });
/// assert_eq!(quotas.take(7, 1_000), Ok(()));
/// assert_eq!(quotas.take(7, 1_000), Ok(()));
/// assert_eq!(quotas.take(7, 1_000), Err(1_000));
/// assert_eq!(quotas.take(7, 2_000), Ok(()));
/// ```
#[derive(Clone, Debug)]
pub struct Quotas<K> {
    quota: Quota,
    buckets: HashMap<K, Bucket>,
    others: Bucket,
    /// After so many buckets those that are full are dropped.
    most: usize,
}

/// What is left, counted in sixty thousandths, which is what one a minute gives in a millisecond.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: u64,
    at: Millis,
}

const WHOLE: u64 = 60_000;

impl Quota {
    fn full(self) -> u64 {
        u64::from(self.burst) * WHOLE
    }
}

impl Bucket {
    fn fill(&mut self, quota: Quota, now: Millis) {
        let passed = now.saturating_sub(self.at);
        let more = passed.saturating_mul(u64::from(quota.per_minute));
        self.left = self.left.saturating_add(more).min(quota.full());
        self.at = self.at.max(now);
    }

    fn is_there(&self, quota: Quota) -> Result<(), Millis> {
        if self.left >= WHOLE {
            return Ok(());
        }
        let missing = (WHOLE - self.left).div_ceil(u64::from(quota.per_minute).max(1));
        Err(missing)
    }
}

impl<K: Hash + Eq> Quotas<K> {
    /// Nobody has taken anything yet.
    pub fn new(quota: Quota) -> Self {
        Self {
            quota,
            buckets: HashMap::new(),
            others: Bucket {
                left: quota.full(),
                at: 0,
            },
            most: MOST_BUCKETS,
        }
    }

    /// Takes one, at a moment by the server's own clock.
    ///
    /// # Errors
    ///
    /// In how many milliseconds there is one again. Nothing is taken then, so that asking in vain costs
    /// nothing.
    pub fn take(&mut self, key: K, now: Millis) -> Result<(), Millis> {
        let quota = self.quota;
        let bucket = self.bucket(key, now);
        bucket.fill(quota, now);
        bucket.is_there(quota)?;
        bucket.left -= WHOLE;
        Ok(())
    }

    /// Whether there is one to take: for what is counted only when it fails.
    ///
    /// # Errors
    ///
    /// In how many milliseconds there is one again.
    pub fn look(&mut self, key: &K, now: Millis) -> Result<(), Millis> {
        let quota = self.quota;
        let is_full = self.buckets.len() >= self.most;
        let bucket = match self.buckets.get_mut(key) {
            Some(bucket) => bucket,
            None if is_full => &mut self.others,
            None => return if quota.burst > 0 { Ok(()) } else { Err(WHOLE) },
        };
        bucket.fill(quota, now);
        bucket.is_there(quota)
    }

    fn bucket(&mut self, key: K, now: Millis) -> &mut Bucket {
        let quota = self.quota;
        if !self.buckets.contains_key(&key) && self.buckets.len() >= self.most {
            // Looked at once a second at most, so that a flood of new keys does not cost each a sweep.
            if now.saturating_sub(self.others.at) >= 1_000 {
                self.buckets.retain(|_, bucket| {
                    bucket.fill(quota, now);
                    bucket.left < quota.full()
                });
                self.others.fill(quota, now);
            }
            if self.buckets.len() >= self.most {
                return &mut self.others;
            }
        }
        let left = quota.full();
        self.buckets.entry(key).or_insert(Bucket { left, at: now })
    }

    #[cfg(test)]
    pub(super) fn at_most(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.buckets.len()
    }
}

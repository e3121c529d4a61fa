use crate::watches::{Fresh, Kind, Millis};

/// With what a watch is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// From a kick to the deadline.
    pub timeout: Millis,
    /// From the deadline to the end of its being late.
    pub grace: Millis,
}

impl Times {
    pub(super) fn fresh(self, kind: Kind, id: u64, uuid: Option<u128>) -> Fresh {
        let Self { timeout, grace } = self;
        Fresh {
            id,
            uuid,
            kind,
            timeout,
            grace,
        }
    }
}

/// When to ask again, as `Retry-After` and people are told it: whole seconds, rounded up, at least one.
///
/// ```
/// use health_watchdog::dialects::seconds_until;
///
/// assert_eq!([0, 1_000, 1_001].map(seconds_until), [1, 1, 2]);
/// ```
pub fn seconds_until(millis: Millis) -> u64 {
    millis.div_ceil(1_000).max(1)
}

//! Messages that do not count, told of seldom enough that a flood of them floods no log.

use std::time::Duration;

use crate::tell::Line;

/// Refused messages are told of so often at most.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// Messages that were refused since that was told last.
#[derive(Debug, Default)]
pub(super) struct Refused {
    count: u32,
    told: Option<Duration>,
}

impl Refused {
    /// Counts one, and gives the line that is due.
    pub(super) fn count(&mut self, why: &str, now: Duration) -> Option<Line> {
        self.count = self.count.saturating_add(1);
        if self.told.is_some_and(|told| now < told + TELL_EVERY) {
            return None;
        }
        let text = match self.count {
            1 => why.to_owned(),
            count => format!("{count} messages, the last: {why}"),
        };
        *self = Self {
            count: 0,
            told: Some(now),
        };
        Some(Line {
            event: "refused",
            pid: None,
            text,
        })
    }
}

//! How many restarts are left, and the pause before the next.
//!
//! `watchdog run` counts otherwise: one command that can tell when it is ready, and here it is a kick.

use std::collections::VecDeque;
use std::time::Duration;

use crate::config::Restart;
use crate::watches::Millis;
use crate::words;

/// So many restarts in a row without a kick do not help, and nor will the next.
pub const IN_A_ROW: u32 = 5;

/// The first pause that is one; each further is twice as long, up to the last.
const FIRST_PAUSE: Millis = 5_000;
const LAST_PAUSE: Millis = 300_000;

/// The restarts so far of one watch.
#[derive(Clone, Debug, Default)]
pub(super) struct Spent {
    /// When the last ones began, the oldest first, as far as they count.
    times: VecDeque<Millis>,
    /// How many there have been since its last kick.
    in_a_row: u32,
}

impl Spent {
    /// The pause before the next restart.
    ///
    /// # Errors
    ///
    /// Why there is none, when the budget is spent.
    pub(super) fn pause(&self, rule: &Restart, now: Millis) -> Result<Millis, String> {
        let Some(max) = rule.max else {
            return Ok(pause(self.in_a_row));
        };
        if self.in_a_row >= IN_A_ROW {
            return Err(format!(
                "{IN_A_ROW} restarts in a row without a kick did not help"
            ));
        }
        let per = millis(rule.per);
        let recent = self
            .times
            .iter()
            .filter(|&&at| now < at.saturating_add(per));
        if recent.count() >= max as usize {
            let restarts = if max == 1 { "restart" } else { "restarts" };
            let per = words::duration(rule.per);
            return Err(format!("{max} {restarts} within {per} did not help"));
        }
        Ok(pause(self.in_a_row))
    }

    /// A restart begins: which one it is since the last kick.
    pub(super) fn take(&mut self, rule: &Restart, now: Millis) -> u32 {
        self.in_a_row = self.in_a_row.saturating_add(1);
        if let Some(max) = rule.max {
            self.times.push_back(now);
            while self.times.len() > max as usize {
                self.times.pop_front();
            }
        }
        self.in_a_row
    }

    /// The last one that was taken did not begin.
    pub(super) fn give_back(&mut self) {
        self.in_a_row = self.in_a_row.saturating_sub(1);
        self.times.pop_back();
    }

    /// A kick has come: what follows is another row.
    pub(super) fn kicked(&mut self) {
        self.in_a_row = 0;
    }
}

/// The pause after so many restarts in a row: 0, 5, 10, 20 … 300 s.
fn pause(in_a_row: u32) -> Millis {
    match in_a_row.checked_sub(1) {
        None => 0,
        Some(doublings) => FIRST_PAUSE
            .saturating_mul(1_u64.checked_shl(doublings).unwrap_or(u64::MAX))
            .min(LAST_PAUSE),
    }
}

pub(super) fn millis(span: Duration) -> Millis {
    Millis::try_from(span.as_millis()).unwrap_or(Millis::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_five_minutes() {
        let seconds: Vec<u64> = (0..=8).map(|row| pause(row) / 1_000).collect();
        assert_eq!(seconds, [0, 5, 10, 20, 40, 80, 160, 300, 300]);
        for row in [64, 65, 66, u32::MAX] {
            assert_eq!(pause(row), LAST_PAUSE, "{row}");
        }
    }
}

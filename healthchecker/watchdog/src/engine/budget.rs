//! How many restarts are left, and the pause before the next.

use std::collections::VecDeque;
use std::time::Duration;

use super::plan::{Budget, Restarts};

/// The first pause that is one; each further is twice as long, up to the last.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LAST_PAUSE: Duration = Duration::from_secs(300);

/// More restarts than this change no pause any more.
const REMEMBERED: usize = 16;

/// The restarts so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Spent {
    /// When the last ones were, the oldest first.
    times: VecDeque<Duration>,
    /// How many there have been since the command was last ready.
    in_a_row: u32,
}

impl Spent {
    /// Takes one restart from the budget: its number within the time, and the pause before it. `None`
    /// when the budget is spent.
    pub(super) fn take(&mut self, budget: &Budget, now: Duration) -> Option<(u32, Duration)> {
        while self.times.front().is_some_and(|&at| now >= at + budget.per) {
            self.times.pop_front();
        }
        let room = match budget.max {
            Restarts::AtMost(max) => {
                if self.in_a_row >= max || self.times.len() >= max as usize {
                    return None;
                }
                max as usize
            }
            Restarts::Unlimited => REMEMBERED,
        };
        self.times.push_back(now);
        while self.times.len() > room {
            self.times.pop_front();
        }
        self.in_a_row = self.in_a_row.saturating_add(1);
        let number = u32::try_from(self.times.len()).unwrap_or(u32::MAX);
        Some((number, pause(number.max(self.in_a_row))))
    }

    /// The command is ready: what follows is another row.
    pub(super) fn ready(&mut self) {
        self.in_a_row = 0;
    }
}

/// The pause before the `number`th restart: 0, 5, 10, 20 … 300 s.
fn pause(number: u32) -> Duration {
    match number.checked_sub(2) {
        None => Duration::ZERO,
        Some(doublings) => FIRST_PAUSE
            .saturating_mul(1_u32.checked_shl(doublings).unwrap_or(u32::MAX))
            .min(LAST_PAUSE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(max: Restarts) -> Budget {
        Budget {
            max,
            per: Duration::from_secs(600),
        }
    }

    #[test]
    fn pauses_grow_up_to_five_minutes() {
        let seconds: Vec<u64> = (1..=9).map(|number| pause(number).as_secs()).collect();
        assert_eq!(seconds, [0, 5, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(pause(u32::MAX), LAST_PAUSE);
    }

    #[test]
    fn within_the_time() {
        let (mut spent, budget) = (Spent::default(), budget(Restarts::AtMost(2)));
        let at = Duration::from_secs;
        assert!(spent.take(&budget, at(0)).is_some());
        spent.ready();
        assert!(spent.take(&budget, at(300)).is_some());
        spent.ready();
        assert!(spent.take(&budget, at(599)).is_none());
        // The first is too old to count.
        assert_eq!(
            spent.take(&budget, at(600)).map(|(number, _)| number),
            Some(2)
        );
    }

    #[test]
    fn in_a_row_without_being_ready() {
        let (mut spent, budget) = (Spent::default(), budget(Restarts::AtMost(2)));
        let hours = |number: u64| Duration::from_secs(number * 3600);
        assert!(spent.take(&budget, hours(1)).is_some());
        assert!(spent.take(&budget, hours(2)).is_some());
        assert!(spent.take(&budget, hours(3)).is_none());
        spent.ready();
        assert!(spent.take(&budget, hours(3)).is_some());
    }

    #[test]
    fn a_budget_of_zero_has_no_restart() {
        assert!(
            Spent::default()
                .take(&budget(Restarts::AtMost(0)), Duration::ZERO)
                .is_none()
        );
    }

    #[test]
    fn unlimited_is_remembered_within_bounds() {
        let (mut spent, budget) = (Spent::default(), budget(Restarts::Unlimited));
        for _ in 0..10_000 {
            assert!(spent.take(&budget, Duration::ZERO).is_some());
        }
        assert_eq!(spent.times.len(), REMEMBERED);
        assert_eq!(spent.take(&budget, Duration::ZERO).unwrap().1, LAST_PAUSE);
    }
}

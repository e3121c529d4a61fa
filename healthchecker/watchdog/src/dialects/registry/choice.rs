/// How one instance of several is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strategy {
    /// One after another.
    RoundRobin,
    /// By chance, each as often as it has weight.
    Random,
}

impl Strategy {
    pub(super) fn from_word(word: &str) -> Option<Self> {
        match word {
            "round-robin" => Some(Self::RoundRobin),
            "random" => Some(Self::Random),
            _ => None,
        }
    }
}

/// Which of those with these weights it is; `None`: there is none. `turn` is how often was chosen before,
/// `random` any number.
///
/// ```
/// use health_watchdog::dialects::registry::{Strategy, choose};
///
/// assert_eq!(choose(Strategy::RoundRobin, &[1, 1], 3, 0), Some(1));
/// assert_eq!(choose(Strategy::Random, &[1, 9], 0, 5), Some(1));
/// ```
pub fn choose(strategy: Strategy, weights: &[u16], turn: u64, random: u128) -> Option<usize> {
    let index = |number: u128, of: usize| usize::try_from(number % of as u128).ok();
    if weights.is_empty() {
        return None;
    }
    let sum: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
    if strategy == Strategy::RoundRobin {
        return index(turn.into(), weights.len());
    }
    // Where nobody has any, all have the same.
    if sum == 0 {
        return index(random, weights.len());
    }
    let mut rest = random % sum;
    weights.iter().position(|&weight| {
        let is_it = rest < u128::from(weight);
        rest = rest.saturating_sub(u128::from(weight));
        is_it
    })
}

//! When again, and how much waits at most.

use std::time::Duration;

use crate::watches::Millis;

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// From one attempt to the next. After the last one it is a dead letter.
const RETRIES: [Millis; 9] = [
    5 * SECOND,
    15 * SECOND,
    MINUTE,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    24 * HOUR,
];

/// For how long a sink rests after so many failures in a row: it is asked once, whatever waits for it.
const RESTS: [Millis; 4] = [SECOND, 5 * SECOND, 15 * SECOND, MINUTE];

/// A sink may ask for no longer pause than this, and may not be left alone for longer than the second.
const LONGEST_PAUSE: Millis = 24 * HOUR;
const LONGEST_REST: Millis = HOUR;

/// So long one prefix is looked at as one.
pub(super) const WINDOW: Millis = 5 * SECOND;

/// So many under one prefix go at once; what follows in the window goes together at its end.
pub(super) const ALONE: u32 = 3;

/// So many transitions a message has at most.
pub(super) const MOST_NEWS: usize = 500;

/// So many rows one turn makes messages of.
pub(super) const MOST_FORMED: usize = 2_000;

/// Who is still down so long after what is above it is up again, and no kick was due before, is told.
pub(super) const UNMUTED: Millis = 5 * MINUTE;

/// Who has waited so long is a dead letter, however few attempts there were.
pub(super) const LONGEST_WAIT: Millis = 3 * DAY;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// So many wait, or are muted; beyond it the oldest of whom most wait for are dead letters.
    pub waiting: usize,
    /// So many dead letters, and muted ones of which nothing becomes, are kept, the last ones.
    pub dead: usize,
    /// And so long, in milliseconds.
    pub dead_for: Millis,
    /// So many bytes all of them take, about; beyond it the oldest dead letters go first.
    pub bytes: usize,
}

impl Default for Limits {
    /// A million, 100,000, 30 days, 1 GiB.
    fn default() -> Self {
        Self {
            waiting: 1_000_000,
            dead: 100_000,
            dead_for: 30 * DAY,
            bytes: 1 << 30,
        }
    }
}

/// After so many attempts: how long until the next, if there is one. A fifth more or less, by chance that
/// is the same for the same message.
pub(super) fn retry(message: u128, attempts: u32, after: Option<Duration>) -> Option<Millis> {
    let usual = *RETRIES.get(attempts.checked_sub(1)? as usize)?;
    let share = mix(message, attempts) % 401;
    let span = usual * (800 + share) / 1_000;
    Some(span.max(pause(after, LONGEST_PAUSE)))
}

/// The longest time that a stored moment of the next attempt may be away, whatever the wall's clock says.
pub(super) fn longest(attempts: u32) -> Millis {
    if attempts == 0 {
        UNMUTED
    } else {
        2 * LONGEST_PAUSE
    }
}

/// For how long a sink rests.
pub(super) fn rest(failures: u32, after: Option<Duration>) -> Millis {
    let at = (failures.saturating_sub(1) as usize).min(RESTS.len() - 1);
    RESTS[at].max(pause(after, LONGEST_REST))
}

fn pause(after: Option<Duration>, most: Millis) -> Millis {
    let millis = |after: Duration| Millis::try_from(after.as_millis()).unwrap_or(most);
    after.map_or(0, millis).min(most)
}

/// As good as chance. Sebastiano Vigna's splitmix64.
fn mix(message: u128, attempts: u32) -> u64 {
    let mut mixed = (message as u64) ^ ((message >> 64) as u64) ^ (u64::from(attempts) << 32);
    mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_are_as_they_are_promised() {
        for (attempts, usual) in (1..).zip(RETRIES) {
            for message in 0..1_000_u128 {
                let span = retry(message << 60, attempts, None).unwrap();
                assert!(span >= usual * 8 / 10 && span <= usual * 12 / 10, "{span}");
            }
        }
        let spans: std::collections::BTreeSet<_> =
            (0..100).map(|message| retry(message, 3, None)).collect();
        assert!(spans.len() > 50, "{spans:?}");
        assert_eq!(retry(1, 10, None), None);
        assert_eq!(retry(1, 0, None), None);
    }

    #[test]
    fn a_sink_is_obeyed_within_bounds() {
        let hour = Duration::from_secs(3_600);
        assert_eq!(retry(1, 1, Some(hour)), Some(HOUR));
        assert_eq!(retry(1, 1, Some(Duration::MAX)), Some(LONGEST_PAUSE));
        assert!(retry(1, 2, Some(Duration::ZERO)).unwrap() >= 12 * SECOND);
        assert_eq!(rest(1, None), SECOND);
        assert_eq!(rest(u32::MAX, None), MINUTE);
        assert_eq!(rest(1, Some(Duration::MAX)), LONGEST_REST);
    }
}

//! Spans of time as the configuration, ping URLs and the client's options write them: `10s`, `1h30m`, `2.5d`.

/// Milliseconds.
type Millis = u64;

/// The longest: 366 days, as the timeout of a watch.
pub(crate) const LONGEST: Millis = 366 * 86_400_000;

/// What [`millis`] accepts, for messages.
pub(crate) const ACCEPTED: &str =
    "numbers with d, h, m, s or ms, in whole milliseconds, such as 10s, 1h30m or 7d";

/// After so many places of a fraction only zeros make whole milliseconds: a day is
/// 2^10 * 3^3 * 5^5 of them.
const PLACES: usize = 10;

/// The span that `text` spells: from 0 to 366 days. It is the grammar of options,
/// `healthchecker_core::duration`, with days and with zero.
pub(crate) fn millis(text: &str) -> Option<Millis> {
    let mut sum = 0;
    let mut rest = text;
    loop {
        let (whole, after) = digits(rest)?;
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => digits(after)?,
            None => ("", after),
        };
        let end = after.find(|character: char| !character.is_ascii_lowercase());
        let (unit, after) = after.split_at(end.unwrap_or(after.len()));
        // No part and no sum is more than the longest, so that nothing overflows.
        sum += part(whole, fraction, unit)?;
        if sum > LONGEST {
            return None;
        }
        if after.is_empty() {
            return Some(sum);
        }
        rest = after;
    }
}

/// The digits at the start of a text, at least one, and the rest.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|character: char| !character.is_ascii_digit());
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    (!digits.is_empty()).then_some((digits, rest))
}

fn part(whole: &str, fraction: &str, unit: &str) -> Option<Millis> {
    let unit: Millis = match unit {
        "d" => 86_400_000,
        "h" => 3_600_000,
        "m" => 60_000,
        "s" => 1_000,
        "ms" => 1,
        _ => return None,
    };
    let whole: Millis = whole.parse().ok()?;
    let whole = whole.checked_mul(unit)?;
    let fraction = fraction.trim_end_matches('0');
    let mut parts = 0;
    if !fraction.is_empty() {
        if fraction.len() > PLACES {
            return None;
        }
        let one = fraction.bytes().fold(1, |one: u64, _| one * 10);
        // Less than 10^10 * 10^8.
        let product = fraction.parse::<u64>().ok()? * unit;
        if !product.is_multiple_of(one) {
            return None;
        }
        parts = product / one;
    }
    whole.checked_add(parts).filter(|&millis| millis <= LONGEST)
}

#[cfg(test)]
mod tests {
    use healthchecker_core::duration;
    use proptest::prelude::*;

    use super::*;

    const DAY: Millis = 86_400_000;

    #[test]
    fn spans() {
        for (text, expected) in [
            ("0s", Some(0)),
            ("0d0h0.0s", Some(0)),
            ("1ms", Some(1)),
            ("1.5s", Some(1_500)),
            ("25h", Some(25 * DAY / 24)),
            ("1d", Some(DAY)),
            ("2.5d", Some(5 * DAY / 2)),
            ("1d12h30m5s7ms", Some(DAY + DAY / 2 + 1_805_007)),
            ("0.0000003125d", Some(27)),
            ("366d", Some(LONGEST)),
            ("0366.0d", Some(LONGEST)),
            ("31622400000ms", Some(LONGEST)),
            ("366d1ms", None),
            ("1ms366d", None),
            ("366.0000003125d", None),
            ("31622400001ms", None),
            ("213503982335d", None),
            ("18446744073709551616ms", None),
            ("18446744073709551615ms18446744073709551615ms", None),
            ("0.00000031251d", None),
            ("0.00000000001d", None),
            ("0.5ms", None),
            ("10", None),
            ("1d10", None),
            ("d", None),
            ("", None),
            (" 1s", None),
            ("1s ", None),
            ("1 s", None),
            ("-1s", None),
            ("+1s", None),
            ("1D", None),
            ("1w", None),
            ("1y", None),
            ("1ds", None),
            (".5s", None),
            ("1.s", None),
            ("1..5s", None),
            ("١s", None),
            ("1s\0", None),
            ("inf", None),
        ] {
            assert_eq!(millis(text), expected, "{text:?}");
        }
    }

    proptest! {
        /// What options accept is accepted with the same meaning, and up to an hour nothing else but days.
        #[test]
        fn the_grammar_is_that_of_options(
            text in prop_oneof![
                r"(0{0,3}[0-9]{1,5}(\.[0-9]{1,9}0{0,3})?(h|m|s|ms)){1,3}",
                r"0\.[0-9]{1,9}[hms]",
                "[0-9.hmsdun -]{0,8}",
                ".{0,6}",
            ],
        ) {
            let by_options = duration::millis(text.as_bytes()).map(Millis::from);
            match millis(&text) {
                Some(span) if span == 0 || span > 3_600_000 || text.contains('d') => {
                    prop_assert!(span <= LONGEST);
                }
                found => prop_assert_eq!(found, by_options),
            }
        }
    }
}

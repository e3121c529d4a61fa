//! Durations as options and Go write them: `2s`, `500ms`, `1.5s`, `1m30s`.

use crate::cursor::Cursor;

/// What [`millis`] accepts, for messages.
pub const ACCEPTED: &str = "numbers with h, m, s or ms, from 1ms to 60m in whole milliseconds, such as 500ms, 1.5s or 1m30s";

const MAX_MILLIS: u32 = 60 * 60 * 1000;

/// 10 to the number of places of a fraction that can make whole milliseconds. An hour is
/// 2^7 * 3^2 * 5^5 of them, so after the seventh place only zeros do.
const ONE: u32 = 10_000_000;

/// The duration that `text` spells, in milliseconds: from 1 to 3,600,000 (one hour).
///
/// One or more numbers, each with its unit of `h`, `m`, `s` or `ms`, which are added up. Each may have
/// a fraction, and each comes to whole milliseconds. A number without a unit is refused, since tools
/// disagree on what it would mean.
///
/// ```
/// use healthchecker_core::duration::millis;
///
/// assert_eq!(millis(b"2s"), Some(2_000));
/// assert_eq!(millis(b"500ms"), Some(500));
/// assert_eq!(millis(b"1m30s"), Some(90_000));
/// assert_eq!(millis(b"1.5s"), Some(1_500));
/// assert_eq!(millis(b"1.0005s"), None);
/// assert_eq!(millis(b"2"), None);
/// assert_eq!(millis(b"0s"), None);
/// ```
pub fn millis(text: &[u8]) -> Option<u32> {
    let mut cursor = Cursor::new(text);
    let millis = read_millis(&mut cursor)?;
    cursor.is_at_end().then_some(millis)
}

/// Reads such a duration, up to the end of the text.
pub fn read_millis(cursor: &mut Cursor<'_>) -> Option<u32> {
    let mut millis = 0;
    while !cursor.is_at_end() {
        let whole = cursor.number(10, MAX_MILLIS)?;
        let fraction = if cursor.eat(b'.') {
            fraction(cursor)?
        } else {
            0
        };
        let unit = unit(cursor)?;
        // Less than 2^46; below, the whole part's product is less than 2^44.
        let fraction = u64::from(fraction) * u64::from(unit);
        if !fraction.is_multiple_of(ONE.into()) {
            return None;
        }
        millis += u64::from(whole) * u64::from(unit) + fraction / u64::from(ONE);
        if millis > MAX_MILLIS.into() {
            return None;
        }
    }
    (millis != 0).then_some(millis as u32)
}

/// Reads the digits behind a point, at least one, as parts of [`ONE`].
fn fraction(cursor: &mut Cursor<'_>) -> Option<u32> {
    let mut place = ONE / 10;
    let mut fraction = cursor.digit(10)? * place;
    while let Some(digit) = cursor.digit(10) {
        place /= 10;
        if place == 0 && digit != 0 {
            return None;
        }
        fraction += digit * place;
    }
    Some(fraction)
}

/// Reads a unit, and gives its milliseconds.
fn unit(cursor: &mut Cursor<'_>) -> Option<u32> {
    Some(if cursor.eat(b'h') {
        3_600_000
    } else if cursor.eat(b's') {
        1_000
    } else if !cursor.eat(b'm') {
        return None;
    } else if cursor.eat(b's') {
        1
    } else {
        60_000
    })
}

#[cfg(test)]
mod tests {

    use std::string::String;

    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;

    #[test]
    fn durations() {
        for (text, expected) in [
            ("1ms", Some(1)),
            ("500ms", Some(500)),
            ("2s", Some(2_000)),
            ("60m", Some(3_600_000)),
            ("1h", Some(3_600_000)),
            ("3600s", Some(3_600_000)),
            ("3600000ms", Some(3_600_000)),
            ("1.5s", Some(1_500)),
            ("1m30s", Some(90_000)),
            ("0.5m", Some(30_000)),
            ("0.25h", Some(900_000)),
            ("0.0000025h", Some(9)),
            ("1h0m0s", Some(3_600_000)),
            ("0h0m1s", Some(1_000)),
            ("1s1m", Some(61_000)),
            ("1s1s", Some(2_000)),
            ("1m2s3ms", Some(62_003)),
            ("59m59.999s", Some(3_599_999)),
            ("1.0ms", Some(1)),
            (
                "0001.5000000000000000000000000000000000000000s",
                Some(1_500),
            ),
            ("00000000000000000000000000000000000002s", Some(2_000)),
            ("1.0005s", None),
            ("1.5ms", None),
            ("0.5ms0.5ms", None),
            ("0.00000025h", None),
            ("1.00000000000000000000000000000000000000001s", None),
            ("3600001ms", None),
            ("1h1ms", None),
            ("1h0.001s", None),
            ("61m", None),
            ("2h", None),
            ("999m", None),
            ("3600000m", None),
            ("99999999999999999999999999999999999999999s", None),
            ("18446744073709551617ms", None),
            ("30m30m30m30m", None),
            ("0s", None),
            ("0ms", None),
            ("0h0m0.000s", None),
            ("2", None),
            ("1m30", None),
            ("s", None),
            ("ms", None),
            ("", None),
            (".5s", None),
            ("1.s", None),
            (".s", None),
            ("1..5s", None),
            ("1.5.5s", None),
            ("1,5s", None),
            ("2S", None),
            ("2 s", None),
            ("1m 30s", None),
            (" 2s", None),
            ("-2s", None),
            ("+2s", None),
            ("1m-30s", None),
            ("1e3ms", None),
            ("0x1s", None),
            ("2us", None),
            ("2\u{b5}s", None),
            ("2ns", None),
            ("1d", None),
            ("1hs", None),
            ("1mm", None),
            ("1msm", None),
        ] {
            assert_eq!(millis(text.as_bytes()), expected, "{text:?}");
        }
    }

    /// The same, slowly: with decimal numbers taken apart as text, and all sums in 10^-12 ms.
    fn naive(text: &str) -> Option<u32> {
        const ONE: u128 = 1_000_000_000_000;
        let mut rest = text;
        let mut sum = 0;
        while !rest.is_empty() {
            let end = rest.find(|c: char| c != '.' && !c.is_ascii_digit())?;
            let (number, after) = rest.split_at(end);
            let end = after.find(|c: char| c == '.' || c.is_ascii_digit());
            let (unit, after) = after.split_at(end.unwrap_or(after.len()));
            rest = after;
            let unit = match unit {
                "ms" => 1,
                "s" => 1_000,
                "m" => 60_000,
                "h" => 3_600_000,
                _ => return None,
            };
            let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
            if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
                return None;
            }
            let fraction = std::format!("{fraction:0<12}");
            let part = whole.parse::<u128>().ok()? * ONE + fraction.parse::<u128>().ok()?;
            if !(part * unit).is_multiple_of(ONE) {
                return None;
            }
            sum += part * unit;
        }
        let millis = sum / ONE;
        (1..=3_600_000).contains(&millis).then_some(millis as u32)
    }

    fn durations_or_nearly() -> impl Strategy<Value = String> {
        prop_oneof![
            r"(0{0,3}[0-9]{1,5}(\.[0-9]{1,3}0{0,3}|\.[0-9]{4,9})?(h|m|s|ms)){1,3}",
            r"[0-5]?[0-9]m[0-5]?[0-9](\.[0-9]{1,4})?s([0-9]{1,3}ms)?",
            r"0\.[0-9]{1,9}[hms]",
            r"[0-9]{1,12}(h|m|s|ms)",
            "[0-9.hmsund -]{0,8}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 5_000,
            rng_seed: RngSeed::Fixed(6767),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn any_text_is_what_a_slower_reader_makes_of_it(text in durations_or_nearly()) {
            prop_assert_eq!(millis(text.as_bytes()), naive(&text));
        }
    }
}

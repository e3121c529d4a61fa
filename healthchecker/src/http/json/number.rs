//! JSON's numbers by their digits: what floating point rounds is not the same number.

/// Whether two numbers of JSON (RFC 8259, section 6) have the same value, in whatever form: `3`,
/// `3.0` and `0.3e1`. What is no such number equals none.
pub(super) fn equal(one: &str, other: &str) -> bool {
    match (Decimal::parse(one), Decimal::parse(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// A value of one form only: no zero begins or ends the digits, and zero has none.
#[derive(Debug, PartialEq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    /// The power of ten that the last digit counts.
    exponent: i64,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-');
        let (mantissa, exponent) = split(unsigned.unwrap_or(text), |byte| byte | 0x20 == b'e');
        let (whole, fraction) = split(mantissa, |byte| byte == b'.');
        let is_whole = are_digits(whole) && (whole == "0" || !whole.starts_with('0'));
        if !is_whole || fraction.is_some_and(|digits| !are_digits(digits)) {
            return None;
        }
        let fraction = fraction.unwrap_or_default();
        let exponent = exponent.unwrap_or("0");
        if !are_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)) {
            return None;
        }
        let digits = [whole, fraction].concat();
        let significant = digits.trim_matches('0');
        if significant.is_empty() {
            // Zero is the same with any sign and any power.
            return Some(Self {
                is_negative: false,
                digits: String::new(),
                exponent: 0,
            });
        }
        let zeros = digits.len() - digits.trim_end_matches('0').len();
        let shift = i64::try_from(zeros).ok()? - i64::try_from(fraction.len()).ok()?;
        Some(Self {
            is_negative: unsigned.is_some(),
            digits: significant.to_owned(),
            // One beyond 64 bits equals its own text alone.
            exponent: exponent.parse::<i64>().ok()?.checked_add(shift)?,
        })
    }
}

/// What comes before the first byte of a kind, and what comes after it if there is one.
fn split(text: &str, is: impl Fn(u8) -> bool) -> (&str, Option<&str>) {
    match text
        .bytes()
        .position(is)
        .and_then(|at| text.split_at_checked(at))
    {
        Some((before, after)) => (before, after.get(1..)),
        None => (text, None),
    }
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value() {
        for (one, other) in [
            ("3", "3"),
            ("3", "3.0"),
            ("3", "0.3e1"),
            ("300", "3E+2"),
            ("0.03", "3e-2"),
            ("-1.50", "-15e-1"),
            ("0", "-0.00e7"),
            ("1e400", "10e399"),
            ("18446744073709551616", "1.8446744073709551616e19"),
            ("0e99999999999999999999", "0"),
            ("-0", "0"),
        ] {
            assert!(equal(one, other) && equal(other, one), "{one} {other}");
        }
    }

    #[test]
    fn another_value() {
        for (one, other) in [
            ("9007199254740992", "9007199254740993"),
            ("18446744073709551616", "18446744073709551617"),
            ("0.1", "0.10000000000000000001"),
            ("1e400", "1e401"),
            ("1e-400", "0"),
            ("3", "-3"),
            ("30", "3"),
        ] {
            assert!(!equal(one, other) && !equal(other, one), "{one} {other}");
        }
    }

    #[test]
    fn no_number() {
        for text in [
            "",
            "-",
            "+3",
            " 3",
            "3 ",
            "03",
            "-03",
            ".5",
            "5.",
            "1e",
            "1e+",
            "e1",
            "1e1.5",
            "0x3",
            "3_0",
            "NaN",
            "Infinity",
            "--3",
            "1e99999999999999999999",
            "٣",
        ] {
            assert!(!equal(text, text), "{text:?}");
        }
    }
}

//! Moments as RFC 1123 writes them, with the zone as a number: `Thu, 01 Dec 2016 10:57:32 -0800`.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use crate::watches::Millis;

/// 9999-12-31 23:59:59.
const LAST_SECOND: i64 = 253_402_300_799;

/// A zone: so many minutes east of Greenwich, less than a day either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(i16);

impl Zone {
    /// `+0000`.
    pub const UTC: Self = Self(0);

    /// A zone as it is shown, a sign and four digits: `-0800`.
    ///
    /// ```
    /// use health_watchdog::dialects::gwd::Zone;
    ///
    /// assert_eq!(Zone::parse("-0800").unwrap().to_string(), "-0800");
    /// assert_eq!(Zone::parse("PST"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.as_bytes() {
            [b'+', digits @ ..] => (1, digits),
            [b'-', digits @ ..] => (-1, digits),
            _ => return None,
        };
        let [a, b, c, d] = <[u8; 4]>::try_from(digits)
            .ok()?
            .map(|digit| digit.is_ascii_digit().then(|| i16::from(digit - b'0')));
        let (hours, minutes) = (a? * 10 + b?, c? * 10 + d?);
        (hours < 24 && minutes < 60).then_some(Self(sign * (hours * 60 + minutes)))
    }

    /// A moment by the wall.
    pub(super) fn show(self, wall: Millis) -> String {
        let seconds = i64::try_from(wall / 1_000).unwrap_or(i64::MAX);
        let seconds = seconds.saturating_add(i64::from(self.0) * 60);
        let seconds = seconds.clamp(0, LAST_SECOND).unsigned_abs();
        // The date is the local one, and so is not GMT's, as it says at its end.
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
        format!("{} {self}", date.trim_end_matches(" GMT"))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        let minutes = self.0.unsigned_abs();
        write!(f, "{sign}{:02}{:02}", minutes / 60, minutes % 60)
    }
}

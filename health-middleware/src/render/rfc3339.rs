//! Points in time as RFC 3339 writes them, in UTC, to the millisecond.
//!
//! Civil dates are the whole need: no zone, no leap second (section 5.6 allows
//! to write none), no parsing. A date crate would be the larger risk.

use std::fmt::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

/// A point in time, to be displayed. One before 1970 or after 9999 is shown as
/// the nearest that can be.
pub(crate) struct Rfc3339(pub(crate) SystemTime);

const LAST_SECOND: u64 = 253_402_300_799;

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.0.duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = since.as_secs().min(LAST_SECOND);
        let (year, month, day) = civil(seconds / 86_400);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}",
            since.subsec_millis()
        )?;
        f.write_char('Z')
    }
}

/// The Gregorian date that is this many days after 1970-01-01.
///
/// Years are counted from March, so that the day that leaps is the last one; an
/// era is 400 years, after which the calendar repeats.
fn civil(days: u64) -> (u64, u64, u64) {
    const DAYS_FROM_ERA_TO_1970: u64 = 719_468;
    const DAYS_IN_ERA: u64 = 146_097;

    let days = days + DAYS_FROM_ERA_TO_1970;
    let (era, day_of_era) = (days / DAYS_IN_ERA, days % DAYS_IN_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn known_points() {
        for (seconds, millis, text) in [
            (0, 0, "1970-01-01T00:00:00.000Z"),
            (951_782_399, 999, "2000-02-28T23:59:59.999Z"),
            (951_782_400, 0, "2000-02-29T00:00:00.000Z"),
            (951_868_800, 1, "2000-03-01T00:00:00.001Z"),
            (1_709_164_800, 0, "2024-02-29T00:00:00.000Z"),
            (1_735_689_599, 0, "2024-12-31T23:59:59.000Z"),
            (1_795_165_200, 123, "2026-11-20T09:00:00.123Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000Z"),
            (LAST_SECOND, 0, "9999-12-31T23:59:59.000Z"),
            (LAST_SECOND + 1, 0, "9999-12-31T23:59:59.000Z"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_millis(millis);
            assert_eq!(Rfc3339(time).to_string(), text);
        }
    }

    #[test]
    fn before_1970_is_1970() {
        let time = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(Rfc3339(time).to_string(), "1970-01-01T00:00:00.000Z");
    }

    /// Counts through four centuries by the calendar's own rules.
    #[test]
    fn every_day_of_an_era() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for days in 0..146_097 {
            assert_eq!(civil(days), (year, month, day));
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 if leap => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > length {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }
}

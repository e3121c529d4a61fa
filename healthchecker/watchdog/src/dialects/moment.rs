//! Moments of watches, as others read them.

use std::time::{Duration, UNIX_EPOCH};

use crate::watches::{Millis, NEVER};

/// 9999-12-31 23:59:59.999.
const LAST: Millis = 253_402_300_799_999;

/// A moment by the wall as RFC 3339 writes it, in UTC; `None`: it does not come.
pub(super) fn rfc3339(wall: Millis) -> Option<String> {
    // What is written has four digits of a year.
    let moment = UNIX_EPOCH + Duration::from_millis(wall.min(LAST));
    (wall != NEVER).then(|| humantime::format_rfc3339_millis(moment).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watches::Now;

    #[test]
    fn moments() {
        let now = Now {
            mono: 1_000,
            wall: 5_000,
        };
        assert_eq!(now.wall_of(0), 4_000);
        assert_eq!(now.wall_of(NEVER - 1), NEVER);
        assert_eq!(Now { mono: 5, wall: 1 }.wall_of(0), 0);
        for (moment, text) in [
            (0, Some("1970-01-01T00:00:00.000Z")),
            (1_480_618_352_007, Some("2016-12-01T18:52:32.007Z")),
            (LAST + 1, Some("9999-12-31T23:59:59.999Z")),
            (NEVER - 1, Some("9999-12-31T23:59:59.999Z")),
            (NEVER, None),
        ] {
            assert_eq!(rfc3339(moment).as_deref(), text);
        }
    }
}

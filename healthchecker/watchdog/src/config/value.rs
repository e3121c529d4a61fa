use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::de::{Deserializer, Error, Visitor};

use crate::span;
use crate::watches::{LONGEST_TIMEOUT, Millis, SHORTEST_TIMEOUT};

const HOUR: Millis = 3_600_000;

/// A text, and what is made of it.
pub(super) fn text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &str,
    make: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(Text(expected, make))
}

struct Text<'a, F>(&'a str, F);

impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for Text<'_, F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.1)(text).map_err(E::custom)
    }
}

/// 1 s to 366 d.
pub(super) fn timeout<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Millis, D::Error> {
    bounded(
        deserializer,
        SHORTEST_TIMEOUT..=LONGEST_TIMEOUT,
        "1s to 366d",
    )
}

/// The same, where there may be none.
pub(super) fn first<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Millis>, D::Error> {
    timeout(deserializer).map(Some)
}

/// 0 to 366 d.
pub(super) fn grace<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Millis, D::Error> {
    bounded(deserializer, 0..=LONGEST_TIMEOUT, "0s to 366d")
}

/// 1 s to 366 d.
pub(super) fn per<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    timeout(deserializer).map(Duration::from_millis)
}

/// 1 s to 1 h.
pub(super) fn time_limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    bounded(deserializer, 1_000..=HOUR, "1s to 1h").map(Duration::from_millis)
}

fn bounded<'de, D: Deserializer<'de>>(
    deserializer: D,
    bounds: RangeInclusive<Millis>,
    shown: &str,
) -> Result<Millis, D::Error> {
    text(
        deserializer,
        "a duration in quotes, such as \"10s\"",
        |text| match span::millis(text) {
            Some(millis) if bounds.contains(&millis) => Ok(millis),
            Some(_) => Err(format!("{text:?} is out of bounds; give {shown}")),
            None => Err(format!(
                "{text:?} is no duration up to 366d; write {}",
                span::ACCEPTED
            )),
        },
    )
}

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

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

/// 1 h to 366 d.
pub(super) fn age<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    bounded(deserializer, HOUR..=LONGEST_TIMEOUT, "1h to 366d").map(Duration::from_millis)
}

/// A whole number within bounds.
pub(super) fn number<'de, D: Deserializer<'de>>(
    deserializer: D,
    bounds: RangeInclusive<u32>,
) -> Result<u32, D::Error> {
    let number = i64::deserialize(deserializer)?;
    u32::try_from(number)
        .ok()
        .filter(|number| bounds.contains(number))
        .ok_or_else(|| {
            let (from, to) = bounds.into_inner();
            D::Error::custom(format!("{number} is out of bounds; give {from} to {to}"))
        })
}

/// The absolute path of a file.
pub(super) fn file<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let expected = "the absolute path of a file in quotes";
    text(deserializer, expected, |text| {
        if text.starts_with('/') && !text.ends_with('/') && !text.contains('\0') {
            Ok(text.into())
        } else {
            Err(format!(
                "{text:?} is not {expected}, such as \"/etc/watchdog/key.pem\""
            ))
        }
    })
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

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::value;
use crate::store::Retention;

/// What is kept, and where.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table, [store]")]
#[non_exhaustive]
pub struct StoreConfig {
    /// The database; `None`: `watchdog.db` in `$STATE_DIRECTORY`, or where the server was started.
    #[serde(deserialize_with = "path")]
    pub path: Option<PathBuf>,
    /// How long events are kept.
    #[serde(deserialize_with = "value::age")]
    pub events_for: Duration,
    /// How many of them.
    #[serde(deserialize_with = "most")]
    pub events_most: u32,
}

impl Default for StoreConfig {
    /// 90 days, a million.
    fn default() -> Self {
        let Retention { age, events, .. } = Retention::default();
        Self {
            path: None,
            events_for: age,
            events_most: u32::try_from(events).unwrap_or(u32::MAX),
        }
    }
}

impl StoreConfig {
    /// As the store is told of it.
    pub fn retention(&self) -> Retention {
        Retention {
            age: self.events_for,
            events: self.events_most.into(),
            ..Retention::default()
        }
    }
}

fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    value::file(deserializer).map(Some)
}

fn most<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    value::number(deserializer, 1_000..=100_000_000)
}

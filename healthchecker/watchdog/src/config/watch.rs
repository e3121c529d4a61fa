use std::collections::BTreeSet;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::dialect::{Dialect, words};
use super::restart::Restart;
use super::value;
use crate::dialects::Times;
use crate::watches::{Key, Millis, Namespace, Settings};

/// A watch, as the configuration has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table, [watch.NAME]")]
#[non_exhaustive]
pub struct WatchConfig {
    /// The dialects without authentication that may kick it.
    #[serde(deserialize_with = "open_to")]
    pub open_to: BTreeSet<Dialect>,
    /// From a kick to the deadline.
    #[serde(deserialize_with = "value::timeout")]
    pub timeout: Millis,
    /// From the deadline to the end of its being late.
    #[serde(deserialize_with = "value::grace")]
    pub grace: Millis,
    /// Within what it must be kicked for the first time; `None`: any time.
    #[serde(deserialize_with = "value::first")]
    pub first: Option<Millis>,
    /// What is done when it is silent.
    pub restart: Option<Restart>,
}

impl Default for WatchConfig {
    /// A timeout of 10 s and a grace of 5 s, and nothing else.
    fn default() -> Self {
        Self {
            open_to: BTreeSet::new(),
            timeout: 10_000,
            grace: 5_000,
            first: None,
            restart: None,
        }
    }
}

impl WatchConfig {
    /// With what it is made.
    pub fn times(&self) -> Times {
        Times {
            timeout: self.timeout,
            grace: self.grace,
        }
    }

    /// What the table is told of it at each start.
    pub fn settings(&self) -> Settings {
        Settings {
            timeout: Some(self.timeout),
            grace: Some(self.grace),
            first: self.first,
            open_to: Some(self.open_to.iter().fold(0, |bits, open| bits | open.bit())),
            is_at_start: true,
            ..Settings::default()
        }
    }
}

/// The name of a watch that has a table of its own.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(pub(super) Key);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        value::text(deserializer, "the name of a watch", |name| {
            Key::new(Namespace::Named, name).map(Self).map_err(|error| {
                format!(
                    "watch.{name:?}: {error}; it takes 1 to 200 of a to z, 0 to 9, '.', '_' and '-'"
                )
            })
        })
    }
}

fn open_to<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Dialect>, D::Error> {
    let dialects = BTreeSet::<Dialect>::deserialize(deserializer)?;
    match dialects.iter().find(|dialect| !dialect.is_open()) {
        None => Ok(dialects),
        Some(closed) => Err(D::Error::custom(format!(
            "{:?} asks for a token, which opens the watch by itself; only {} can be named",
            closed.word(),
            words(Dialect::ALL.into_iter().filter(|dialect| dialect.is_open()))
        ))),
    }
}

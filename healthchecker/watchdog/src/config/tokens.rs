use std::path::PathBuf;

use serde::{Deserialize, Deserializer};

use super::value;
use crate::tokens::Quota;

/// What holds for tokens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table, [tokens]")]
#[non_exhaustive]
pub struct TokensConfig {
    /// The file of the master key; `None`: `master.key` in `$CREDENTIALS_DIRECTORY`, or beside the
    /// database, where it is made at the first start.
    #[serde(deserialize_with = "path")]
    pub master: Option<PathBuf>,
    /// How many requests each token may make.
    #[serde(deserialize_with = "per_minute")]
    pub per_minute: u32,
}

impl Default for TokensConfig {
    /// 600,000 a minute.
    fn default() -> Self {
        Self {
            master: None,
            per_minute: 600_000,
        }
    }
}

impl TokensConfig {
    /// As it is counted: of what a minute gives, a tenth may come at once.
    pub fn quota(&self) -> Quota {
        Quota {
            per_minute: self.per_minute,
            burst: (self.per_minute / 10).max(1),
        }
    }
}

fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    value::file(deserializer).map(Some)
}

fn per_minute<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    value::number(deserializer, 1..=100_000_000)
}

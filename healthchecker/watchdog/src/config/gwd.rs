use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::value;
use crate::dialects::gwd::{Order, Settings, Zone};
use crate::watches::Millis;

/// What `[gwd]` says.
#[derive(Default)]
pub(super) struct Gwd(pub(super) Settings);

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table, [gwd]")]
struct File {
    #[serde(deserialize_with = "order")]
    order: Order,
    #[serde(deserialize_with = "zone")]
    zone: Zone,
    monitors: Vec<Box<str>>,
    #[serde(deserialize_with = "value::grace")]
    grace: Millis,
}

impl Default for File {
    fn default() -> Self {
        let Settings {
            order,
            zone,
            monitors,
            grace,
        } = Settings::default();
        Self {
            order,
            zone,
            monitors,
            grace,
        }
    }
}

impl<'de> Deserialize<'de> for Gwd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let File {
            order,
            zone,
            monitors,
            grace,
        } = File::deserialize(deserializer)?;
        let is_beginning = |url: &str| {
            let host = url
                .strip_prefix("https://")
                .and_then(|rest| rest.split_once('/'));
            host.is_some_and(|(host, _)| !host.is_empty())
        };
        if let Some(url) = monitors.iter().find(|url| !is_beginning(url)) {
            return Err(D::Error::custom(format!(
                "monitors: {url:?} is no beginning of a URL with https and a host; \
                 write as \"https://hooks.slack.com/\", up to a slash"
            )));
        }
        Ok(Self(Settings {
            order,
            zone,
            monitors,
            grace,
        }))
    }
}

fn order<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Order, D::Error> {
    value::text(deserializer, "the name of an order in quotes", |word| {
        Order::from_word(word)
            .ok_or_else(|| format!("{word:?} is no order; give \"auto\", \"go\" or \"python\""))
    })
}

fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zone, D::Error> {
    value::text(deserializer, "a zone in quotes, as \"+0000\"", |text| {
        Zone::parse(text)
            .ok_or_else(|| format!("{text:?} is no zone; give its hours and minutes, as \"-0800\""))
    })
}

use serde::{Deserialize, Deserializer};

use super::value;
use crate::dialects::registry::{Network, Rules};

/// What `[registry]` says.
#[derive(Default)]
pub(super) struct Registry(pub(super) Rules);

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table, [registry]")]
struct File {
    check_networks: Vec<Written>,
}

struct Written(Network);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        value::text(
            deserializer,
            "a network in quotes, as \"10.0.0.0/8\"",
            |text| text.parse().map(Self),
        )
    }
}

impl<'de> Deserialize<'de> for Registry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let File { check_networks } = File::deserialize(deserializer)?;
        let networks = check_networks.into_iter().map(|written| written.0);
        Ok(Self(Rules {
            networks: networks.collect(),
        }))
    }
}

//! What is known of an instance, as it is kept and as it is shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::check::Check;
use crate::dialects::moment::rfc3339;
use crate::watches::{Instance, Key, Millis, Now, State, Watch};

/// So much is kept of an instance, in bytes.
pub(super) const LONGEST: usize = 10_000;

/// What an instance says of itself, beside its name and its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Service {
    /// A host's name or address, without a port.
    pub address: String,
    /// 1 to 65535.
    pub port: u16,
    /// Which version it is.
    pub version: String,
    /// Words; `None`: it has said nothing of them, and nothing is shown as `null`.
    pub tags: Option<Vec<String>>,
    /// More words.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Its share of what is to be done, for whoever chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u16>,
    /// How the server asks it whether it is healthy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// Whether it takes nothing new.
    #[serde(
        rename = "draining",
        default,
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub is_draining: bool,
}

/// Whether an instance is to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Health {
    /// It beats.
    Healthy,
    /// It is silent, or fails its checks.
    Unhealthy,
    /// It drains, or is held.
    Unknown,
}

impl Health {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
            Self::Unknown => "unknown",
        }
    }

    fn of(state: State, is_draining: bool) -> Self {
        match state {
            state if state.is_down() => Self::Unhealthy,
            State::Up | State::Late if !is_draining => Self::Healthy,
            _ => Self::Unknown,
        }
    }
}

impl Service {
    /// What is kept with a watch; `None`: it is none that registered.
    pub fn of(watch: &Watch) -> Option<Self> {
        Self::from_payload(watch.payload())
    }

    /// What was kept.
    pub fn from_payload(payload: &str) -> Option<Self> {
        serde_json::from_str(payload).ok()
    }

    /// To be kept: as long as it is when it is shown.
    pub fn to_payload(&self) -> Arc<str> {
        // Its keys are texts, and nothing in it fails.
        go(&serde_json::to_string(self).unwrap_or_default()).into()
    }
}

/// An instance as others see it.
#[derive(Clone, Debug)]
pub struct Shown<'a> {
    key: &'a Key,
    /// What it says of itself.
    pub service: Service,
    /// Whether it is to be used.
    pub health: Health,
    last: Millis,
}

/// In the order of the guide's own struct.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    name: &'a str,
    address: &'a str,
    port: u16,
    version: &'a str,
    tags: &'a Option<Vec<String>>,
    metadata: &'a Option<BTreeMap<String, String>>,
    health: &'static str,
    last_seen: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<u16>,
}

impl<'a> Shown<'a> {
    /// As the table has it; `None`: it is none that registered.
    pub fn of(watch: &'a Watch, now: Now) -> Option<Self> {
        let last = watch.heard(now);
        Self::new(&watch.key, watch.payload(), last, watch.shown())
    }

    /// As an event left it.
    pub fn after(key: &'a Key, instance: &Instance) -> Option<Self> {
        Self::new(key, &instance.payload, instance.last, instance.state)
    }

    /// From its parts: what is kept with it, when it was last heard by the wall, and its state.
    pub fn new(key: &'a Key, payload: &str, last: Millis, state: State) -> Option<Self> {
        let service = Service::from_payload(payload)?;
        Some(Self {
            key,
            health: Health::of(state, service.is_draining),
            service,
            last,
        })
    }

    /// Its service's name and its own id.
    pub fn names(&self) -> (&str, &str) {
        self.key.service().unwrap_or_default()
    }

    /// As JSON in one line, without its end.
    pub fn json(&self) -> String {
        let (name, id) = self.names();
        let Service {
            address,
            port,
            version,
            tags,
            metadata,
            weight,
            ..
        } = &self.service;
        let line = Line {
            id,
            name,
            address,
            port: *port,
            version,
            tags,
            metadata,
            health: self.health.word(),
            last_seen: rfc3339(self.last).unwrap_or_default(),
            weight: *weight,
        };
        // Its keys are texts, and nothing in it fails.
        go(&serde_json::to_string(&line).unwrap_or_default())
    }
}

/// JSON as Go's encoder has it: what could end a script or a line of one is escaped. It occurs in texts
/// alone.
pub(super) fn go(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => text.push(character),
        }
    }
    text
}

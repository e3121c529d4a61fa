//! Somebody who is told: `[sink.NAME]`.

mod file;
mod headers;
mod url;

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer};

use super::value;
use crate::outbox::Type;
use crate::watches::{Key, Namespace, covers};

pub use headers::Headers;
pub use url::{SinkUrl, UrlError};

/// There are no more of them.
pub(super) const MOST: usize = 32;

/// The longest name.
const LONGEST_NAME: usize = 64;

/// What a sink is told, unless its configuration says more or less.
const USUAL: [Type; 4] = [Type::Down, Type::Up, Type::Restarted, Type::GaveUp];

/// In which form a sink is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SinkKind {
    /// Each transition once, as Standard Webhooks have it or by a template.
    Webhook,
    /// Each transition once, as Slack's incoming webhooks take it.
    Slack,
    /// All that is down, again and again.
    Alertmanager,
}

impl SinkKind {
    /// All that there are.
    pub const ALL: [Self; 3] = [Self::Webhook, Self::Slack, Self::Alertmanager];

    /// Its name in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Slack => "slack",
            Self::Alertmanager => "alertmanager",
        }
    }
}

/// Somebody who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SinkConfig {
    /// In which form.
    pub kind: SinkKind,
    /// Where. Often a secret.
    pub url: SinkUrl,
    /// What the names begin with of which it is told, by whole labels; empty: all.
    pub prefix: Box<str>,
    /// The namespaces of which it is told; all, unless named.
    pub namespaces: BTreeSet<Namespace>,
    /// What it is told of a watch. Empty for Alertmanager, which is told what is down.
    pub events: BTreeSet<Type>,
    /// The file with one or two secrets that sign a webhook.
    pub secret_file: Option<PathBuf>,
    /// The file with a token that goes with each request.
    pub bearer_file: Option<PathBuf>,
    /// The template of a webhook's body; `None`: as Standard Webhooks have it.
    pub body: Option<Box<str>>,
    /// What the template makes; `None`: JSON.
    pub content_type: Option<Box<str>>,
    /// What else goes with each request.
    pub headers: Headers,
    /// Whether it may be at an address that is not public.
    pub allow_private: bool,
    /// The file with the certificates that are trusted, PEM; `None`: Mozilla's.
    pub ca_file: Option<PathBuf>,
}

impl SinkConfig {
    /// One that takes Slack's messages, of everything, at a public address.
    pub fn slack(url: SinkUrl) -> Self {
        Self {
            kind: SinkKind::Slack,
            url,
            prefix: Box::default(),
            namespaces: Namespace::ALL.into(),
            events: USUAL.into(),
            secret_file: None,
            bearer_file: None,
            body: None,
            content_type: None,
            headers: Headers::default(),
            allow_private: false,
            ca_file: None,
        }
    }

    /// Whether it is told of a watch at all. An instance of a service is covered as the service is.
    pub fn covers(&self, key: &Key) -> bool {
        let name = match key.namespace() {
            Namespace::Registry => key.name().split('\u{1f}').next().unwrap_or_default(),
            _ => key.name(),
        };
        self.namespaces.contains(&key.namespace()) && covers(&self.prefix, name)
    }

    /// Whether it is told when such a thing happens to a watch.
    pub fn hears(&self, key: &Key, kind: Type) -> bool {
        self.events.contains(&kind) && self.covers(key)
    }
}

/// The name of a sink.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(pub(super) Box<str>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        value::text(deserializer, "the name of a sink", |name| {
            let is_plain =
                |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
            if (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(is_plain) {
                Ok(Self(name.into()))
            } else {
                Err(format!(
                    "sink.{name:?}: a sink has no such name; it takes 1 to {LONGEST_NAME} of a to z, \
                     0 to 9, '.', '_' and '-'"
                ))
            }
        })
    }
}

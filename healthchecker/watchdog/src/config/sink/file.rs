//! From the file to a sink, and what of it does not go together.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::{Headers, SinkConfig, SinkKind, SinkUrl, USUAL};
use crate::config::value;
use crate::outbox::Type;
use crate::watches::{LONGEST_NAME, Namespace};

/// The longest template, in bytes.
const LONGEST_BODY: usize = 64_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table, [sink.NAME]")]
struct File {
    kind: Option<SinkKind>,
    url: Option<SinkUrl>,
    #[serde(default, deserialize_with = "prefix")]
    prefix: Box<str>,
    namespaces: Option<Vec<Space>>,
    events: Option<Vec<Event>>,
    #[serde(default, deserialize_with = "file")]
    secret_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "file")]
    bearer_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "body")]
    body: Option<Box<str>>,
    #[serde(default, deserialize_with = "content_type")]
    content_type: Option<Box<str>>,
    #[serde(default)]
    headers: Headers,
    #[serde(default)]
    allow_private: bool,
    #[serde(default, deserialize_with = "file")]
    ca_file: Option<PathBuf>,
}

struct Space(Namespace);
struct Event(Type);

impl<'de> Deserialize<'de> for SinkConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let file = File::deserialize(deserializer)?;
        file.fit().map_err(D::Error::custom)
    }
}

impl File {
    /// The whole, or why its parts do not go together.
    fn fit(self) -> Result<SinkConfig, String> {
        let kind = self.kind.ok_or_else(|| {
            format!(
                "`kind` is missing; give one of {}",
                words(SinkKind::ALL.map(SinkKind::word))
            )
        })?;
        let url = self.url.ok_or(
            "`url` is missing; give where it is told, such as \"https://hooks.example/watchdog\"",
        )?;
        let only = |key, kinds: &str, is_given: bool| match is_given {
            false => Ok(()),
            true => Err(format!(
                "`{key}` is for {kinds}; leave it out of a sink of kind \"{}\"",
                kind.word()
            )),
        };
        let is_webhook = kind == SinkKind::Webhook;
        only(
            "secret_file",
            "webhooks",
            !is_webhook && self.secret_file.is_some(),
        )?;
        only("body", "webhooks", !is_webhook && self.body.is_some())?;
        only(
            "content_type",
            "webhooks",
            !is_webhook && self.content_type.is_some(),
        )?;
        let is_slack = kind == SinkKind::Slack;
        let others = "webhooks and Alertmanager";
        only(
            "bearer_file",
            others,
            is_slack && self.bearer_file.is_some(),
        )?;
        only("headers", others, is_slack && !self.headers.is_empty())?;
        let is_level = kind == SinkKind::Alertmanager;
        let others = "webhooks and Slack, and Alertmanager is told all that is down";
        only("events", others, is_level && self.events.is_some())?;
        if self.content_type.is_some() && self.body.is_none() {
            return Err(
                "`content_type` is that of a `body`; give the body's template, or leave it out"
                    .to_owned(),
            );
        }
        if self.ca_file.is_some() && !url.is_https() {
            return Err(
                "`ca_file` is for https; write https:// in `url`, or leave it out".to_owned(),
            );
        }
        if self.bearer_file.is_some() && !url.is_https() && !self.allow_private {
            return Err(
                "`bearer_file` over http://: anybody on the way could read the token; write https:// in \
                 `url`, or `allow_private = true` within a network of your own"
                    .to_owned(),
            );
        }
        if is_level {
            url.check_base()?;
        }
        Ok(SinkConfig {
            kind,
            url,
            prefix: self.prefix,
            namespaces: match self.namespaces {
                None => Namespace::ALL.into(),
                Some(named) if named.is_empty() => {
                    return Err("`namespaces` names none; leave it out for all".to_owned());
                }
                Some(named) => named.into_iter().map(|Space(space)| space).collect(),
            },
            events: match self.events {
                None if is_level => BTreeSet::new(),
                None => USUAL.into(),
                Some(named) if named.is_empty() => {
                    return Err(
                        "`events` names none; leave it out, or leave out the sink".to_owned()
                    );
                }
                Some(named) => named.into_iter().map(|Event(kind)| kind).collect(),
            },
            secret_file: self.secret_file,
            bearer_file: self.bearer_file,
            body: self.body,
            content_type: self.content_type,
            headers: self.headers,
            allow_private: self.allow_private,
            ca_file: self.ca_file,
        })
    }
}

impl<'de> Deserialize<'de> for SinkKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = words(Self::ALL.map(Self::word));
        value::text(deserializer, "the kind of a sink in quotes", |word| {
            let mut kinds = Self::ALL.into_iter();
            kinds
                .find(|kind| kind.word() == word)
                .ok_or_else(|| format!("{word:?} is no kind of sink; there are {all}"))
        })
    }
}

impl<'de> Deserialize<'de> for Space {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        value::text(deserializer, "the name of a namespace in quotes", |word| {
            Namespace::from_word(word).map(Self).ok_or_else(|| {
                let all = words(Namespace::ALL.map(Namespace::word));
                format!("{word:?} is no namespace; there are {all}")
            })
        })
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        value::text(deserializer, "the name of an event in quotes", |word| {
            // A test is told whenever somebody asks for it.
            let mut kinds = Type::ALL.into_iter().filter(|kind| *kind != Type::Test);
            kinds
                .clone()
                .find(|kind| kind.word() == word)
                .map(Self)
                .ok_or_else(|| {
                    let all = words(kinds.by_ref().map(Type::word));
                    format!("{word:?} is no event; there are {all}")
                })
        })
    }
}

fn prefix<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    let expected = "the beginning of names in quotes";
    value::text(deserializer, expected, |text| {
        if text.len() <= LONGEST_NAME && !text.contains(|character: char| character.is_control()) {
            Ok(text.into())
        } else {
            Err(format!(
                "{text:?} is no beginning of a name; give up to {LONGEST_NAME} bytes, such as \"dc.server1\""
            ))
        }
    })
}

fn file<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    value::file(deserializer).map(Some)
}

fn body<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<str>>, D::Error> {
    value::text(deserializer, "a template in quotes", |text| {
        if text.trim().is_empty() {
            Err("the template is empty; leave it out for the body of Standard Webhooks".to_owned())
        } else if text.len() > LONGEST_BODY {
            Err(format!(
                "the template has {} bytes; give {LONGEST_BODY} at most",
                text.len()
            ))
        } else {
            Ok(Some(text.into()))
        }
    })
}

fn content_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<str>>, D::Error> {
    let expected = "a media type in quotes, such as \"application/json\"";
    value::text(deserializer, expected, |text| {
        let is_plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if is_plain && text.contains('/') && text.len() <= 200 && text.trim() == text {
            Ok(Some(text.into()))
        } else {
            Err(format!("{text:?} is not {expected}"))
        }
    })
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<_> = words.into_iter().collect();
    words.join(", ")
}

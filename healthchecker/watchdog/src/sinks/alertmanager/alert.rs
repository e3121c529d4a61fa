//! One alert, and how it is written.

use std::collections::BTreeMap;

use serde::Serialize;

use super::LASTS;
use crate::sinks::shown::{rfc3339, service};
use crate::watches::{Key, Millis, State};

/// Why and since when a watch is down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sinks) struct Alert {
    /// By the wall.
    pub(super) since: Millis,
    pub(super) state: State,
    pub(super) reason: Box<str>,
}

/// An alert as it is sent.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sinks) struct Told {
    /// By them Alertmanager knows it again: none changes while it lasts.
    labels: BTreeMap<&'static str, String>,
    annotations: BTreeMap<&'static str, String>,
    starts_at: String,
    ends_at: String,
}

impl Alert {
    /// It is down.
    pub(super) fn told(&self, key: &Key, now: Millis) -> Told {
        // A clock that has gone back since then would make an end before the beginning.
        self.until(key, now.max(self.since).saturating_add(LASTS))
    }

    /// It was.
    pub(super) fn told_over(&self, key: &Key, at: Millis) -> Told {
        self.until(key, at.max(self.since))
    }

    fn until(&self, key: &Key, end: Millis) -> Told {
        let watch = key.shown().into_owned();
        let reason = match &*self.reason {
            "" if self.state == State::Timeout => "no kick has come in time",
            reason => reason,
        };
        let since = rfc3339(self.since);
        let mut labels = BTreeMap::from([
            ("alertname", "WatchDown".to_owned()),
            ("namespace", key.namespace().word().to_owned()),
        ]);
        if let Some((service, instance)) = service(key) {
            labels.insert("service", service.to_owned());
            labels.insert("instance", instance.to_owned());
        }
        let annotations = BTreeMap::from([
            ("summary", format!("{watch} is down")),
            ("reason", reason.to_owned()),
            ("state", self.state.word().to_owned()),
            ("since", since.clone()),
        ]);
        labels.insert("watch", watch);
        Told {
            labels,
            annotations,
            starts_at: since,
            ends_at: rfc3339(end),
        }
    }
}

impl Told {
    /// So many more are down than are told one by one.
    pub(super) fn unnamed(prefix: &str, count: usize, now: Millis) -> Self {
        let mut labels = BTreeMap::from([("alertname", "MoreWatchesDown".to_owned())]);
        if !prefix.is_empty() {
            labels.insert("prefix", prefix.to_owned());
        }
        let summary = format!("{count} more watches are down");
        Self {
            labels,
            annotations: BTreeMap::from([("summary", summary)]),
            starts_at: rfc3339(now),
            ends_at: rfc3339(now.saturating_add(LASTS)),
        }
    }
}

/// An alert that says nothing and ends in a minute.
pub(in crate::sinks) fn test(now: Millis) -> String {
    let told = Told {
        labels: BTreeMap::from([("alertname", "WatchdogTest".to_owned())]),
        annotations: BTreeMap::from([("summary", "a test: nothing is down".to_owned())]),
        starts_at: rfc3339(now),
        ends_at: rfc3339(now.saturating_add(60_000)),
    };
    body(&[told])
}

/// What is sent of some.
pub(super) fn body(told: &[Told]) -> String {
    // Texts have no key that could be refused.
    serde_json::to_string(told).unwrap_or_default()
}

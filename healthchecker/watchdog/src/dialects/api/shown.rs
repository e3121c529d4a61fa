//! Watches and tokens, as they are shown.

use serde::Serialize;

use crate::dialects::moment::rfc3339;
use crate::dialects::uuid;
use crate::store;
use crate::tokens::Verbs;
use crate::watches::{self, Millis, NEVER, Now};

#[derive(Debug, Serialize)]
pub(super) struct Watch<'a> {
    name: &'a str,
    namespace: &'static str,
    kind: &'static str,
    state: &'static str,
    is_down: bool,
    reason: &'a str,
    timeout_ms: Millis,
    grace_ms: Millis,
    deadline: Option<String>,
    last: Option<String>,
    since: Option<String>,
    episode: u32,
    down_ms: Millis,
    ping_uuid: Option<String>,
    labels: &'a str,
}

impl<'a> Watch<'a> {
    pub(super) fn new(watch: &'a watches::Watch, shows_ping: bool, now: Now) -> Self {
        let at = |moment| rfc3339(now.wall_of(moment));
        Self {
            name: watch.key.name(),
            namespace: watch.key.namespace().word(),
            kind: watch.kind.word(),
            state: watch.shown().word(),
            is_down: watch.state.is_down(),
            reason: watch.reason(),
            timeout_ms: watch.timeout,
            grace_ms: watch.grace,
            deadline: (watch.deadline != NEVER)
                .then(|| at(watch.deadline))
                .flatten(),
            last: (watch.last != 0).then(|| at(watch.last)).flatten(),
            since: at(watch.since),
            episode: watch.episode,
            down_ms: watch.down(now.mono),
            ping_uuid: watch.uuid().filter(|_| shows_ping).map(uuid::show),
            labels: watch.extra.as_deref().map_or("", |extra| &extra.labels),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Token<'a> {
    serial: u64,
    prefix: &'a str,
    verbs: Vec<String>,
    expires: Option<String>,
    revoked: Option<String>,
    note: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl<'a> Token<'a> {
    /// Without the token itself, or with it.
    pub(super) fn new(row: &'a store::Token, token: Option<String>) -> Self {
        let verbs = Verbs::from_stored(&row.verbs).to_string();
        Self {
            serial: row.serial,
            prefix: &row.prefix,
            verbs: verbs.split_ascii_whitespace().map(str::to_owned).collect(),
            expires: rfc3339(row.expires),
            revoked: row.revoked.and_then(rfc3339),
            note: &row.note,
            token,
        }
    }
}

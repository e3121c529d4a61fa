//! Errands as requests, byte for byte.

use form_urlencoded::Serializer;
use serde_json::json;

use super::errand::{Hold, Wish};
use crate::secret::{Secret, hex};

/// The bytes that an answer may have: all of a large status, or a line.
const LONG: u64 = 64 * 1024 * 1024;
const SHORT: u64 = 64 * 1024;

/// A page of the JSON has so many watches: the most that the server gives.
const PAGE: &str = "10000";

/// One request to whichever server.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// Path and query.
    pub(super) target: String,
    /// JSON; with it the method is POST, otherwise GET.
    pub(super) body: Option<String>,
    pub(super) bears: Bears,
    /// The status of an answer that says that it is done.
    pub(super) expected: u16,
    /// The bytes that the answer may have; 0: nobody reads it.
    pub(super) limit: u64,
    /// Whether its answer takes long.
    pub(super) is_long: bool,
}

/// Whether the token itself goes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bears {
    /// Never.
    No,
    /// Where nobody on the way can read it; elsewhere it goes without.
    WhereHidden,
    /// Always: elsewhere it does not go at all.
    Yes,
}

impl Request {
    fn get(target: String, bears: Bears) -> Self {
        Self {
            target,
            body: None,
            bears,
            expected: 200,
            limit: 0,
            is_long: false,
        }
    }

    fn read(self) -> Self {
        Self {
            limit: SHORT,
            ..self
        }
    }

    fn long(self) -> Self {
        Self {
            limit: LONG,
            is_long: true,
            ..self
        }
    }
}

/// The query: `hmac`, where there is a token, and what follows it.
fn signed(path: String, token: Option<&Secret>, name: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(pairs);
    if let Some(token) = token {
        query.append_pair("hmac", &hex(&token.signature(name)));
    }
    format!("{path}?{}", query.finish())
}

pub(super) fn kick(token: Option<&Secret>, name: &str, seconds: Option<u64>) -> Request {
    let seconds = seconds.map(|seconds| seconds.to_string());
    let pairs = seconds.as_ref().map(|seconds| ("timeout", &**seconds));
    let path = format!("/kick/{name}");
    Request::get(signed(path, token, name, pairs.as_slice()), Bears::No)
}

pub(super) fn fault(token: Option<&Secret>, name: &str, reason: &str) -> Request {
    let path = format!("/fault/{name}");
    Request::get(signed(path, token, name, &[("reason", reason)]), Bears::No)
}

/// `verb` is `retire` or `clear`.
pub(super) fn sweep(token: Option<&Secret>, verb: &str, prefix: &str) -> Request {
    let path = format!("/{verb}/{prefix}");
    Request::get(signed(path, token, prefix, &[]), Bears::WhereHidden)
}

pub(super) fn status(token: Option<&Secret>, prefix: &str) -> Request {
    let path = format!("/status/{prefix}");
    Request::get(signed(path, token, prefix, &[("header", "0")]), Bears::No).long()
}

/// A page of watches, behind the name with which the last one ended.
pub(super) fn page(prefix: &str, after: Option<&str>) -> Request {
    let mut query = Serializer::new(String::new());
    query.append_pair("prefix", prefix);
    query.append_pair("limit", PAGE);
    if let Some(after) = after {
        query.append_pair("after", after);
    }
    let target = format!("/api/watchdog/v1/watches?{}", query.finish());
    Request::get(target, Bears::Yes).long()
}

/// Its answer is a token.
pub(super) fn auth(token: Option<&Secret>, prefix: &str) -> Request {
    let path = format!("/auth/{prefix}");
    Request::get(signed(path, token, prefix, &[]), Bears::Yes).read()
}

pub(super) fn monitor(token: Option<&Secret>, kind: &str, prefix: &str, args: &str) -> Request {
    let path = format!("/monitor/{kind}/{prefix}");
    Request::get(
        signed(path, token, prefix, &[("args", args)]),
        Bears::WhereHidden,
    )
    .read()
}

pub(super) fn delete_monitor(id: &str) -> Request {
    Request::get(format!("/delmonitor/{id}"), Bears::No)
}

fn post(path: &str, body: &serde_json::Value) -> Request {
    let target = format!("/api/watchdog/v1/{path}");
    Request {
        body: Some(body.to_string()),
        ..Request::get(target, Bears::Yes).read()
    }
}

/// What is not wished for is left to the server.
pub(super) fn mint(prefix: &str, wish: &Wish) -> Request {
    let mut body = json!({ "prefix": prefix });
    if let Some(verbs) = &wish.verbs {
        body["verbs"] = verbs.split_ascii_whitespace().collect();
    }
    if let Some(millis) = wish.expires_in {
        body["expires_in_ms"] = millis.into();
    }
    if let Some(note) = &wish.note {
        body["note"] = note.as_str().into();
    }
    Request {
        expected: 201,
        ..post("tokens", &body)
    }
}

/// Without a hold they are released.
pub(super) fn hold(prefix: &str, hold: Option<&Hold>) -> Request {
    match hold {
        Some(hold) => {
            let body = json!({
                "prefix": prefix,
                "for_ms": hold.span,
                "maintenance": hold.is_maintenance,
            });
            post("pause", &body)
        }
        None => post("resume", &json!({ "prefix": prefix })),
    }
}

/// A page of what is still to be told, behind the number with which the last one ended.
pub(super) fn deliveries(sink: Option<&str>, is_dead: bool, after: Option<u64>) -> Request {
    let mut query = Serializer::new(String::new());
    query.append_pair("limit", PAGE);
    if is_dead {
        query.append_pair("state", "dead");
    }
    if let Some(sink) = sink {
        query.append_pair("sink", sink);
    }
    if let Some(after) = after {
        query.append_pair("after", &after.to_string());
    }
    let target = format!("/api/watchdog/v1/deliveries?{}", query.finish());
    Request::get(target, Bears::Yes).long()
}

pub(super) fn resend(id: Option<&str>, sink: &str) -> Request {
    let path = match id {
        Some(id) => format!("deliveries/{id}/{sink}/resend"),
        None => format!("deliveries/{sink}/resend"),
    };
    post(&path, &json!({}))
}

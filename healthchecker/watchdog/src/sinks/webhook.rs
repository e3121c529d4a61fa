//! Webhooks as Standard Webhooks have them: <https://www.standardwebhooks.com>, or by a template.

use serde::Serialize;

use super::shown::{Shown, ShownNews};
use super::sign::Secrets;
use crate::outbox::Message;
use crate::watches::Millis;

/// What is sent, without a template.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: &'a str,
    data: Data<'a>,
}

/// Of one transition that itself, of several all of them: the type says which.
#[derive(Serialize)]
#[serde(untagged)]
enum Data<'a> {
    One(&'a ShownNews<'a>),
    Several {
        title: &'a str,
        prefix: &'a str,
        count: usize,
        news: &'a [ShownNews<'a>],
    },
}

/// The body of Standard Webhooks.
pub(super) fn body(message: &Message) -> String {
    let shown = Shown::new(message);
    let data = match &shown.news[..] {
        [one] => Data::One(one),
        news => Data::Several {
            title: &shown.title,
            prefix: shown.prefix,
            count: shown.count,
            news,
        },
    };
    let body = Body {
        kind: &shown.kind,
        timestamp: &shown.timestamp,
        data,
    };
    // Texts and numbers have no key that could be refused.
    serde_json::to_string(&body).unwrap_or_default()
}

/// The headers by which a receiver knows the message, the attempt, and who has sent it.
pub(super) fn headers(
    message: &Message,
    now_wall: Millis,
    body: &[u8],
    secrets: Option<&Secrets>,
) -> Vec<(&'static str, String)> {
    let id = super::shown::id(message.id);
    let timestamp = now_wall / 1_000;
    let signature =
        secrets.map(|secrets| ("webhook-signature", secrets.sign(&id, timestamp, body)));
    let mut headers = vec![
        ("webhook-id", id),
        ("webhook-timestamp", timestamp.to_string()),
    ];
    headers.extend(signature);
    headers
}

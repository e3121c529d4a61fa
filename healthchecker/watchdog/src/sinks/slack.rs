//! Slack's incoming webhooks, which Mattermost, Rocket.Chat and Discord (`/slack`) take, too.

use serde_json::json;

use super::shown::{self, Shown};
use crate::outbox::{Message, Type};

/// So much of what came with a transition is shown, in bytes.
const LONGEST_BODY: usize = 1_000;

/// What is sent.
pub(super) fn body(message: &Message) -> String {
    let shown = Shown::new(message);
    let mut text = shown.text;
    if let [one] = &message.news[..]
        && !one.body.is_empty()
    {
        let (body, is_cut) = shown::body(&one.body, LONGEST_BODY);
        text.push('\n');
        text.push_str(body.trim_end());
        text.push_str(if is_cut { " …" } else { "" });
    }
    let title = plain(&shown.title);
    let attachment = json!({
        "color": color(message),
        "fallback": title,
        "title": title,
        "text": plain(text.trim()),
        "footer": "watchdog",
        "ts": message.news.first().map_or(0, |news| news.at) / 1_000,
        // In none of them stars and the like are for formatting.
        "mrkdwn_in": [],
    });
    json!({ "attachments": [attachment] }).to_string()
}

/// By the worst of it.
fn color(message: &Message) -> &'static str {
    let has = |kinds: &[Type]| message.news.iter().any(|news| kinds.contains(&news.kind));
    if has(&[Type::Down, Type::GaveUp]) {
        "danger"
    } else if has(&[Type::Late, Type::Restarted]) {
        "warning"
    } else {
        "good"
    }
}

/// A text that neither links nor mentions anybody: Slack does so between `<` and `>`, others where there
/// is an `@`, behind which there is a joiner of no width then.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '@' => plain.push_str("@\u{2060}"),
            other => plain.push(other),
        }
    }
    plain
}

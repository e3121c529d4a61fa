//! This server's own JSON: pages of watches, put together.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::{GOOD, Row};

/// The pages that have come.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    watches: Vec<Value>,
    /// Where the next page begins.
    next: Option<String>,
}

impl Pages {
    /// Takes a page; `false`: it is none, or leads nowhere.
    pub(crate) fn add(&mut self, body: &[u8]) -> bool {
        let Ok(Value::Object(mut page)) = serde_json::from_slice(body) else {
            return false;
        };
        let Some(Value::Array(watches)) = page.remove("watches") else {
            return false;
        };
        let next = match page.remove("next") {
            None | Some(Value::Null) => None,
            Some(Value::String(next)) => Some(next),
            Some(_) => return false,
        };
        self.watches.extend(watches);
        // A page may be empty and still not be the last, but none follows itself.
        let leads_nowhere = next.is_some() && next == self.next;
        self.next = next;
        !leads_nowhere
    }

    /// Behind which name the next page begins. `None`: there is none.
    pub(crate) fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// The rows, without those that were never kicked: no Global Watch Dog shows them.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let objects = self.watches.iter().filter_map(Value::as_object);
        objects
            .filter(|watch| text(watch, "state") != "new")
            .map(row)
            .collect()
    }

    /// All of them as one document.
    pub(crate) fn document(self) -> String {
        let mut all = Map::new();
        all.insert("watches".to_owned(), Value::Array(self.watches));
        escaped(&Value::Object(all).to_string())
    }
}

fn row(watch: &Map<String, Value>) -> Row {
    let shown = match text(watch, "shown") {
        "" => text(watch, "state"),
        shown => shown,
    };
    let state = match shown {
        "fault" => "FAULT",
        "timeout" | "restarting" | "gave-up" | "down" => "TMOUT",
        "new" | "up" | "late" | "paused" | "maintenance" | "retired" => GOOD,
        // A word of a later server: shown, and for down, since nobody knows that it is not.
        other => other,
    };
    let is_fault = state == "FAULT";
    let moment = if is_fault { "since" } else { "deadline" };
    Row {
        state: state.to_owned(),
        name: text(watch, "name").to_owned(),
        expires: moment_of(watch.get(moment)),
        down: watch.get("down_ms").and_then(Value::as_u64).unwrap_or(0),
        reason: if is_fault {
            format!("FAULT:{}", text(watch, "reason"))
        } else {
            "K".to_owned()
        },
    }
}

fn text<'a>(watch: &'a Map<String, Value>, key: &str) -> &'a str {
    watch.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// As the server writes it, or from milliseconds since 1970.
fn moment_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number
            .as_u64()
            .and_then(|millis| UNIX_EPOCH.checked_add(Duration::from_millis(millis)))
            // What is past the year 9999 has no such form.
            .filter(|_| number.as_u64() < Some(253_402_300_800_000))
            .map_or_else(
                || number.to_string(),
                |moment| humantime::format_rfc3339_seconds(moment).to_string(),
            ),
        _ => "-".to_owned(),
    }
}

/// JSON without what could act on a terminal: that can only be within strings, where an escape is as good.
pub(super) fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        let acts = character.is_control()
            || matches!(
                character,
                '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
            );
        if acts {
            text.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            text.push(character);
        }
    }
    text
}

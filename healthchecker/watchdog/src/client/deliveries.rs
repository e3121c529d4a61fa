//! `deliveries`: what is still to be told, a page after the other.

use std::process::ExitCode;

use serde_json::Value;

use super::ask::Client;
use super::call::Failure;
use super::{print, request};
use crate::words;

/// There are no more pages: a server that goes on for ever is not followed.
const MOST_PAGES: usize = 1_000;

pub(super) fn show(
    client: &Client,
    sink: Option<&str>,
    is_dead: bool,
    is_json: bool,
) -> Result<ExitCode, String> {
    let mut after = None;
    for _ in 0..MOST_PAGES {
        let request = request::deliveries(sink, is_dead, after);
        let body = client.ask(&request).map_err(Failure::text)?;
        let page: Value = serde_json::from_slice(&body).unwrap_or_default();
        let rows = page.get("deliveries").and_then(Value::as_array);
        let rows = rows.ok_or("the server did not answer with deliveries")?;
        let lines = rows.iter().map(|row| {
            if is_json {
                format!("{row}\n")
            } else {
                line(row)
            }
        });
        let printed = print(&lines.collect::<String>());
        after = page.get("next").and_then(Value::as_u64);
        if printed != ExitCode::SUCCESS || after.is_none() {
            return Ok(printed);
        }
    }
    Err("the server has more deliveries than can be shown".to_owned())
}

/// In columns: what is becoming of it, what has happened to what, who is told, how often that was tried,
/// its id, and what was wrong.
fn line(row: &Value) -> String {
    let word = |name: &str| {
        let text = row.get(name).and_then(Value::as_str).unwrap_or_default();
        words::one_line(text)
    };
    let attempts = row
        .get("attempts")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    let text = format!(
        "{:<7} {:<9} {} {} {attempts} {} {}",
        word("state"),
        word("type"),
        word("name"),
        word("sink"),
        word("id"),
        word("problem")
    );
    format!("{}\n", text.trim_end())
}

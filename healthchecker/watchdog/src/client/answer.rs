//! Answers other than watches.

use serde_json::Value;

use crate::secret::Secret;
use crate::words;

/// What a refusal says: the message of this server's JSON, or its text.
pub(super) fn refusal(body: &[u8]) -> String {
    let json = serde_json::from_slice::<Value>(body).ok();
    let message = json
        .as_ref()
        .and_then(|json| json.get("error")?.get("message")?.as_str());
    let text = String::from_utf8_lossy(body);
    words::one_line(message.unwrap_or(&text).trim())
}

/// A token of a Global Watch Dog: 64 digits, and whatever follows is ignored.
pub(super) fn token(body: &[u8]) -> Result<String, String> {
    let digits = body
        .get(..64)
        .and_then(|digits| str::from_utf8(digits).ok());
    let secret = digits.and_then(Secret::parse);
    secret
        .map(|secret| secret.text())
        .ok_or_else(|| "auth: what the server answered is no token of 64 digits".to_owned())
}

/// A token of this server, and a line about it.
pub(super) fn minted(body: &[u8]) -> Result<(String, Option<String>), String> {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = json
        .get("token")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let token = token(said.as_bytes())?;
    let part = |key: &str| match json.get(key) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(words::one_line(text)),
        Some(Value::Array(words)) => {
            let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
            Some(words::one_line(&words.join(" ")))
        }
        Some(other) => Some(words::one_line(&other.to_string())),
    };
    let serial = part("serial").unwrap_or_else(|| "?".to_owned());
    let prefix = part("prefix").filter(|prefix| !prefix.is_empty());
    let prefix = prefix.unwrap_or_else(|| "everything".to_owned());
    let mut note = format!("token {serial} for {prefix}");
    if let Some(verbs) = part("verbs") {
        note.push_str(&format!(", which may {verbs}"));
    }
    if let Some(expires) = part("expires") {
        note.push_str(&format!(", until {expires}"));
    }
    Ok((token, Some(note)))
}

/// How many deliveries are told again.
pub(super) fn resent(body: &[u8]) -> Result<u64, String> {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    json.get("deliveries")
        .and_then(Value::as_u64)
        .ok_or_else(|| "the server did not answer how many it sends again".to_owned())
}

/// How many watches it has been done to.
pub(super) fn count(body: &[u8]) -> Result<u64, String> {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    json.get("watches")
        .and_then(Value::as_u64)
        .ok_or_else(|| "the server did not answer how many watches it has done it to".to_owned())
}

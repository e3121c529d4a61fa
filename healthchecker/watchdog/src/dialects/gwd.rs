//! The Global Watch Dog, as its clients in Go and in Python speak it.
//!
//! | request | answer |
//! |---|---|
//! | `/kick/NAME?timeout=S&hmac=H` | empty; without a timeout 300 s |
//! | `/fault/NAME?reason=TEXT&hmac=H` | empty |
//! | `/retire/PREFIX?hmac=H`, `/clear/PREFIX?hmac=H` | empty |
//! | `/auth/PREFIX?hmac=H` | a token: 64 digits, no line end |
//! | `/status/PREFIX?hmac=H&header=0` or `1` | a line for each watch |
//! | `/monitor/1/PREFIX?hmac=H&args=URL` | the monitor's id |
//! | `/delmonitor/ID` | empty; the id is the secret |
//!
//! A client takes any status but 200 for final and prints the body: one line without an end. `hmac` is
//! [`Secret::signature`](crate::tokens::Secret::signature), for which a bearer token may stand.

mod act;
pub mod answer;
mod date;
mod monitor;
mod query;
mod refusal;
mod request;
mod status;

pub use act::Act;
pub use date::Zone;
pub use monitor::MonitorId;
pub use refusal::Refusal;
pub use request::{Ask, Request, Signed, parse};
pub use status::{Listing, MOST_LINES};

use crate::watches::Millis;

/// What the configuration says of this dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// In which order the fields of a status line are.
    pub order: Order,
    /// In which zone moments are shown.
    pub zone: Zone,
    /// With what the URL of a monitor begins: `https://`, a host, and at least `/`.
    pub monitors: Vec<Box<str>>,
    /// The grace of watches that are made by a kick or a fault, in milliseconds.
    pub grace: Millis,
}

impl Default for Settings {
    /// By the client, `+0000`, `https://hooks.slack.com/`, no grace.
    fn default() -> Self {
        Self {
            order: Order::Auto,
            zone: Zone::UTC,
            monitors: vec!["https://hooks.slack.com/".into()],
            grace: 0,
        }
    }
}

/// In which order the fields of a status line are: its clients disagree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// As [`Order::Python`] for a `User-Agent` of `python-requests/`, otherwise as [`Order::Go`].
    #[default]
    Auto,
    /// State, expiry, name.
    Go,
    /// State, name, expiry.
    Python,
}

impl Order {
    /// The order of a word: `auto`, `go` or `python`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "auto" => Some(Self::Auto),
            "go" => Some(Self::Go),
            "python" => Some(Self::Python),
            _ => None,
        }
    }

    fn is_name_first(self, user_agent: Option<&str>) -> bool {
        match self {
            Self::Go => false,
            Self::Python => true,
            Self::Auto => user_agent.is_some_and(|agent| agent.starts_with("python-requests/")),
        }
    }
}

#[cfg(test)]
mod tests;

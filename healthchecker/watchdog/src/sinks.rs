//! Those who are told: what each kind of sink is sent, over HTTP to addresses that it may be at, and what
//! comes of it.
//!
//! Touches `confidential`, `config`, `outbox`, `threads`, `watches` and `words`.

mod alertmanager;
mod courier;
mod files;
mod guard;
mod judge;
mod lookup;
mod sample;
mod shown;
mod sign;
mod slack;
mod template;
mod way;
mod webhook;

use std::collections::BTreeMap;
use std::fmt;

use crate::config::{SinkConfig, SinkUrl};
use crate::outbox::{Message, Verdict};
use crate::watches::Millis;
use crate::words;

pub use alertmanager::Rounds;
use courier::Post;

/// Who takes messages to one sink.
pub trait Courier: Send + Sync {
    /// Tells the sink. Blocks for 15 s at most, in which it looks the host up, connects, sends and hears
    /// the answer. `attempt` counts from 1; `now_wall` is the time of this attempt.
    fn tell(&self, message: &Message, attempt: u32, now_wall: Millis) -> Verdict;
}

/// A sink that cannot be told as it is configured. Its [`Display`](fmt::Display) is one line that names the
/// sink, the key, the culprit and the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkError(String);

impl SinkError {
    fn new(name: &str, problem: impl fmt::Display) -> Self {
        Self(words::one_line(&format!("sink.{name}: {problem}")))
    }
}

impl fmt::Display for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SinkError {}

/// The courier of a sink. The files that it names are read, and its template is tried, now and not again.
///
/// Alertmanager's takes tests alone: what is down it is told by [`Rounds`].
///
/// # Errors
///
/// If one of them cannot be used.
///
/// # Examples
///
/// ```
/// use health_watchdog::config::Config;
/// use health_watchdog::sinks::courier;
///
/// let text = "[sink.ops]\nkind = \"webhook\"\nurl = \"https://hooks.example/\"\nbody = '{\"a\": {{ b }}}'";
/// let config = Config::parse(text)?;
/// let error = courier("ops", &config.sinks["ops"]).err().unwrap();
/// assert!(error.to_string().starts_with("sink.ops: body: line 1 of the template: "));
/// # Ok::<(), health_watchdog::config::ConfigError>(())
/// ```
pub fn courier(name: &str, sink: &SinkConfig) -> Result<Box<dyn Courier>, SinkError> {
    match Post::new(sink) {
        Ok(post) => Ok(Box::new(post)),
        Err(problem) => Err(SinkError::new(name, problem)),
    }
}

/// The courier of a monitor of a Global Watch Dog, which is a webhook of Slack's, at a public address.
///
/// # Errors
///
/// If nothing can be sent to the URL.
pub fn monitor(url: &str) -> Result<Box<dyn Courier>, SinkError> {
    let refused = |problem: String| SinkError(words::one_line(&format!("monitor: {problem}")));
    let url = SinkUrl::parse(url).map_err(|error| refused(error.to_string()))?;
    match Post::monitor(url) {
        Ok(post) => Ok(Box::new(post)),
        Err(problem) => Err(refused(problem)),
    }
}

/// Looks at all that the sinks name: files, and templates.
///
/// # Errors
///
/// The first that cannot be used.
pub fn check(sinks: &BTreeMap<Box<str>, SinkConfig>) -> Result<(), SinkError> {
    let mut sinks = sinks.iter();
    sinks.try_for_each(|(name, sink)| courier(name, sink).map(drop))
}

/// A message to try whether a sink can be reached. `id`: by chance, so that it is no earlier one again.
pub fn test_message(id: u128, now_wall: Millis) -> Message {
    sample::test(id, now_wall)
}

#[cfg(test)]
mod tests;

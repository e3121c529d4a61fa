//! Heartbeats without authentication: `GET` or `POST /?id=NAME`.
//!
//! An id selects a watch and does nothing else: one that the configuration opens to heartbeats, or, of
//! the same name and apart from it, one that the first beat makes and to which no action belongs.
//!
//! | answer | when |
//! |---|---|
//! | 200, empty | the beat counts |
//! | 400 `invalid data` | the id is missing, empty, longer than 200 bytes, or has a control character, an end of a line or bytes that are not UTF-8 |
//! | 404 `unknown id` | with `strict`, the configuration opens no watch of that name |
//! | 404 `not found` | the path is another one |
//! | 405 `method not allowed` | the method is another one: HEAD may change nothing |
//! | 429 `too many ids` | there are 1,000 of others already |
//!
//! The texts end with a line feed, as those of Go's `http.Error`. A body is not looked at.

use super::answer::Answer;
use super::times::Times;
use crate::watches::{Command, Deed, Key, Kind, Namespace, Outcome, Target};

/// What holds for ids that the configuration does not open to heartbeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whether they are refused.
    pub is_strict: bool,
    /// With what they are watched otherwise.
    pub times: Times,
}

impl Default for Rules {
    /// They are watched, with a timeout of 10 s and a grace of 5 s.
    fn default() -> Self {
        Self {
            is_strict: false,
            times: Times {
                timeout: 10_000,
                grace: 5_000,
            },
        }
    }
}

/// A beat that has been understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// As one of those that nobody has configured.
    key: Key,
}

/// Whether the query has an id at all: a browser that asks for `/` without one is shown the page.
pub fn has_id(query: &str) -> bool {
    id(query).is_some()
}

/// Understands a request, or answers it.
///
/// `path` and `query` are as they came, not decoded. Of two ids the first counts.
///
/// # Errors
///
/// The answer to what is no beat.
///
/// # Examples
///
/// ```
/// use health_watchdog::dialects::heartbeat::{self, Rules};
/// use health_watchdog::watches::{Command, Outcome};
///
/// let beat = heartbeat::parse("GET", "/", "id=worker")?;
/// let command = beat.command(&Rules::default(), |_| None, 1)?;
/// assert!(matches!(command, Command::One { fresh: Some(_), .. }));
/// assert_eq!(heartbeat::answer(Outcome::Created).status, 200);
///
/// let refused = heartbeat::parse("GET", "/", "id=").unwrap_err();
/// assert_eq!(&*refused.body, b"invalid data\n");
/// # Ok::<(), health_watchdog::dialects::Answer>(())
/// ```
pub fn parse(method: &str, path: &str, query: &str) -> Result<Beat, Answer> {
    if path != "/" {
        return Err(refused(404, "not found\n"));
    }
    if !matches!(method, "GET" | "POST") {
        return Err(refused(405, "method not allowed\n").with("allow", "GET, POST"));
    }
    id(query)
        // What is not UTF-8 has been replaced, and two ids would be one.
        .filter(|id| !id.contains(char::REPLACEMENT_CHARACTER))
        .and_then(|id| Key::new(Namespace::Heartbeat, &id).ok())
        .map(|key| Beat { key })
        .ok_or_else(|| refused(400, "invalid data\n"))
}

impl Beat {
    /// Its id.
    pub fn id(&self) -> &str {
        self.key.name()
    }

    /// What is to be done for it.
    ///
    /// `opened` says of a name whether the configuration opens it to heartbeats, and with what such a
    /// watch is made if it has been retired. `id` is a number that no watch has had.
    ///
    /// # Errors
    ///
    /// The answer, where unknown ids are refused.
    pub fn command(
        self,
        rules: &Rules,
        opened: impl FnOnce(&Key) -> Option<Times>,
        id: u64,
    ) -> Result<Command, Answer> {
        let configured = Key::new(Namespace::Named, self.id())
            .ok()
            .and_then(|key| opened(&key).map(|times| (key, times)));
        let (key, times) = match configured {
            Some(found) => found,
            None if rules.is_strict => return Err(refused(404, "unknown id\n")),
            None => (self.key, rules.times),
        };
        Ok(Command::One {
            target: Target::Key(key),
            fresh: Some(times.fresh(Kind::Kick, id, None)),
            deed: Deed::kick(),
        })
    }
}

/// Answers with what came of the command.
pub fn answer(outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Done(_) | Outcome::Created => Answer::new(200),
        Outcome::Full => refused(429, "too many ids\n"),
        Outcome::Missing => refused(404, "unknown id\n"),
        Outcome::Bounds | Outcome::Unfit => refused(400, "invalid data\n"),
    }
}

fn id(query: &str) -> Option<std::borrow::Cow<'_, str>> {
    form_urlencoded::parse(query.as_bytes())
        .find_map(|(name, value)| (name == "id").then_some(value))
}

/// As Go's `http.Error` has it.
fn refused(status: u16, line: &'static str) -> Answer {
    Answer::text(status, line).with("x-content-type-options", "nosniff")
}

#[cfg(test)]
mod tests;

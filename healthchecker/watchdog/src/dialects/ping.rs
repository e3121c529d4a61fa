//! Ping URLs as healthchecks.io has them: `/ping/UUID` and `/ping/KEY/SLUG`, with HEAD, GET or POST.
//!
//! | behind it | what it says |
//! |---|---|
//! | nothing, `/0`; after a uuid also `/` | it is well; a job has succeeded |
//! | `/start` | a job starts |
//! | `/fail`, `/1` to `/255` | a job has failed |
//! | `/log` | it says something that moves nothing |
//!
//! A first segment that is a uuid is never a key; `start`, `fail`, `log` and 0 to 255 are no slugs. A key
//! is a token, and a slug a name under the token's authority. `rid=UUID` says which run of a job it is;
//! `create=1` makes a watch for a slug that has none, with `timeout` (one day) and `grace` (one hour) in
//! seconds or as `90m` or `7d`. Of a body, [`BODY_LIMIT`] bytes are kept. Of two values of a parameter the
//! last one counts.
//!
//! | answer | when |
//! |---|---|
//! | 200 `OK`, 201 `Created` | it counts; and the watch was made for it |
//! | 400 `invalid url format` | it is none of the URLs above, or its slug has upper-case letters |
//! | 400 `invalid uuid format` | `rid` is not 8-4-4-4-12 hexadecimal digits |
//! | 400 `invalid timeout`, `invalid grace` | with `create=1`: not 1 s to 366 d; not 0 to 366 d |
//! | 404 `not found` | there is no such watch, or the key may not do that |
//! | 405 `method not allowed` | |
//! | 429 `too many watches` | none can be made any more |
//!
//! A slug is never ambiguous: names are unique.

mod path;

use super::answer::Answer;
use super::times::Times;
use super::uuid;
use crate::span;
use crate::watches::{
    Command, Deed, Key, Kind, LONGEST_TIMEOUT, Namespace, Outcome, Target, timeout,
};

pub use path::{Signal, Subject};

/// How many bytes of a body are kept; the rest need not be read.
pub const BODY_LIMIT: usize = 10_000;

/// What a watch is made with, unless the URL says more.
const TIMES: Times = Times {
    timeout: 24 * 3_600 * 1_000,
    grace: 3_600 * 1_000,
};

const _: () = assert!(
    span::LONGEST == LONGEST_TIMEOUT,
    "what a span can say, a watch can have"
);

/// A ping that has been understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ping {
    subject: Subject,
    signal: Signal,
    rid: Option<u128>,
    create: Option<Times>,
    body: Box<[u8]>,
}

/// Understands a request, or answers it.
///
/// `path` and `query` are as they came, not decoded; `body` may have been cut at [`BODY_LIMIT`].
///
/// # Errors
///
/// The answer to what is no ping.
///
/// # Examples
///
/// ```
/// use health_watchdog::dialects::ping;
/// use health_watchdog::watches::Outcome;
///
/// let ping = ping::parse("POST", "/ping/5ecret/backup/1", "create=1", b"No space left")?;
/// let authority = |key: &str, _| (key == "5ecret").then(|| "dc.server1".to_owned());
/// let commands = ping.commands(authority, || (1, None))?; // A fault of dc.server1.backup.
/// assert_eq!(commands.len(), 1);
/// assert_eq!(&*ping::answer(Outcome::Created).body, b"Created");
///
/// let refused = ping::parse("GET", "/ping/5ecret/Backup", "", b"").unwrap_err();
/// assert_eq!(&*refused.body, b"invalid url format");
/// # Ok::<(), health_watchdog::dialects::Answer>(())
/// ```
pub fn parse(method: &str, path: &str, query: &str, body: &[u8]) -> Result<Ping, Answer> {
    if !path.starts_with("/ping/") {
        return Err(said(404, "not found"));
    }
    if !matches!(method, "HEAD" | "GET" | "POST") {
        return Err(said(405, "method not allowed").with("allow", "HEAD, GET, POST"));
    }
    let (subject, signal) = path::read(path).ok_or_else(|| said(400, "invalid url format"))?;
    let last = |wanted: &str| {
        form_urlencoded::parse(query.as_bytes())
            .filter_map(|(name, value)| (name == wanted).then_some(value))
            .last()
    };
    let rid = match last("rid") {
        None => None,
        Some(rid) => Some(uuid::read(&rid).ok_or_else(|| said(400, "invalid uuid format"))?),
    };
    let mut create = None;
    if matches!(subject, Subject::Slug { .. }) && last("create").is_some_and(|value| value == "1") {
        let mut times = TIMES;
        if let Some(text) = last("timeout") {
            times.timeout = millis(&text)
                .and_then(timeout)
                .ok_or_else(|| said(400, "invalid timeout"))?;
        }
        if let Some(text) = last("grace") {
            times.grace = millis(&text).ok_or_else(|| said(400, "invalid grace"))?;
        }
        create = Some(times);
    }
    Ok(Ping {
        subject,
        signal,
        rid,
        create,
        body: body[..body.len().min(BODY_LIMIT)].into(),
    })
}

impl Ping {
    /// What is pinged.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// What is said of it.
    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// Whether a watch is made if there is none.
    pub fn creates(&self) -> bool {
        self.create.is_some()
    }

    /// What is to be done for it, in this order and as one: the first command's outcome is the answer.
    ///
    /// `authority` is that of a key which may send such a signal. `fresh` gives a number that no watch has
    /// had and, if the watch is to have one, its ping URL's uuid; it is asked only when a watch may be made.
    ///
    /// # Errors
    ///
    /// The answer to a key that may not, and to a name that no watch can have.
    pub fn commands(
        self,
        authority: impl FnOnce(&str, Signal) -> Option<String>,
        fresh: impl FnOnce() -> (u64, Option<u128>),
    ) -> Result<Vec<Command>, Answer> {
        let target = match &self.subject {
            Subject::Uuid(uuid) => Target::Uuid(*uuid),
            Subject::Slug { key, slug } => {
                let authority =
                    authority(key, self.signal).ok_or_else(|| said(404, "not found"))?;
                let name = match &*authority {
                    "" => slug.to_string(),
                    authority => format!("{}.{slug}", authority.trim_end_matches('.')),
                };
                let key = Key::new(Namespace::Named, &name);
                Target::Key(key.map_err(|_| said(400, "invalid url format"))?)
            }
        };
        let fresh = self.create.map(|times| {
            let (id, uuid) = fresh();
            times.fresh(Kind::Job, id, uuid)
        });
        let Self { rid, body, .. } = self;
        let mut logged = None;
        let deed = match self.signal {
            Signal::Success | Signal::Exit(0) => Deed::Kick {
                timeout: None,
                grace: None,
                rid,
                body,
            },
            Signal::Start => {
                // A start has no body of its own.
                if !body.is_empty() {
                    logged = Some(Command::One {
                        target: target.clone(),
                        fresh: None,
                        deed: Deed::Log { body },
                    });
                }
                Deed::Start { rid }
            }
            Signal::Fail => Deed::Fault {
                reason: "reported a failure".into(),
                body,
            },
            Signal::Exit(code) => Deed::Fault {
                reason: format!("exit status {code}").into(),
                body,
            },
            Signal::Log => Deed::Log { body },
        };
        let first = Command::One {
            target,
            fresh,
            deed,
        };
        Ok(std::iter::once(first).chain(logged).collect())
    }
}

/// Answers with what came of the first command.
pub fn answer(outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Done(_) => said(200, "OK"),
        Outcome::Created => said(201, "Created"),
        Outcome::Missing | Outcome::Unfit => said(404, "not found"),
        Outcome::Full => said(429, "too many watches"),
        Outcome::Bounds => said(400, "invalid timeout"),
    }
}

/// Seconds, as healthchecks.io has them, or a span with its units.
fn millis(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let millis = text.parse::<u64>().ok()?.checked_mul(1_000)?;
        return (millis <= LONGEST_TIMEOUT).then_some(millis);
    }
    span::millis(text)
}

fn said(status: u16, text: &'static str) -> Answer {
    Answer::text(status, text)
        // A ping that a cache answers is lost.
        .with("cache-control", "no-store")
        .with("ping-body-limit", "10000")
        .with("access-control-allow-origin", "*")
}

#[cfg(test)]
mod tests;

//! What a client is answered, byte for byte.

use super::status::lines;
use super::{Listing, MonitorId, Refusal};
use crate::dialects::{Answer, seconds_until};
use crate::tokens::Secret;
use crate::watches::{Now, Outcome, Watch};

/// To a command that was done, and is stored.
///
/// ```
/// use health_watchdog::dialects::gwd::answer;
/// use health_watchdog::watches::Outcome;
///
/// let answer = answer::done(Outcome::Created);
/// assert_eq!((answer.status, &*answer.body), (200, &b""[..]));
/// ```
pub fn done(outcome: Outcome) -> Answer {
    match Refusal::from_outcome(outcome) {
        None => good(String::new()),
        Some(refusal) => refused(&refusal),
    }
}

/// To who has asked for a token: 64 digits and no line end, since one client cuts after them and
/// the other takes all.
pub fn token(secret: &Secret) -> Answer {
    good(secret.text())
}

/// To who has asked for a monitor.
pub fn monitor(id: MonitorId) -> Answer {
    good(id.to_string())
}

/// To who has removed one, or tried.
pub fn monitor_deleted(was_there: bool) -> Answer {
    if was_there {
        good(String::new())
    } else {
        refused(&Refusal::NoMonitor)
    }
}

/// To who has asked for the status of these watches.
pub fn status<'a>(watches: impl Iterator<Item = &'a Watch>, listing: Listing, now: Now) -> Answer {
    match lines(watches, listing, now) {
        Ok(lines) => good(lines),
        Err(refusal) => refused(&refusal),
    }
}

/// Why something is not done.
pub fn refused(refusal: &Refusal) -> Answer {
    let answer = said(refusal.status(), refusal.to_string());
    match refusal {
        Refusal::TooOften(millis) => answer.with("retry-after", seconds_until(*millis).to_string()),
        Refusal::NoProof => answer.with("www-authenticate", "Bearer"),
        Refusal::Method => answer.with("allow", "GET, POST"),
        _ => answer,
    }
}

fn good(body: String) -> Answer {
    said(200, body)
}

/// Without a charset a client reads Latin-1; what is answered may be a token, and what was asked has a
/// proof in its URL.
fn said(status: u16, text: String) -> Answer {
    Answer::text(status, text)
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "no-referrer")
        .with("cache-control", "no-store")
}

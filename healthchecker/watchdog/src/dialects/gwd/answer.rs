//! What a client is answered, byte for byte.

use super::refusal::seconds;
use super::status::lines;
use super::{Listing, MonitorId, Refusal};
use crate::tokens::Secret;
use crate::watches::{Now, Outcome, Watch};

/// An answer.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// The seconds of the header `Retry-After`.
    pub retry_after: Option<u64>,
}

impl Answer {
    fn good(body: String) -> Self {
        Self {
            status: 200,
            body,
            retry_after: None,
        }
    }

    /// To a command that was done, and is stored.
    ///
    /// ```
    /// use health_watchdog::dialects::gwd::Answer;
    /// use health_watchdog::watches::Outcome;
    ///
    /// let answer = Answer::done(Outcome::Created);
    /// assert_eq!((answer.status, &*answer.body), (200, ""));
    /// ```
    pub fn done(outcome: Outcome) -> Self {
        match Refusal::from_outcome(outcome) {
            None => Self::good(String::new()),
            Some(refusal) => Self::refused(&refusal),
        }
    }

    /// To who has asked for a token: 64 digits and no line end, since one client cuts after them and
    /// the other takes all.
    pub fn token(secret: &Secret) -> Self {
        Self::good(secret.text())
    }

    /// To who has asked for a monitor.
    pub fn monitor(id: MonitorId) -> Self {
        Self::good(id.to_string())
    }

    /// To who has removed one, or tried.
    pub fn monitor_deleted(was_there: bool) -> Self {
        if was_there {
            Self::good(String::new())
        } else {
            Self::refused(&Refusal::NoMonitor)
        }
    }

    /// To who has asked for the status of these watches.
    pub fn status<'a>(
        watches: impl Iterator<Item = &'a Watch>,
        listing: Listing,
        now: Now,
    ) -> Self {
        match lines(watches, listing, now) {
            Ok(lines) => Self::good(lines),
            Err(refusal) => Self::refused(&refusal),
        }
    }

    /// Why something is not done.
    pub fn refused(refusal: &Refusal) -> Self {
        Self {
            status: refusal.status(),
            body: refusal.to_string(),
            retry_after: match refusal {
                Refusal::TooOften(millis) => Some(seconds(*millis)),
                _ => None,
            },
        }
    }

    /// The headers that do not change, in lower case. Without a charset a client reads Latin-1; what is
    /// answered may be a token, and what was asked has a proof in its URL.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let usual = [
            ("content-type", "text/plain; charset=utf-8"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ];
        let own = match self.status {
            401 => Some(("www-authenticate", "Bearer")),
            405 => Some(("allow", "GET, POST")),
            _ => None,
        };
        usual.into_iter().chain(own)
    }
}

impl std::fmt::Debug for Answer {
    /// Without the body, which may be a token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

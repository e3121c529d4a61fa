//! Telling a ping server how a service or a job fares, one request each time, within a deadline.
//!
//! Touches `http`, `message`, `net`, `target` and `verdict`.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::http::{self, Notice};
use crate::message;
use crate::net::{self, Channel, Deadline, Stream};
use crate::target::Target;
use crate::verdict::{Cause, Failure, Phase};

/// Bytes of a reason or of an output that are sent: what such servers keep.
const MAX_BODY: usize = 10_000;

/// Bytes of an error's reason.
const MAX_REASON: usize = 200;

/// The longest that is waited for a ping server.
const LONGEST: Duration = Duration::from_secs(3600);

/// A ping server's URL, which takes note of the pings that come and raises an alarm when they stay
/// out: healthchecks.io's, or one that speaks its dialect (feature `remote`).
///
/// Whoever knows such a URL can send pings to it, so nothing here shows more of it than the host:
/// neither errors nor `Debug`.
///
/// ```no_run
/// use std::time::Duration;
///
/// use healthchecker::{Kick, Ping};
///
/// let kick = Kick::new("http://ping.example/0b8b2d5f-4cf2-4bb8-9a3e-2f4d0a7a5f33")?;
/// let limit = Duration::from_secs(5);
/// if let Err(error) = kick.send(Ping::Start, limit) {
///     eprintln!("{error}"); // ping.example: connection refused
/// }
/// // … the job
/// let _ = kick.send(Ping::Exit(0, b"all 12 files are saved"), limit);
/// # Ok::<(), healthchecker::OptionsError>(())
/// ```
#[derive(Clone)]
pub struct Kick {
    pub(crate) target: Target,
    #[cfg(feature = "tls")]
    pub(crate) tls: net::TlsOptions,
}

/// What a ping server is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ping<'a> {
    /// All is well: `GET URL`.
    Success,
    /// A job or a service starts: `GET URL/start`.
    Start,
    /// Something failed, and why: `POST URL/fail`. Of the reason the first 10,000 bytes are sent.
    Fail(&'a [u8]),
    /// A job ended with this exit code, and what it wrote: `POST URL/CODE`. Of the output the last
    /// 10,000 bytes are sent. 0 is a success, any other code a failure.
    Exit(u8, &'a [u8]),
}

impl Kick {
    /// The host, as the URL names it: what may be shown.
    ///
    /// ```
    /// let kick = healthchecker::Kick::new("http://ping.example:8000/secret")?;
    /// assert_eq!(kick.host(), "ping.example");
    /// # Ok::<(), healthchecker::OptionsError>(())
    /// ```
    pub fn host(&self) -> &str {
        self.target.host()
    }

    /// A file of certificates in PEM form to trust, and no others. By default those that the
    /// distribution keeps under `/etc`. Without meaning for `http://`.
    ///
    /// ```
    /// let kick = healthchecker::Kick::new("https://ping.example/secret")?;
    /// let kick = kick.cacert("/etc/ping-authority.pem");
    /// # Ok::<(), healthchecker::OptionsError>(())
    /// ```
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn cacert(mut self, file: impl Into<std::path::PathBuf>) -> Self {
        self.tls.trust = net::Trust::File(file.into());
        self
    }

    /// Sends a ping and waits for the answer, which is well with any status from 200 to 299. Blocks its
    /// thread for at most `limit`, of which an hour counts; with none left nothing is sent. No
    /// redirect is followed and no body is read.
    ///
    /// # Errors
    /// [`KickError`], whatever it was: the ping may have come all the same.
    pub fn send(&self, ping: Ping<'_>, limit: Duration) -> Result<(), KickError> {
        self.send_by(ping, Deadline::after(limit.min(LONGEST)))
    }

    /// Sends a ping by the deadline of a check, and says what came of it.
    pub(crate) fn report(&self, ping: Ping<'_>, deadline: Deadline) -> String {
        match self.send_by(ping, deadline) {
            Ok(()) => format!("kicked {}", self.host()),
            Err(error) => format!("kick failed: {error}"),
        }
    }

    fn send_by(&self, ping: Ping<'_>, deadline: Deadline) -> Result<(), KickError> {
        self.ask(ping, deadline)
            .map_err(|failure| self.error(&failure))
    }

    fn error(&self, failure: &Failure) -> KickError {
        KickError {
            host: self.host().to_owned(),
            cause: failure.cause,
            what: message::escaped(failure.what.as_bytes(), MAX_REASON),
        }
    }

    fn ask(&self, ping: Ping<'_>, deadline: Deadline) -> Result<(), Failure> {
        if deadline.remaining().is_err() {
            let cause = Cause::TimedOut(Phase::Connecting);
            return Err(Failure::new(cause, "no time was left"));
        }
        let stream = net::connect(&self.target.place, deadline).result?;
        let notice = Notice {
            host: &self.target.authority(),
            path: &ping.path(&self.target.path),
            body: ping.body(),
        };
        match http::deliver(&notice, self.channel(stream)?)? {
            200..=299 => Ok(()),
            // Without the reason phrase, which may be the path that was asked for.
            status => {
                let what = format!("answered {status}");
                Err(Failure::new(Cause::Status(status), what))
            }
        }
    }

    #[cfg(feature = "tls")]
    fn channel(&self, stream: Stream) -> Result<Channel, Failure> {
        if self.target.is_secure {
            net::handshake(stream, &self.tls, self.host(), b"http/1.1")
        } else {
            Ok(Channel::Plain(stream))
        }
    }

    #[cfg(not(feature = "tls"))]
    fn channel(&self, stream: Stream) -> Result<Channel, Failure> {
        Ok(Channel::Plain(stream))
    }
}

impl fmt::Debug for Kick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kick")
            .field("host", &self.host())
            .finish_non_exhaustive()
    }
}

impl<'a> Ping<'a> {
    /// The path and query to ask for: what a URL has, with the ping's name between the two.
    fn path(self, path: &str) -> Cow<'_, str> {
        let name = match self {
            Self::Success => return Cow::Borrowed(path),
            Self::Start => "start",
            Self::Fail(_) => "fail",
            Self::Exit(code, _) => &code.to_string(),
        };
        let query = path.find('?').unwrap_or(path.len());
        let (path, query) = path.split_at(query);
        Cow::Owned(format!("{}/{name}{query}", path.trim_end_matches('/')))
    }

    fn body(self) -> Option<&'a [u8]> {
        match self {
            Self::Success | Self::Start => None,
            Self::Fail(reason) => Some(reason.get(..MAX_BODY).unwrap_or(reason)),
            Self::Exit(_, output) => {
                let start = output.len().saturating_sub(MAX_BODY);
                Some(output.get(start..).unwrap_or_default())
            }
        }
    }
}

/// Why a ping was not taken, as far as is known. Its [`Display`](fmt::Display) is short, escaped, and
/// shows nothing of the URL but its host.
#[derive(Clone, Debug)]
pub struct KickError {
    host: String,
    cause: Cause,
    what: String,
}

impl KickError {
    /// What went wrong. [`Cause::Status`] is any answer but 200 to 299.
    pub fn cause(&self) -> Cause {
        self.cause
    }
}

impl fmt::Display for KickError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.host, self.what)
    }
}

impl std::error::Error for KickError {}

#[cfg(test)]
mod tests;

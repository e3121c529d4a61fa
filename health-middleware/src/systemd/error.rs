//! Why systemd could not be joined.

use std::error::Error;
use std::fmt;

/// Why [`Health::systemd`](crate::Health::systemd) refused. A mistake in the
/// program, never one in the environment: it shows at the first run, on a
/// developer's machine too.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), health_middleware::BuildError> {
/// use health_middleware::{Health, SystemdErrorKind};
///
/// let health = Health::builder().build()?;
/// let error = health.systemd("https://127.0.0.1:6767/").unwrap_err();
/// assert_eq!(error.kind(), SystemdErrorKind::InvalidUrl);
/// assert_eq!(
///     error.to_string(),
///     "URL \"https://127.0.0.1:6767/\": http:// is accepted",
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemdError {
    kind: SystemdErrorKind,
    message: String,
}

/// The kinds of [`SystemdError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SystemdErrorKind {
    /// The URL cannot be asked.
    InvalidUrl,
    /// The URL is not one of this machine's own.
    NotOwnUrl,
    /// There is no tokio runtime, or it lacks timers or I/O.
    NoRuntime,
    /// This service has joined systemd already.
    AlreadyJoined,
}

impl SystemdError {
    pub(crate) fn new(kind: SystemdErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> SystemdErrorKind {
        self.kind
    }
}

impl fmt::Display for SystemdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for SystemdError {}

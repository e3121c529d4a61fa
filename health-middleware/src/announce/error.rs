//! Why a service could not be announced.

use std::error::Error;
use std::fmt;

/// Why [`Health::announce`](crate::Health::announce) refused. A mistake in the
/// program or its configuration: what the servers do is no error.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), health_middleware::BuildError> {
/// use health_middleware::{AnnounceErrorKind, Announcer, Health};
///
/// let health = Health::builder().build()?;
/// let error = health.announce(Announcer::new().to("https://hc/ping/secret")).unwrap_err();
/// assert_eq!(error.kind(), AnnounceErrorKind::InvalidUrl);
/// assert_eq!(
///     error.to_string(),
///     "URL \"https://hc/…\": TLS is not spoken here: http://, consul+http://, etcd+http:// or \
///      watchdog+http:// is accepted, such as a proxy's on this host",
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnounceError {
    kind: AnnounceErrorKind,
    message: String,
}

/// The kinds of [`AnnounceError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnnounceErrorKind {
    /// A URL cannot be called, or its scheme is not known.
    InvalidUrl,
    /// A registry is named, and no [`Instance`](crate::Instance).
    MissingInstance,
    /// Something of the [`Instance`](crate::Instance) cannot be registered.
    InvalidInstance,
    /// A duration is out of its range.
    InvalidDuration,
    /// The Consul token is empty or cannot stand in a header.
    InvalidToken,
    /// There is no tokio runtime, or it lacks timers or I/O.
    NoRuntime,
}

impl AnnounceError {
    pub(super) fn new(kind: AnnounceErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> AnnounceErrorKind {
        self.kind
    }
}

impl fmt::Display for AnnounceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for AnnounceError {}

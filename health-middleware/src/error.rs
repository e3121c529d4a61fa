//! Errors that more than one room knows: of a check, of `build()`, of a fault that
//! is not forced. Touches no room.

use std::error::Error;
use std::fmt;

/// Any error that can cross threads. Almost everything converts into it,
/// `&str` and `String` included.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Why [`HealthBuilder::build`](crate::HealthBuilder::build) refused.
///
/// The text names the culprit and what would be accepted.
///
/// ```
/// use health_middleware::{BuildErrorKind, Check, Health, Outcome};
///
/// let error = Health::builder()
///     .check(Check::blocking("", || Ok::<_, std::io::Error>(())))
///     .build()
///     .unwrap_err();
/// assert_eq!(error.kind(), BuildErrorKind::InvalidName);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    kind: BuildErrorKind,
    message: String,
}

/// The kinds of [`BuildError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// Two components, or a component and a start-up guard, share a name; or a gRPC
    /// alias is the name of something else.
    DuplicateName,
    /// A name is empty, too long, cannot stand in a URL's path, or is one of
    /// `liveness`, `readiness` and `startup`; or a gRPC alias is empty, too long or
    /// not of visible ASCII characters.
    InvalidName,
    /// A duration is zero or beyond what makes sense.
    InvalidDuration,
    /// A threshold is zero.
    InvalidThreshold,
    /// A path is not one that a request can ask for.
    InvalidPath,
    /// Two endpoints share a path.
    PathCollision,
    /// The status code for degraded is neither 2xx, 4xx nor 5xx.
    InvalidStatusCode,
    /// An info field has a name that the body uses itself, or twice.
    InvalidInfo,
    /// What a ready-made check is to look at is not valid.
    InvalidTarget,
    /// A gRPC alias stands for what is neither a component nor an endpoint.
    UnknownTarget,
    /// The token of testability is empty or cannot stand in a header.
    InvalidToken,
    /// There is no tokio runtime, or it has no timers.
    NoRuntime,
}

impl BuildError {
    pub(crate) fn new(kind: BuildErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> BuildErrorKind {
        self.kind
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for BuildError {}

/// Why [`Health::force`](crate::Health::force) refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForceError {
    kind: ForceErrorKind,
    component: String,
}

/// The kinds of [`ForceError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ForceErrorKind {
    /// No component has this name.
    UnknownComponent,
    /// The component makes no runs, as a heartbeat or a reporter: it can only be
    /// down.
    NotApplicable,
}

impl ForceError {
    pub(crate) fn new(kind: ForceErrorKind, component: &str) -> Self {
        Self {
            kind,
            component: component.to_owned(),
        }
    }

    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> ForceErrorKind {
        self.kind
    }
}

impl fmt::Display for ForceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ForceErrorKind::UnknownComponent => {
                write!(f, "no component is named {:?}", self.component)
            }
            ForceErrorKind::NotApplicable => write!(
                f,
                "component {:?} makes no runs and can only be forced down",
                self.component
            ),
        }
    }
}

impl Error for ForceError {}

//! One component of a report.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{Cause, Scope, Status};
use crate::answer::Answers;

/// One component of a [`Report`](crate::Report).
#[derive(Debug)]
pub struct Component {
    pub(crate) name: Arc<str>,
    pub(crate) status: Status,
    pub(crate) cause: Option<Cause>,
    /// The cause in words that any stranger may read.
    pub(crate) summary: Option<Cow<'static, str>>,
    pub(crate) text: Option<Arc<str>>,
    pub(crate) checked: Option<SystemTime>,
    pub(crate) duration: Option<Duration>,
    pub(crate) optional: bool,
    pub(crate) scope: Scope,
    /// It is asked, and not told or heard.
    #[cfg(feature = "systemd")]
    pub(crate) runs: bool,
    /// A first run has ended, or a first word was said.
    pub(crate) ran: bool,
    pub(crate) answers: Answers,
}

impl Component {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How well it is. An optional component is degraded at worst.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Why it is not healthy.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.cause
    }

    /// The text of the error, of the panic, or of the reason for being degraded.
    /// It may carry what strangers should not read.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// When the last run ended, the last beat came or the last word was said.
    #[must_use]
    pub fn timestamp(&self) -> Option<SystemTime> {
        self.checked
    }

    /// How long the last run took.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        self.duration
    }

    /// Whether the service can do without it.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.optional
    }

    /// Whether it decides liveness too: it was given to
    /// [`HealthBuilder::liveness`](crate::HealthBuilder::liveness).
    #[must_use]
    pub fn is_liveness(&self) -> bool {
        self.scope == Scope::Liveness
    }

    /// Whether it decides readiness alone: it was given to
    /// [`HealthBuilder::readiness`](crate::HealthBuilder::readiness), and does not
    /// count for `/health`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), health_middleware::BuildError> {
    /// use health_middleware::{Health, reporter};
    ///
    /// let (feed, _reporter) = reporter("feed");
    /// let health = Health::builder().readiness(feed).build()?;
    /// assert!(health.report().component("feed").unwrap().is_readiness());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_readiness(&self) -> bool {
        self.scope == Scope::Readiness
    }
}

//! A component that is told and not asked.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::component::sealed;
use super::{ComponentCheck, Definition, Settle, Source};
use crate::error::BoxError;
use crate::text::{bounded, describe};

/// A component that is told how it is, and not asked: the check for the builder,
/// and the handle for who knows. For what the program learns by itself: a circuit
/// breaker that opens, a stream that is reconnected.
///
/// Until its first word the component is `not run yet`, which is not healthy, and
/// start-up waits for it: say the first word where the reporter is made, or as soon
/// as something is known. Words from before `build()` count as said then; the last
/// of them is kept. What was said last holds until something else is said, also
/// when every handle has been dropped, unless the check has a
/// [time to live](ReporterCheck::time_to_live).
///
/// The check decides [`/health`](crate::HealthBuilder::check) or
/// [readiness alone](crate::HealthBuilder::readiness). It is not accepted for
/// liveness, since what it tells of may be a dependency: a worker that only a
/// restart mends has a [`heartbeat`](crate::heartbeat) that it stops.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), health_middleware::BuildError> {
/// use health_middleware::{Health, reporter};
///
/// let (check, breaker) = reporter("breaker");
/// breaker.healthy();
/// let health = Health::builder().check(check.optional()).build()?;
/// assert!(health.report().status().is_healthy());
/// breaker.degraded("half open");
/// assert_eq!(health.report().component("breaker").unwrap().error(), Some("half open"));
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail
/// use health_middleware::{Health, reporter};
///
/// let (check, _reporter) = reporter("breaker");
/// let builder = Health::builder().liveness(check);
/// ```
pub fn reporter(name: impl Into<String>) -> (ReporterCheck, Reporter) {
    let line = Arc::new(Line::new());
    let check = ReporterCheck {
        name: name.into(),
        line: Arc::clone(&line),
        time_to_live: None,
        optional: false,
    };
    (check, Reporter { line })
}

/// The check's half of a [`reporter`], for
/// [`HealthBuilder::check`](crate::HealthBuilder::check) or
/// [`HealthBuilder::readiness`](crate::HealthBuilder::readiness).
///
/// ```
/// use std::time::Duration;
/// use health_middleware::{Health, reporter};
///
/// let (feed, _reporter) = reporter("feed");
/// let builder = Health::builder()
///     .readiness(feed.time_to_live(Duration::from_secs(60)).optional());
/// # drop(builder);
/// ```
#[derive(Debug)]
#[must_use = "a reporter counts only once its check is given to the builder"]
pub struct ReporterCheck {
    name: String,
    line: Arc<Line>,
    time_to_live: Option<Duration>,
    optional: bool,
}

impl ReporterCheck {
    /// How long a word is believed; after that the component is `stale` until the
    /// next. Default: for ever. At least 1 ms, at most 7 days. It runs from the
    /// first word on.
    pub fn time_to_live(mut self, time_to_live: Duration) -> Self {
        self.time_to_live = Some(time_to_live);
        self
    }

    /// The service can do without: what is unhealthy, stale or not told yet only
    /// degrades it.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

impl sealed::Sealed for ReporterCheck {
    fn define(self) -> Definition {
        let source = Source::Reporter {
            line: self.line,
            time_to_live: self.time_to_live,
        };
        let mut definition = Definition::passive(self.name, source);
        definition.slot.optional = self.optional;
        definition
    }
}

impl ComponentCheck for ReporterCheck {}

/// Who tells how a component is; made by [`reporter`].
///
/// What is said is published before the call returns: the next probe, on whatever
/// thread, sees it. Saying the same again is cheap and only renews the time. No
/// call waits for a check or a probe; any thread may make it, and none needs a
/// runtime. Clones speak for the same component, and the last word counts. Once the
/// last handle, layer and service of the [`Health`](crate::Health) is gone, nothing
/// is done any more.
///
/// ```
/// use health_middleware::reporter;
///
/// let (_check, feed) = reporter("feed");
/// feed.healthy();
/// feed.degraded("12 s behind");
/// feed.unhealthy(std::io::Error::other("connection closed"));
/// ```
#[derive(Clone, Debug)]
pub struct Reporter {
    line: Arc<Line>,
}

impl Reporter {
    /// Works.
    ///
    /// ```
    /// # let (_check, feed) = health_middleware::reporter("feed");
    /// feed.healthy();
    /// ```
    pub fn healthy(&self) {
        self.line.say(Word::Healthy);
    }

    /// Works less well, for this reason. It is shown like an error's text: in the
    /// log, and under [`Details::Full`](crate::Details::Full); 1 KiB of it is kept.
    ///
    /// ```
    /// # let (_check, feed) = health_middleware::reporter("feed");
    /// feed.degraded("12 s behind");
    /// ```
    pub fn degraded(&self, reason: impl AsRef<str>) {
        self.line.say(Word::Degraded(bounded(reason.as_ref())));
    }

    /// Does not work, because of this. The text of the error, with what it came
    /// from, goes where that of a failed check goes: into the log, once for each
    /// change, and into bodies under [`Details::Full`](crate::Details::Full); 1 KiB
    /// of it is kept.
    ///
    /// ```
    /// # let (_check, feed) = health_middleware::reporter("feed");
    /// feed.unhealthy("connection closed");
    /// ```
    ///
    /// # Panics
    ///
    /// Where the `Display` of the error, or of what it came from, does; nothing is
    /// told then.
    pub fn unhealthy(&self, error: impl Into<BoxError>) {
        self.line.say(Word::Unhealthy(describe(&*error.into())));
    }
}

/// What a reporter says: texts are made of errors before anything is locked.
#[derive(Debug)]
pub(crate) enum Word {
    Healthy,
    Degraded(Arc<str>),
    Unhealthy(Arc<str>),
}

/// What both halves share: from who tells to who listens.
pub(crate) struct Line {
    end: Mutex<End>,
}

enum End {
    /// Nobody listens yet: the last word.
    Kept(Option<Word>),
    /// Who listens, and by which index it knows the component.
    Heard(Weak<dyn Settle>, usize),
}

impl Line {
    fn new() -> Self {
        Self {
            end: Mutex::new(End::Kept(None)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, word: Word) {
        let (follower, index) = match &mut *self.lock() {
            End::Kept(kept) => {
                *kept = Some(word);
                return;
            }
            End::Heard(follower, index) => (Weak::clone(follower), *index),
        };
        if let Some(follower) = follower.upgrade() {
            follower.hear(index, word);
        }
    }

    /// Lets the follower hear every word from now on, the kept one before all
    /// others: it is given to `first`, which must not call back.
    pub(crate) fn attach(
        &self,
        follower: Weak<dyn Settle>,
        index: usize,
        first: impl FnOnce(Word),
    ) {
        let mut end = self.lock();
        // The check is consumed by the builder, so there is one follower only.
        if let End::Kept(Some(word)) = std::mem::replace(&mut *end, End::Heard(follower, index)) {
            first(word);
        }
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").finish_non_exhaustive()
    }
}

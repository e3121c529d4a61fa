//! Joining systemd: READY, STATUS, WATCHDOG, EXTEND_TIMEOUT_USEC, STOPPING.
//!
//! May touch `health`, `engine`, `render` and `report`, and at the root `contain`,
//! `duration`, `http_call` and `race`.

mod environment;
mod error;
mod events;
mod message;
mod movement;
mod notifier;
mod own_url;
mod rhythm;
mod task;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::sleep;

pub(crate) use environment::{Environment, Setup};
pub use error::{SystemdError, SystemdErrorKind};
use notifier::Notifier;
use own_url::OwnUrl;
use task::Task;

use crate::contain::contain;
use crate::health::Health;
use crate::render::Details;

impl Health {
    /// Joins systemd, if it has started this process: tells it when the service
    /// is ready, how it is and when it stops, and feeds its watchdog. Needs the
    /// feature `systemd`.
    ///
    /// `url` is one of the service's own, such as
    /// `http://127.0.0.1:6767/accounts/10000`: an application path, where a path
    /// that hangs is to count. Any status is an answer. The host is `localhost`
    /// or an IP address of this machine; `0.0.0.0` and `[::]`, as a listener
    /// tells of itself, are asked over loopback. What is told:
    ///
    /// | | |
    /// |---|---|
    /// | `READY=1` | once, when start-up is complete and the URL answers. A dependency that is down does not keep a start-up from being complete |
    /// | `STATUS=` | on every change: one line with what is wrong, as `/health/ready` sees it. It follows the layer's [`Details`](crate::Details) where that is the same for everybody |
    /// | `WATCHDOG=1` | every third of `WatchdogSec=`, while [`/health/live`](crate::Report::live) is not unhealthy and the URL answers within a quarter of it; in a drain, when the listener closes on purpose, while live alone |
    /// | `EXTEND_TIMEOUT_USEC=` | 30 s, again and again while start-up moves: while a check has not run yet, when a [`Reporter`](crate::Reporter) says its first word, when a [`StartupGuard`](crate::StartupGuard) is [done](crate::StartupGuard::done) or [says](crate::StartupGuard::progress) so. Not while liveness fails, nor once a guard was dropped before it was done |
    /// | `STOPPING=1` | at [drain](Self::drain), or when the last handle and layer is dropped |
    ///
    /// The variables `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` are read
    /// once, here. Outside of systemd nothing happens. Variables that make no
    /// sense are [named](Systemd::problems), logged and left out: none of them
    /// stops the service, nor does a service manager that cannot be reached.
    ///
    /// The work is done by a task on the current runtime, so call this on the
    /// one that serves: a runtime that is blocked stops it. There is nothing to
    /// hold on to; the task ends when the last handle, layer and service of this
    /// health is dropped. Sources: sd_notify(3), sd_watchdog_enabled(3),
    /// systemd.service(5). [`Systemd`] says which settings go with it.
    ///
    /// ```no_run
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use axum::{Router, routing::get};
    /// use health_middleware::Health;
    ///
    /// let health = Health::builder().build()?;
    /// let app: Router = Router::new()
    ///     .route("/work", get(|| async { "done" }))
    ///     .layer(health.layer());
    /// let listener = tokio::net::TcpListener::bind("0.0.0.0:6767").await?;
    /// let joined = health.systemd(&format!("http://{}/work", listener.local_addr()?))?;
    /// println!("{joined}");
    /// let drained = health.drain_on_shutdown(Duration::from_secs(5));
    /// axum::serve(listener, app).with_graceful_shutdown(drained).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Mistakes of the program, found outside of systemd as well: the URL cannot
    /// be asked or is not this machine's own; there is no tokio runtime, or it
    /// lacks timers or I/O; it has been called before.
    pub fn systemd(&self, url: &str) -> Result<Systemd, SystemdError> {
        self.join(url, &Environment::read())
    }

    fn join(&self, url: &str, environment: &Environment) -> Result<Systemd, SystemdError> {
        let url = OwnUrl::parse(url)?;
        let runtime = runtime()?;
        let shared = self.shared();
        if self.joined_before() {
            return Err(SystemdError::new(
                SystemdErrorKind::AlreadyJoined,
                "systemd() has been called before: one URL is asked for the whole service",
            ));
        }
        let setup = Setup::new(environment);
        for problem in &setup.problems {
            events::problem(problem);
        }
        let active = setup.socket.is_some();
        if let Some(socket) = setup.socket {
            let policy = &self.endpoints().config.layer.details;
            let details = policy.for_everybody(Details::Summary);
            let task = Task::new(
                Arc::clone(shared),
                Notifier::new(socket),
                setup.watchdog,
                url,
                details,
            );
            runtime.spawn(task.run());
        }
        Ok(Systemd {
            active,
            watchdog: setup.watchdog,
            problems: setup.problems,
        })
    }
}

/// The runtime that is to run the task.
fn runtime() -> Result<Handle, SystemdError> {
    let refuse = |message| SystemdError::new(SystemdErrorKind::NoRuntime, message);
    let handle = Handle::try_current().map_err(|_| {
        refuse("no tokio runtime: call systemd() within one, such as in #[tokio::main]")
    })?;
    // tokio answers these questions only by a panic.
    let has = |what: fn()| contain(what).is_some();
    if has(|| drop(sleep(Duration::ZERO))) && has(|| drop(tokio::net::UnixDatagram::unbound())) {
        Ok(handle)
    } else {
        Err(refuse(
            "the tokio runtime has no timers or no I/O: enable_all() in its builder",
        ))
    }
}

/// What has come of [`Health::systemd`], for a log line. Dropping it changes
/// nothing.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use health_middleware::Health;
///
/// let health = Health::builder().build()?;
/// let joined = health.systemd("http://127.0.0.1:6767/work")?;
/// println!("{joined}"); // systemd: not started by it
/// # Ok(())
/// # }
/// ```
///
#[doc = include_str!("../docs/systemd.md")]
#[derive(Clone, Debug)]
pub struct Systemd {
    active: bool,
    watchdog: Option<Duration>,
    problems: Vec<String>,
}

impl Systemd {
    /// Whether systemd is told anything.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// The watchdog's interval, `WatchdogSec=`; `None` where none is fed.
    #[must_use]
    pub fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    /// The variables that make no sense, what they would have to be, and what
    /// has been left out for it; a line each.
    pub fn problems(&self) -> impl Iterator<Item = &str> {
        self.problems.iter().map(String::as_str)
    }
}

impl fmt::Display for Systemd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("systemd: ")?;
        match (self.active, self.watchdog) {
            (false, _) if self.problems.is_empty() => f.write_str("not started by it")?,
            (false, _) => {}
            (true, None) => f.write_str("told of changes, no watchdog")?,
            (true, Some(watchdog)) => write!(f, "told of changes, watchdog {watchdog:?}")?,
        }
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index > 0 || self.active { "; " } else { "" };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

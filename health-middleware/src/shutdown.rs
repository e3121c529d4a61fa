//! The signals that ask a process to end.
//!
//! May touch `health` and `race`.

use std::future::Future;
use std::time::Duration;

use tokio::time::sleep;

use crate::health::Health;
use crate::race::race;

/// Ends when the process is asked to end: at SIGTERM, which Docker, Swarm,
/// Kubernetes and systemd send, or at SIGINT, which is Ctrl-C. Where there are
/// no such signals, at Ctrl-C alone, from the first poll on. Needs the feature
/// `signal`, which is on by default.
///
/// The handlers are in place once this function has returned, so that no signal
/// is lost before the future is polled. From then on these signals do not end
/// the process by themselves any more, also after the future is dropped: tokio
/// never takes its handlers away. So call it late enough that what comes before
/// may be ended by a signal, or early and look at the future all the while. The
/// first process of a container has no choice: before its handlers are there,
/// the kernel ignores these signals for it.
///
/// For [`Health::drain_on_shutdown`](crate::Health::drain_on_shutdown) this is
/// built in.
///
/// ```no_run
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use health_middleware::shutdown_signal;
///
/// shutdown_signal().await;
/// println!("asked to end");
/// # }
/// ```
///
/// Each call hears the signals that come after it. Cancel safe.
///
/// # Panics
///
/// Outside of a tokio runtime, or in one without I/O (`enable_io()`).
pub fn shutdown_signal() -> impl Future<Output = ()> + Send + 'static {
    let mut signals = Signals::install();
    async move { signals.next().await }
}

impl Health {
    /// Waits for SIGTERM or SIGINT, [drains](Self::drain), and ends `delay`
    /// later: the argument of a server's graceful shutdown. In between the
    /// listener is open, so that balancers can see the 503 before it closes; a
    /// second signal ends the delay. Needs the feature `signal`, which is on by
    /// default.
    ///
    /// The delay must cover what a balancer needs to notice, and leave room for
    /// the longest request before the orchestrator kills: Docker does after 10 s
    /// unless told otherwise. Zero is no delay. For other signals there is
    /// [`drain_on`](Self::drain_on).
    ///
    /// The handlers are in place once this has returned, as those of
    /// [`shutdown_signal`], and stay: a process whose future is dropped is not
    /// ended by these signals any more. Dropping it before the signal leaves the
    /// service as it is; afterwards it stays draining.
    ///
    /// ```no_run
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use axum::Router;
    /// use health_middleware::Health;
    ///
    /// let health = Health::builder().build()?;
    /// let app: Router = Router::new().layer(health.layer());
    /// let listener = tokio::net::TcpListener::bind("0.0.0.0:6767").await?;
    /// axum::serve(listener, app)
    ///     .with_graceful_shutdown(health.drain_on_shutdown(Duration::from_secs(5)))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, or in one without I/O (`enable_io()`).
    pub fn drain_on_shutdown(
        &self,
        delay: Duration,
    ) -> impl Future<Output = ()> + Send + 'static + use<> {
        let health = self.clone();
        let mut signals = Signals::install();
        async move {
            signals.next().await;
            health.drain();
            race(sleep(delay), signals.next()).await;
        }
    }
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn install() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        // sigaction(2) refuses only signals that are none or cannot be caught.
        let install = |kind| signal(kind).expect("SIGTERM and SIGINT can be caught");
        Self {
            terminate: install(SignalKind::terminate()),
            interrupt: install(SignalKind::interrupt()),
        }
    }

    async fn next(&mut self) {
        race(self.terminate.recv(), self.interrupt.recv()).await;
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn install() -> Self {
        Self
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a handler nothing can be heard.
            std::future::pending().await
        }
    }
}

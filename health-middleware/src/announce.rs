//! Announcing the service: kicks a ping URL, registers with Consul, etcd or the watchdog.
//!
//! May touch `health`, `engine`, `render`, `report` and `state`, and at the root
//! `contain`, `duration`, `error`, `http_call`, `look_up`, `race` and `text`.

mod announcer;
mod consul;
mod dialect;
mod error;
mod etcd;
mod events;
mod instance;
mod ping;
mod rhythm;
mod target;
mod task;
mod watchdog;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

pub use announcer::Announcer;
pub use error::{AnnounceError, AnnounceErrorKind};
pub use instance::Instance;

use crate::contain::contain;
use crate::health::Health;
use crate::render::Details;

impl Health {
    /// Announces the service to whom the announcer names: kicks ping URLs while
    /// it is live, and registers it with Consul, etcd or the watchdog while it is
    /// ready. Needs the feature `announce`.
    ///
    /// The work is done by tasks on the current runtime, one for each URL, which
    /// follow the published state. Nothing waits for them, and whatever a server
    /// does, the service does not notice: each call has its time limit, failures
    /// are tried again after 1 s to 60 s, and are told once to `tracing`. As a
    /// drain begins the service is taken out, and never registered again; so it is
    /// when the last handle, layer and service of this health is dropped, where
    /// the runtime goes on. Call it once the listener is bound, and see
    /// [`Announced`] for what each server is told.
    ///
    /// ```no_run
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use axum::Router;
    /// use health_middleware::{Announcer, Health, Instance};
    ///
    /// let health = Health::builder().build()?;
    /// let app: Router = Router::new().layer(health.layer());
    /// let listener = tokio::net::TcpListener::bind("10.0.0.7:6767").await?;
    /// let announced = health.announce(
    ///     Announcer::new()
    ///         .instance(Instance::new("accounts", "10.0.0.7", 6767).tag("v2"))
    ///         .to("consul+http://127.0.0.1:8500")
    ///         .to("http://watchdog:8500/ping/5ae1d5b9-5e72-4f4a-a9a8-6f8a9a4c9b1e"),
    /// )?;
    /// println!("{announced}");
    /// let drained = health.drain_on_shutdown(Duration::from_secs(5));
    /// axum::serve(listener, app).with_graceful_shutdown(drained).await?;
    /// // It was taken out as the drain began; this is for a drain without a delay.
    /// announced.withdrawn(Duration::from_secs(2)).await;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Mistakes of the program, none of the servers: a URL that cannot be called,
    /// an [`Instance`] that is missing or not valid, a duration out of its range, a
    /// token that cannot stand in a header; there is no tokio runtime, or it lacks
    /// timers or I/O. No error holds the path of a URL or a token.
    pub fn announce(&self, announcer: Announcer) -> Result<Announced, AnnounceError> {
        let plan = announcer.settle()?;
        let runtime = runtime()?;
        let inside = Arc::new(watch::Sender::new(0));
        let policy = &self.endpoints().config.layer.details;
        let details = policy.for_everybody(Details::StatusOnly);
        let mut announced = Announced {
            inside: inside.subscribe(),
            labels: Vec::new(),
        };
        for target in plan {
            announced.labels.push(target.label().to_owned());
            target.spawn(&runtime, self.subscribe(), details, &inside);
        }
        Ok(announced)
    }
}

/// The runtime that is to run the tasks.
fn runtime() -> Result<Handle, AnnounceError> {
    let refuse = |message| AnnounceError::new(AnnounceErrorKind::NoRuntime, message);
    let handle = Handle::try_current().map_err(|_| {
        refuse("no tokio runtime: call announce() within one, such as in #[tokio::main]")
    })?;
    // tokio answers these questions only by a panic.
    let has = |what: fn()| contain(what).is_some();
    if has(|| drop(sleep(Duration::ZERO))) && has(register_a_socket) {
        Ok(handle)
    } else {
        Err(refuse(
            "the tokio runtime has no timers or no I/O: enable_all() in its builder",
        ))
    }
}

fn register_a_socket() {
    let socket = std::net::UdpSocket::bind(("127.0.0.1", 0)).and_then(|socket| {
        socket.set_nonblocking(true)?;
        tokio::net::UdpSocket::from_std(socket)
    });
    drop(socket);
}

/// What has come of [`Health::announce`]: to whom, and whether the service has been
/// taken out again. Dropping it changes nothing.
///
#[doc = include_str!("../docs/announce.md")]
#[derive(Clone, Debug)]
pub struct Announced {
    /// How many registries may still have the service; its senders end with the
    /// tasks.
    inside: watch::Receiver<usize>,
    labels: Vec<String>,
}

impl Announced {
    /// Waits until every registry has taken the service out, for so long at most;
    /// whether all have. Call it last, after the server has ended: with a drain
    /// that lasts for a while there is nothing left to wait for. Where no drain has
    /// begun it waits all the time for one.
    ///
    /// Where a registry does not answer, the registration runs out by itself, its
    /// time to live after the last sign of life.
    ///
    /// Cancel safe.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with timers.
    pub async fn withdrawn(&self, limit: Duration) -> bool {
        let mut inside = self.inside.clone();
        let none = inside.wait_for(|inside| *inside == 0);
        matches!(timeout(limit, none).await, Ok(Ok(_)))
    }
}

impl fmt::Display for Announced {
    /// One line for a log: kinds, hosts and ports, no paths.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.labels.is_empty() {
            true => f.write_str("announced to nobody"),
            false => write!(f, "announced to {}", self.labels.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests;

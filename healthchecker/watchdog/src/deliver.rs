//! Who tells the sinks: threads, so that whoever hangs holds up nobody but himself. What they send is on
//! disk before, and what came of it goes there.
//!
//! Touches `outbox`, `owner`, `sinks`, `threads` and `watches`.

mod pool;

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::outbox::{AT_ONCE, MONITORS, Notice};
use crate::owner::Owner;
use crate::sinks::Courier;
use pool::{Pool, Shared};

/// So many messages are under way to monitors at once: where they hang, others wait for each other.
const TO_MONITORS: usize = 16;

/// How long what is under way may take to end when the server stops. What does not is sent again.
const PATIENCE_AT_STOP: Duration = Duration::from_secs(5);

/// Who tells a monitor at this URL.
pub(crate) type ForMonitors = Box<dyn Fn(&str) -> Arc<dyn Courier> + Send + Sync>;

/// What is to be said on stderr.
pub(crate) type Report = Box<dyn Fn(Vec<Notice>) + Send + Sync>;

/// The threads.
#[derive(Debug)]
pub(crate) struct Deliver(Arc<Shared>);

impl Deliver {
    /// Begins to tell: each sink by threads of its own, in the order of those that the owner has, and the
    /// monitors by others.
    ///
    /// # Errors
    ///
    /// If there can be no threads.
    pub(crate) fn start(
        owner: Arc<Owner>,
        couriers: Vec<Arc<dyn Courier>>,
        monitors: ForMonitors,
        report: Report,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared::new(owner, couriers, monitors, report));
        let sinks = shared.couriers.len();
        for at in 0..sinks {
            for _ in 0..AT_ONCE {
                Pool::start(&shared, MONITORS + 1 + at, 0)?;
            }
        }
        // The others follow when there is something to tell.
        Pool::start(&shared, MONITORS, TO_MONITORS - 1)?;
        Ok(Self(shared))
    }

    /// Begins nothing more, and waits until what is under way has ended, up to 5 s. The rest stays in the
    /// store.
    pub(crate) fn stop(self) {
        let until = Instant::now() + PATIENCE_AT_STOP;
        self.0.stop(until);
    }
}

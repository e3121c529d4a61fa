use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use super::{ForMonitors, Report};
use crate::outbox::{Job, MONITORS, Step, Verdict, monitor_of};
use crate::owner::Owner;
use crate::sinks::Courier;
use crate::threads;
use crate::watches::Millis;

/// The longest wait: the condition variable's clock stands still while the machine sleeps.
const LONGEST_WAIT: Millis = 60_000;

/// From one attempt to note what came of something to the next, while the store is lost or busy.
const NOTE_AGAIN: Duration = Duration::from_millis(100);

/// What all threads have.
pub(super) struct Shared {
    owner: Arc<Owner>,
    pub(super) couriers: Vec<Arc<dyn Courier>>,
    monitors: ForMonitors,
    report: Report,
    is_stopping: AtomicBool,
    /// How many threads there are.
    alive: Mutex<usize>,
    fewer: Condvar,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn new(
        owner: Arc<Owner>,
        couriers: Vec<Arc<dyn Courier>>,
        monitors: ForMonitors,
        report: Report,
    ) -> Self {
        Self {
            owner,
            couriers,
            monitors,
            report,
            is_stopping: AtomicBool::new(false),
            alive: Mutex::new(0),
            fewer: Condvar::new(),
        }
    }

    pub(super) fn stop(&self, until: Instant) {
        self.is_stopping.store(true, Ordering::SeqCst);
        self.owner.ring();
        let most = until.saturating_duration_since(Instant::now());
        let alive = self.alive();
        // What it returns is not asked for: whoever still hangs ends with the process.
        drop(
            self.fewer
                .wait_timeout_while(alive, most, |alive| *alive > 0),
        );
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::SeqCst)
    }

    fn alive(&self) -> MutexGuard<'_, usize> {
        // No code that could panic runs under it.
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One thread.
pub(super) struct Pool {
    shared: Arc<Shared>,
    pool: usize,
    /// How many others are to follow when there is something to do.
    more: usize,
}

impl Drop for Pool {
    fn drop(&mut self) {
        *self.shared.alive() -= 1;
        self.shared.fewer.notify_all();
    }
}

impl Pool {
    pub(super) fn start(shared: &Arc<Shared>, pool: usize, more: usize) -> io::Result<()> {
        *shared.alive() += 1;
        let thread = Self {
            shared: Arc::clone(shared),
            pool,
            more,
        };
        let builder = Builder::new().name("deliver".to_owned());
        threads::start(builder, move || thread.work())
    }

    fn work(mut self) {
        let shared = Arc::clone(&self.shared);
        while !shared.is_stopping() {
            let rung = shared.owner.rung();
            let (step, notices) = shared.owner.next_delivery(self.pool);
            if !notices.is_empty() {
                (shared.report)(notices);
            }
            match step {
                Step::Send(job) => {
                    for _ in 0..std::mem::take(&mut self.more) {
                        // With fewer it takes longer.
                        let _ = Self::start(&shared, self.pool, 0);
                    }
                    self.send(&job);
                }
                Step::Wait(until) => {
                    let now = shared.owner.now().mono;
                    let most = until.saturating_sub(now).min(LONGEST_WAIT);
                    let most = Duration::from_millis(most);
                    shared.owner.wait_for_post(rung, most);
                }
            }
        }
    }

    fn send(&self, job: &Job) {
        let shared = &self.shared;
        if shared.is_stopping() {
            return;
        }
        let wall = shared.owner.now().wall;
        let verdict = match self.courier(job) {
            Some(courier) => {
                let tell = || courier.tell(&job.message, job.attempt, wall);
                // It has been printed, and must not end the thread that others wait for.
                catch_unwind(AssertUnwindSafe(tell)).unwrap_or_else(|_| Verdict::Again {
                    after: None,
                    problem: "this program has a defect: it panicked as it was sending".to_owned(),
                })
            }
            // The monitor was removed a moment ago, and its rows with it.
            None => return,
        };
        // The row stays as it is until this is noted, or is sent again after a restart.
        while shared.owner.settle(job, &verdict).is_err() {
            if shared.is_stopping() {
                return;
            }
            std::thread::sleep(NOTE_AGAIN);
        }
    }

    fn courier(&self, job: &Job) -> Option<Arc<dyn Courier>> {
        if self.pool != MONITORS {
            let courier = self.shared.couriers.get(self.pool - MONITORS - 1);
            return courier.map(Arc::clone);
        }
        let id = monitor_of(&job.sink)?;
        let owner = &self.shared.owner;
        let url = owner.read(|desk, _| desk.monitors.get(&id).map(|monitor| monitor.url.clone()));
        Some((self.shared.monitors)(&url?))
    }
}

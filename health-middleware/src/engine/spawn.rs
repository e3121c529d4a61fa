//! From what the builder has collected to tasks that run.

use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::publish::publish;
use super::run::run;
use super::{Engine, Shared};
use crate::checks::{Definition, Hold, Settle, Slot, Source};
use crate::contain::contain;
use crate::error::{BuildError, BuildErrorKind};
use crate::observe::{Observed, Observer};
use crate::report::{InfoValue, Wording};
use crate::state::{Finding, State, refresh, stall_interval};

/// What the builder has collected.
pub(crate) struct Plan {
    /// In the order of their names.
    pub(crate) components: Vec<Definition>,
    pub(crate) holds: Vec<Arc<Hold>>,
    pub(crate) info: Vec<(Arc<str>, InfoValue)>,
    pub(crate) wording: Wording,
}

impl Engine {
    /// Begins to run.
    pub(crate) fn spawn(runtime: &Handle, plan: Plan) -> Self {
        let now = Instant::now();
        let mut runners = Vec::new();
        let slots: Box<[Slot]> = plan
            .components
            .into_iter()
            .enumerate()
            .map(|(index, definition)| {
                runners.extend(definition.runner.map(|runner| (index, runner)));
                definition.slot
            })
            .collect();
        let shared = share(slots, plan.holds, plan.info, plan.wording, now);

        let mut tasks = vec![runtime.spawn(publish(Arc::clone(&shared))).abort_handle()];
        for (index, runner) in runners {
            let task = run(Arc::clone(&shared), index, runner);
            tasks.push(runtime.spawn(task).abort_handle());
        }
        for (index, slot) in shared.slots.iter().enumerate() {
            if let Source::Stall { tolerance } = slot.source {
                let task = watch_timer(Arc::clone(&shared), index, tolerance);
                tasks.push(runtime.spawn(task).abort_handle());
            }
        }
        Self { shared, tasks }
    }
}

/// The runtime that is to run the checks.
pub(crate) fn runtime() -> Result<Handle, BuildError> {
    let refuse = |message| BuildError::new(BuildErrorKind::NoRuntime, message);
    let handle = Handle::try_current().map_err(|_| {
        refuse("no tokio runtime: call build() within one, such as in #[tokio::main]")
    })?;
    // tokio answers the question for timers only by a panic.
    contain(|| drop(sleep(Duration::ZERO))).ok_or_else(|| {
        refuse("the tokio runtime has no timers: enable_time() or enable_all() in its builder")
    })?;
    Ok(handle)
}

/// Puts the engine's state together, and its first snapshot.
fn share(
    slots: Box<[Slot]>,
    holds: Vec<Arc<Hold>>,
    info: Vec<(Arc<str>, InfoValue)>,
    wording: Wording,
    now: Instant,
) -> Arc<Shared> {
    let attached = holds.clone();
    let mut state = State::new(&slots, holds, info.into(), wording, now);
    let first = state.snapshot(&slots, now, SystemTime::now());
    let shared = Arc::new(Shared {
        refresh: refresh(slots.iter().filter_map(|slot| slot.source.life()).min()),
        pulsing: slots
            .iter()
            .any(|slot| matches!(slot.source, Source::Heartbeat { .. })),
        version: watch::Sender::new(Some(first.version)),
        snapshot: ArcSwap::from_pointee(first),
        state: Mutex::new(state),
        wake: Notify::new(),
        observer: Observer::new(slots.iter().map(|slot| Observed {
            name: Arc::clone(&slot.name),
            runs: matches!(slot.source, Source::Active { .. }),
        })),
        slots,
    });
    let follower: Weak<dyn Settle> = Arc::<Shared>::downgrade(&shared);
    for (index, slot) in shared.slots.iter().enumerate() {
        match &slot.source {
            Source::Heartbeat { pulse, .. } => pulse.attach(follower.clone(), now),
            Source::Reporter { line, .. } => line.attach(follower.clone(), index, |word| {
                shared.lock().hear(slot, index, now, word);
            }),
            Source::Active { .. } | Source::Stall { .. } => {}
        }
    }
    for hold in attached {
        hold.attach(follower.clone());
    }
    shared.settle(now);
    shared
}

/// Measures how late the runtime wakes a sleeping task.
async fn watch_timer(shared: Arc<Shared>, index: usize, tolerance: Duration) {
    let interval = stall_interval(tolerance);
    loop {
        let due = Instant::now() + interval;
        sleep_until(due).await;
        let late = Instant::now().saturating_duration_since(due);
        let finding = if late > tolerance {
            Finding::Stalled(format!("a timer was {late:.1?} late").into())
        } else {
            Finding::Healthy
        };
        shared.record(index, finding, None);
    }
}

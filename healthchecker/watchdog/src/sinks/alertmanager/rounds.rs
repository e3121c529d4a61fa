//! The threads that tell Alertmanagers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use super::alert::{Alert, body};
use super::{Alerts, PATH};
use crate::config::{SinkConfig, SinkKind};
use crate::sinks::SinkError;
use crate::sinks::lookup::{Lookup, System};
use crate::sinks::template::JSON;
use crate::sinks::way::{LIMIT, Way};
use crate::threads;
use crate::watches::{Event, Now, Watch};

/// How an operator is told of a sink.
type Tell = Arc<dyn Fn(String) + Send + Sync>;

/// All Alertmanagers of a configuration, each told by a thread of its own. They end when this is dropped.
pub struct Rounds(Vec<Round>);

struct Round {
    sink: SinkConfig,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    woken: Condvar,
    begun: Instant,
}

struct State {
    alerts: Alerts,
    is_over: bool,
}

impl fmt::Debug for Rounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rounds").finish_non_exhaustive()
    }
}

impl Rounds {
    /// Begins with what is down. `seen`: a moment by both clocks, by which the watches' are read; `tell`:
    /// called with a line whenever a sink begins to fail, fails in another way, or is told again.
    ///
    /// # Errors
    ///
    /// If what a sink's configuration names cannot be used, or there can be no thread.
    pub fn start<'a>(
        sinks: &BTreeMap<Box<str>, SinkConfig>,
        watches: impl IntoIterator<Item = &'a Watch> + Clone,
        seen: Now,
        tell: impl Fn(String) + Send + Sync + 'static,
    ) -> Result<Self, SinkError> {
        let tell: Tell = Arc::new(tell);
        let rounds = sinks
            .iter()
            .filter(|(_, sink)| sink.kind == SinkKind::Alertmanager);
        let rounds = rounds.map(|(name, sink)| {
            Round::start(name, sink, watches.clone(), seen, &tell, System, LIMIT)
                .map_err(|problem| SinkError::new(name, problem))
        });
        rounds.collect::<Result<_, _>>().map(Self)
    }

    /// Something has happened to watches. Never waits for a sink.
    pub fn happened(&self, events: &[Event]) {
        for Round { sink, shared } in &self.0 {
            let mut covered = events
                .iter()
                .filter(|event| sink.covers(&event.key))
                .peekable();
            if covered.peek().is_none() {
                continue;
            }
            let now = shared.now().mono;
            let mut state = shared.lock();
            let due = state.alerts.due();
            for event in covered {
                state.alerts.happened(event, now);
            }
            if state.alerts.due() < due {
                shared.woken.notify_one();
            }
        }
    }
}

impl Drop for Rounds {
    fn drop(&mut self) {
        for Round { shared, .. } in &self.0 {
            shared.lock().is_over = true;
            shared.woken.notify_one();
        }
    }
}

impl Round {
    pub(super) fn start<'a>(
        name: &str,
        sink: &SinkConfig,
        watches: impl IntoIterator<Item = &'a Watch>,
        seen: Now,
        tell: &Tell,
        lookup: impl Lookup,
        limit: Duration,
    ) -> Result<Self, String> {
        let way = Way::new(sink, PATH, lookup, limit)?;
        let mut alerts = Alerts::new(&sink.prefix, 0);
        for watch in watches {
            if watch.state.is_down() && watch.hold().is_none() && sink.covers(&watch.key) {
                let alert = Alert {
                    since: seen.wall_of(watch.since),
                    state: watch.state,
                    reason: watch.reason().into(),
                };
                alerts.found(&watch.key, alert);
            }
        }
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                alerts,
                is_over: false,
            }),
            woken: Condvar::new(),
            begun: Instant::now(),
        });
        let thread = thread::Builder::new().name("alertmanager".to_owned());
        {
            let (name, shared, tell) = (name.to_owned(), Arc::clone(&shared), Arc::clone(tell));
            threads::start(thread, move || shared.run(&name, &way, &tell))
                .map_err(|error| format!("cannot start a thread: {error}"))?;
        }
        Ok(Self {
            sink: sink.clone(),
            shared,
        })
    }
}

impl Shared {
    /// Tells what is due until it is over.
    fn run(&self, name: &str, way: &Way, tell: &Tell) {
        let mut told = None;
        while let Some(batches) = self.next() {
            // The first that fails says how it is with the others: they wait for the next round.
            let problem = batches.iter().find_map(|batch| {
                let answer = way.post(JSON, &[], body(batch).as_bytes());
                match answer {
                    Ok(answer) if (200..300).contains(&answer.status) => None,
                    Ok(answer) => Some(way.problem(&answer)),
                    Err(problem) => Some(problem),
                }
            });
            if batches.is_empty() || problem == told {
                continue;
            }
            tell(match &problem {
                Some(problem) => format!("{name}: {problem}; it is told again in a minute"),
                None => format!("{name}: is told again"),
            });
            told = problem;
        }
    }

    /// What is told next, when it is due; `None`: it is over.
    fn next(&self) -> Option<Vec<Vec<super::Told>>> {
        let mut state = self.lock();
        loop {
            if state.is_over {
                return None;
            }
            let now = self.now();
            let due = state.alerts.due();
            if due <= now.mono {
                return Some(state.alerts.take(now));
            }
            let wait = Duration::from_millis(due - now.mono);
            let woken = self.woken.wait_timeout(state, wait);
            (state, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn now(&self) -> Now {
        let wall = UNIX_EPOCH.elapsed().unwrap_or_default();
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Now {
            mono: millis(self.begun.elapsed()),
            wall: millis(wall),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that could panic runs under it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Whether start-up is complete: once it is, for good.

use std::sync::Arc;

use super::queue::Queue;
use crate::checks::{Hold, Work};
use crate::report::{Cause, Event, Held};

/// What start-up waits for besides first runs.
#[derive(Debug)]
pub(super) struct Startup {
    /// What is not done, and whether it is known to never be.
    holds: Vec<(Arc<Hold>, bool)>,
    complete: bool,
}

impl Startup {
    pub(super) fn new(holds: Vec<Arc<Hold>>) -> Self {
        Self {
            holds: holds.into_iter().map(|hold| (hold, false)).collect(),
            complete: false,
        }
    }

    /// Looks at the guards, given whether every check has run; says whether
    /// anything has changed.
    pub(super) fn look(&mut self, ran: impl Fn() -> bool, events: &mut Queue) -> bool {
        if self.complete {
            return false;
        }
        let held = self.holds.len();
        self.holds.retain(|(hold, _)| hold.work() != Work::Done);
        let mut changed = self.holds.len() != held;
        for (hold, failed) in &mut self.holds {
            if !*failed && hold.work() == Work::Abandoned {
                *failed = true;
                changed = true;
                events.push(Event::StartupFailed {
                    guard: Arc::clone(hold.name()),
                });
            }
        }
        if self.holds.is_empty() && ran() {
            self.complete = true;
            changed = true;
            events.push(Event::Service {
                what: "started",
                on: true,
            });
        }
        changed
    }

    /// Why start-up is not complete.
    pub(super) fn cause(&self) -> Option<Cause> {
        if self.complete {
            None
        } else if self.holds.iter().any(|(_, failed)| *failed) {
            Some(Cause::StartupFailed)
        } else {
            Some(Cause::Starting)
        }
    }

    /// The guards that are not done.
    pub(super) fn held(&self) -> Box<[Held]> {
        self.holds
            .iter()
            .map(|(hold, failed)| Held {
                name: Arc::clone(hold.name()),
                cause: if *failed {
                    Cause::StartupFailed
                } else {
                    Cause::Starting
                },
            })
            .collect()
    }

    #[cfg(feature = "systemd")]
    pub(super) fn progress(&self) -> u64 {
        self.holds.iter().map(|(hold, _)| hold.progress()).sum()
    }
}

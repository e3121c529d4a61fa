//! What was asked for, as values.

use std::time::Duration;

use crate::words;

/// How a command is watched, and what is done when it hangs.
#[derive(Clone, Debug)]
pub struct Plan {
    /// It is asked by health checks.
    pub checks: Option<Checks>,
    /// It speaks for itself, with systemd's messages.
    pub notify: Option<Notify>,
    /// From the first signal that ends it to SIGKILL.
    pub kill_after: Duration,
    /// SIGABRT ends what hangs, for a core dump or a trace, and not the stop signal.
    pub abort: bool,
    /// How often it is restarted.
    pub budget: Budget,
}

/// How it is asked.
#[derive(Clone, Copy, Debug)]
pub struct Checks {
    /// From one check's beginning to the next one's.
    pub every: Duration,
    /// What a check takes at most.
    pub timeout: Duration,
    /// So many failures in a row are a hang.
    pub failures: u32,
    /// After a start failures do not count for so long, until the first success.
    pub start_period: Duration,
}

/// How it speaks.
#[derive(Clone, Copy, Debug)]
pub struct Notify {
    /// From one WATCHDOG=1 to the next, at most. Zero: no such message is awaited.
    pub watchdog: Duration,
    /// From its start to READY=1, and from STOPPING=1 to its end, at most.
    pub start_timeout: Duration,
}

/// How often a command is restarted before that is given up.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// So many restarts …
    pub max: Restarts,
    /// … within this time, or in a row without the command ever getting ready.
    pub per: Duration,
}

/// A number of restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restarts {
    /// At most so many; none with 0.
    AtMost(u32),
    /// As many as it takes.
    Unlimited,
}

impl Budget {
    /// Why there is no restart, once it is spent.
    pub(super) fn words(&self) -> String {
        match self.max {
            Restarts::AtMost(0) => String::from("it is not to be restarted"),
            Restarts::AtMost(max) => {
                let restarts = if max == 1 { "restart" } else { "restarts" };
                let per = words::duration(self.per);
                format!("{max} {restarts} within {per} or without getting ready did not help")
            }
            Restarts::Unlimited => String::from("it was restarted without end"),
        }
    }
}

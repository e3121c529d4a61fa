//! What happens to a machine, and what it wants done.

use std::time::Duration;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The command runs.
    Started,
    /// The command could not be started.
    NotStarted(End),
    /// The command's own process has ended.
    Exited(End),
    /// Nothing of the command is left, children of children included.
    Gone,
    /// What a round of checks found; `Err` with the first reason.
    Verdict {
        /// The round's number, as the effect had it.
        round: u32,
        /// What it found.
        result: Result<(), String>,
    },
    /// READY=1.
    Ready,
    /// RELOADING=1.
    Reloading,
    /// STOPPING=1.
    Stopping,
    /// WATCHDOG=1.
    Kick,
    /// WATCHDOG=trigger.
    Trigger,
    /// WATCHDOG_USEC=: another time between two kicks.
    Period(Duration),
    /// EXTEND_TIMEOUT_USEC=: so much more time, from now on.
    Extend(Duration),
    /// Somebody asks this process to end, by a signal of this number.
    Asked(i32),
    /// A deadline has come.
    Due,
    /// This process itself was stopped for a while.
    Absent,
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The exit code that says so: its own, or 128 and the signal's number.
    pub code: u8,
    /// In words, such as `exit code 3`.
    pub words: String,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Start the command.
    Start,
    /// Begin a round of checks.
    Check {
        /// Its number.
        round: u32,
    },
    /// Send the stop signal to all that is left of the command.
    Stop,
    /// Send SIGABRT to the command's own process.
    Abort,
    /// Send SIGKILL to all that is left of the command.
    Kill,
    /// Pass the signal of this number on to the command.
    Forward(i32),
    /// Say what has happened.
    Tell(Told),
    /// End this process with this code, and all that is left of the command with it.
    Exit(u8),
}

/// What is told: on stderr, to a ping server, and to the system's own supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Told {
    /// The command runs.
    Started,
    /// The command is ready, so long after its start.
    Ready {
        /// Since its start.
        after: Duration,
    },
    /// The command has shown that it lives. Not an event of the log.
    Alive,
    /// The command reloads its configuration.
    Reloading,
    /// The command has reloaded its configuration.
    Reloaded,
    /// The command is about to end, since it was asked to, or by itself.
    Stopping {
        /// Who asked: the signal's number.
        asked: Option<i32>,
    },
    /// The command hangs.
    Silent {
        /// Why that is said.
        reason: String,
    },
    /// The command has not ended in time and is killed.
    Killed {
        /// How long it was waited for.
        after: Duration,
    },
    /// What hung has ended.
    Stopped {
        /// How.
        end: End,
    },
    /// The command is started anew after a pause.
    Restarting {
        /// Which restart this is, of those that count.
        number: u32,
        /// The pause.
        pause: Duration,
    },
    /// No restart is left, or nothing can be ended.
    GaveUp {
        /// Why.
        reason: String,
    },
    /// The command has ended by itself.
    Exited {
        /// How.
        end: End,
        /// Whether it had been asked to.
        asked: bool,
    },
    /// The command could not be started.
    NotStarted {
        /// Why.
        end: End,
    },
    /// Deadlines were moved, since this process itself was stopped.
    Absent,
}

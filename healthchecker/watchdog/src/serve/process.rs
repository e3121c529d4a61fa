//! What the process asks of the kernel: open files, and the signals that end it.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::told::Told;

/// As many connections as the listener takes, and what else is open.
const OPEN_FILES: u64 = 10_000 + 240;

/// Lets this process have as many open files as it may need, and says where it may not.
pub(super) fn raise_open_files(told: &Told) {
    let limit = getrlimit(Resource::Nofile);
    // Nothing is unlimited here: `None` is the kernel's own greatest number.
    let (current, most) = (
        limit.current.unwrap_or(u64::MAX),
        limit.maximum.unwrap_or(u64::MAX),
    );
    if current >= OPEN_FILES {
        return;
    }
    let raised = Rlimit {
        current: Some(OPEN_FILES.min(most)),
        maximum: limit.maximum,
    };
    if setrlimit(Resource::Nofile, raised).is_err() || most < OPEN_FILES {
        let text = format!(
            "{} open files at most, too few for 10,000 connections; raise it (LimitNOFILE=, ulimit -n)",
            most.max(current)
        );
        told.line("limits", text);
    }
}

/// The signals that ask for the end.
pub(super) struct Ends {
    term: Signal,
    int: Signal,
}

impl Ends {
    pub(super) fn listen() -> Result<Self, String> {
        let on = |kind| signal(kind).map_err(|error| format!("cannot take signals: {error}"));
        Ok(Self {
            term: on(SignalKind::terminate())?,
            int: on(SignalKind::interrupt())?,
        })
    }

    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.term.recv() => "SIGTERM",
            _ = self.int.recv() => "SIGINT",
        }
    }
}

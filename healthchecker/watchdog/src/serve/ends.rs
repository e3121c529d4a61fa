use tokio::signal::unix::{Signal, SignalKind, signal};

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

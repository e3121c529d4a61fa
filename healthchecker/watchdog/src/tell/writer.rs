//! The thread that writes lines.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, SystemTime};

use super::line::{Format, Line};
use crate::threads;

/// How long the last lines are waited for when this process ends.
const PATIENCE: Duration = Duration::from_millis(200);

/// Where lines are handed over.
#[derive(Debug)]
pub(crate) struct Teller {
    lines: SyncSender<String>,
    format: Format,
    /// Lines that were dropped since that was told last.
    lost: u32,
    done: Receiver<()>,
}

impl Teller {
    /// Starts the thread. So many lines may wait for a reader; what comes then is counted and dropped.
    pub(crate) fn start(format: Format, waiting: usize) -> io::Result<Self> {
        let (lines, told) = sync_channel::<String>(waiting);
        let (finished, done) = sync_channel(1);
        let thread = thread::Builder::new().name(String::from("tell"));
        // SIGTTOU is blocked there: the command has the terminal, and one that is set to `tostop` would
        // stop this process.
        threads::start(thread, move || {
            for line in told {
                // Whoever has closed stderr does not want to know.
                let _ = io::stderr().write_all(line.as_bytes());
            }
            let _ = finished.send(());
        })?;
        Ok(Self {
            lines,
            format,
            lost: 0,
            done,
        })
    }

    /// Hands a line over. Never waits.
    pub(crate) fn tell(&mut self, line: &Line) {
        if !self.tell_of_lost() || !self.hand_over(line) {
            self.lost = self.lost.saturating_add(1);
        }
    }

    /// Whether there is nothing more to tell of.
    fn tell_of_lost(&mut self) -> bool {
        if self.lost == 0 {
            return true;
        }
        let is_told = self.hand_over(&Line {
            event: "lost",
            pid: None,
            text: format!("{} lines, since nobody read them", self.lost),
        });
        if is_told {
            self.lost = 0;
        }
        is_told
    }

    fn hand_over(&self, line: &Line) -> bool {
        let line = line.write(self.format, SystemTime::now());
        self.lines.try_send(line).is_ok()
    }

    /// Waits until all is written, but not for ever.
    pub(crate) fn finish(mut self) {
        self.tell_of_lost();
        drop(self.lines);
        let (Ok(()) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)) =
            self.done.recv_timeout(PATIENCE);
    }
}

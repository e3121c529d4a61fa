//! The thread that writes lines.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Lines that wait for a reader; what comes when there are so many is counted and dropped.
const WAITING: usize = 64;

/// How long the last lines are waited for when this process ends.
const PATIENCE: Duration = Duration::from_millis(200);

/// Where lines are handed over.
#[derive(Debug)]
pub(crate) struct Teller {
    lines: SyncSender<String>,
    lost: Arc<AtomicU32>,
    done: Receiver<()>,
}

impl Teller {
    /// Starts the thread.
    pub(crate) fn start() -> io::Result<Self> {
        let (lines, told) = sync_channel::<String>(WAITING);
        let (finished, done) = sync_channel(1);
        let lost = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&lost);
        thread::Builder::new()
            .name(String::from("tell"))
            .spawn(move || {
                for line in told {
                    // Whoever has closed stderr does not want to know.
                    let _ = io::stderr().write_all(line.as_bytes());
                    let lost = counted.swap(0, Ordering::Relaxed);
                    if lost > 0 {
                        let line =
                            format!("watchdog: {lost} lines were lost, since nobody read them\n");
                        let _ = io::stderr().write_all(line.as_bytes());
                    }
                }
                let _ = finished.send(());
            })?;
        Ok(Self { lines, lost, done })
    }

    /// Hands a line over, its end included.
    pub(crate) fn tell(&self, line: String) {
        if self.lines.try_send(line).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until all is written, but not for ever.
    pub(crate) fn finish(self) {
        drop(self.lines);
        let (Ok(()) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)) =
            self.done.recv_timeout(PATIENCE);
    }
}

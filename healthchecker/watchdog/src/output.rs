//! What a job writes: passed on as it comes, and its end kept.
//!
//! Touches `threads`.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::process::{ChildStderr, ChildStdout};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::threads;

/// Bytes that are kept: what ping servers take.
const KEPT: usize = 10_000;

/// How long the last bytes are waited for when the job's own process has ended: whoever else holds the
/// other end may never close it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The threads that pass on a job's output.
#[derive(Debug)]
pub(crate) struct Output {
    tail: Arc<Mutex<VecDeque<u8>>>,
    ended: Receiver<()>,
}

impl Output {
    pub(crate) fn pass_on(output: ChildStdout, errors: ChildStderr) -> io::Result<Self> {
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let (end, ended) = channel();
        copy(output, io::stdout, Arc::clone(&tail), end.clone())?;
        copy(errors, io::stderr, Arc::clone(&tail), end)?;
        Ok(Self { tail, ended })
    }

    /// The last bytes of both, once all is read.
    pub(crate) fn tail(&self) -> Vec<u8> {
        let start = Instant::now();
        for _ in 0..2 {
            if self
                .ended
                .recv_timeout(PATIENCE.saturating_sub(start.elapsed()))
                .is_err()
            {
                break;
            }
        }
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.iter().copied().collect()
    }
}

fn copy<W: Write>(
    mut from: impl Read + Send + 'static,
    to: impl FnOnce() -> W + Send + 'static,
    tail: Arc<Mutex<VecDeque<u8>>>,
    end: Sender<()>,
) -> io::Result<()> {
    let thread = thread::Builder::new().name(String::from("output"));
    threads::start(thread, move || {
        let (mut to, mut bytes) = (to(), [0; 4096]);
        loop {
            let read = match from.read(&mut bytes) {
                Ok(0) => break,
                Ok(read) => bytes.get(..read).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => break,
            };
            let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
            tail.extend(read);
            let surplus = tail.len().saturating_sub(KEPT);
            tail.drain(..surplus);
            drop(tail);
            // The job goes on, though nobody reads what it writes.
            let _ = to.write_all(read).and_then(|()| to.flush());
        }
        // Nobody may be waiting any more.
        let _ = end.send(());
    })
}

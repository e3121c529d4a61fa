//! What a job writes: passed on as it comes, and its end kept.
//!
//! Touches `threads`.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::process::{ChildStderr, ChildStdout};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
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

/// How long that is while there are bytes that nobody reads here.
const LATE_READER: Duration = Duration::from_secs(5);

/// How often it is looked whether there still are.
const LOOK: Duration = Duration::from_millis(50);

/// The threads that pass on a job's output.
#[derive(Debug)]
pub(crate) struct Output {
    tail: Arc<Mutex<VecDeque<u8>>>,
    /// Whether stdout and stderr have bytes to take that have come from the job.
    held_up: [Arc<AtomicBool>; 2],
    ended: Receiver<()>,
}

impl Output {
    pub(crate) fn pass_on(output: ChildStdout, errors: ChildStderr) -> io::Result<Self> {
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let held_up = [Arc::default(), Arc::default()];
        let (end, ended) = channel();
        let [out, err] = held_up.clone();
        copy(output, io::stdout, Arc::clone(&tail), out, end.clone())?;
        copy(errors, io::stderr, Arc::clone(&tail), err, end)?;
        Ok(Self {
            tail,
            held_up,
            ended,
        })
    }

    /// The last bytes of both, once all is read and passed on.
    pub(crate) fn tail(&self) -> Vec<u8> {
        let start = Instant::now();
        let mut open = 2;
        while open > 0 {
            let is_held_up = self.held_up.iter().any(|held_up| held_up.load(Relaxed));
            let patience = if is_held_up { LATE_READER } else { PATIENCE };
            match self.ended.recv_timeout(LOOK) {
                Ok(()) => open -= 1,
                Err(_) if start.elapsed() >= patience => break,
                Err(_) => {}
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
    held_up: Arc<AtomicBool>,
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
            held_up.store(true, Relaxed);
            let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
            tail.extend(read);
            let surplus = tail.len().saturating_sub(KEPT);
            tail.drain(..surplus);
            drop(tail);
            // The job goes on, though nobody reads what it writes.
            let _ = to.write_all(read).and_then(|()| to.flush());
            held_up.store(false, Relaxed);
        }
        // Nobody may be waiting any more.
        let _ = end.send(());
    })
}

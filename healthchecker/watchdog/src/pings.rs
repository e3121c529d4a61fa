//! Ping servers, told by a thread of its own: a slow one holds up nothing but the next ping.
//!
//! Touches `engine` and `threads`.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use healthchecker::{Kick, Ping};

use crate::engine::Told;
use crate::threads;

/// What one ping takes at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// Pings that wait behind a slow server, successes apart.
const WAITING: usize = 8;

/// A ping with what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Signal {
    Start,
    Success,
    Fail(String),
    Exit(u8, Vec<u8>),
}

impl Signal {
    /// Whether it is worth waiting for when this process ends.
    fn is_last_word(&self) -> bool {
        matches!(self, Self::Fail(_) | Self::Exit(..))
    }
}

#[derive(Debug, Default)]
struct Queue {
    signals: VecDeque<Signal>,
    /// Whether a last word is on its way.
    is_telling: bool,
}

/// The thread, and what it has still to send.
#[derive(Debug)]
pub(crate) struct Pings {
    queue: Arc<(Mutex<Queue>, Condvar)>,
    every: Duration,
    last_success: Option<Instant>,
    is_job: bool,
}

impl Pings {
    /// Starts the thread. Between two successes at least nine tenths of `every` pass. A job's end is
    /// told by its exit code.
    pub(crate) fn start(kicks: Vec<Kick>, every: Duration, is_job: bool) -> io::Result<Self> {
        let queue = Arc::new((Mutex::new(Queue::default()), Condvar::new()));
        let taken = Arc::clone(&queue);
        let thread = thread::Builder::new().name(String::from("ping"));
        threads::start(thread, move || send(&kicks, &taken))?;
        Ok(Self {
            queue,
            every,
            last_success: None,
            is_job,
        })
    }

    /// Passes on what a ping server is to know. `output` is what a job wrote last.
    pub(crate) fn tell(&mut self, told: &Told, output: impl FnOnce() -> Vec<u8>) {
        let signal = match told {
            Told::Started => {
                self.last_success = None;
                Signal::Start
            }
            Told::Ready { .. } | Told::Alive if !self.is_job => {
                let now = Instant::now();
                let since = self.last_success.map(|last| now.duration_since(last));
                if since.is_some_and(|since| since < self.every.mul_f32(0.9)) {
                    return;
                }
                self.last_success = Some(now);
                Signal::Success
            }
            Told::Silent { reason } | Told::GaveUp { reason } => Signal::Fail(reason.clone()),
            Told::NotStarted { end } => Signal::Fail(end.words.clone()),
            Told::Exited { end, .. } if self.is_job => Signal::Exit(end.code, output()),
            Told::Exited { end, asked: false } if end.code != 0 => Signal::Fail(end.words.clone()),
            _ => return,
        };
        let mut queue = lock(&self.queue.0);
        if signal == Signal::Success {
            // One says as much as many.
            queue.signals.retain(|waiting| *waiting != Signal::Success);
        }
        if queue.signals.len() == WAITING {
            queue.signals.pop_front();
        }
        queue.signals.push_back(signal);
        self.queue.1.notify_all();
    }

    /// Waits until failures and the job's end are told, but not for longer than two pings may take.
    pub(crate) fn finish(self) {
        let (queue, changed) = &*self.queue;
        let is_unsent =
            |queue: &mut Queue| queue.is_telling || queue.signals.iter().any(Signal::is_last_word);
        drop(changed.wait_timeout_while(lock(queue), 2 * PATIENCE, is_unsent));
    }
}

fn send(kicks: &[Kick], queue: &(Mutex<Queue>, Condvar)) {
    let (queue, changed) = queue;
    let mut waiting = lock(queue);
    loop {
        let Some(signal) = waiting.signals.pop_front() else {
            waiting.is_telling = false;
            changed.notify_all();
            waiting = changed
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        waiting.is_telling = signal.is_last_word();
        drop(waiting);
        let ping = match &signal {
            Signal::Start => Ping::Start,
            Signal::Success => Ping::Success,
            Signal::Fail(reason) => Ping::Fail(reason.as_bytes()),
            Signal::Exit(code, output) => Ping::Exit(*code, output),
        };
        for kick in kicks {
            // Its silence is what a ping server notices.
            let _ = kick.send(ping, PATIENCE / u32::try_from(kicks.len()).unwrap_or(1));
        }
        waiting = lock(queue);
    }
}

/// No code that could panic runs under it.
fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

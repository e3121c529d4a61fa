//! The one thread that writes: what comes within a few milliseconds becomes one commit.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::group::{Batch, Group};
use super::pace::{Pace, Standing};
use super::{Store, StoreError, StoreErrorKind};
use crate::watches::Now;

/// From one look at the queue to the next while batches are gathered.
const LOOK: Duration = Duration::from_micros(500);

/// What is called when a batch is on disk, or is not. It must not block, and runs in the writer's
/// thread: it hands the word on, as by sending on a oneshot channel.
pub type Done = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// The one thread that writes, and the queue to it.
///
/// Batches are kept in the order in which they are submitted, which must be that in which their
/// commands were applied: whoever owns the table submits.
///
/// While the store is lost, batches are refused by their [`Done`], but not forgotten: the table has
/// them already, so they are merged, row by row, and written when the store is back. Whoever owns the
/// table then tells it of an absence.
pub struct Writer {
    queue: SyncSender<(Batch, Done)>,
    standing: Arc<Mutex<Standing>>,
    thread: JoinHandle<()>,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// If there can be no thread.
    pub fn start(store: impl Store + 'static, pace: Pace) -> io::Result<Self> {
        let (queue, batches) = sync_channel(pace.queue);
        let standing = Arc::new(Mutex::new(Standing::default()));
        let told = Arc::clone(&standing);
        let thread = thread::Builder::new()
            .name(String::from("store"))
            .spawn(move || {
                let desk = Desk {
                    store,
                    pace,
                    standing: told,
                    group: Group::default(),
                    waiting: Vec::new(),
                    tidied: Instant::now(),
                    is_tidying: false,
                    kicks: 0,
                    now: Now::default(),
                    lost: None,
                };
                desk.work(&batches);
            })?;
        Ok(Self {
            queue,
            standing,
            thread,
        })
    }

    /// Hands a batch over; waits while the queue is full. One without changes is answered when all
    /// before it is on disk.
    pub fn submit(&self, batch: Batch, done: impl FnOnce(Result<(), StoreError>) + Send + 'static) {
        if let Err(refused) = self.queue.send((batch, Box::new(done))) {
            (refused.0.1)(Err(closed()));
        }
    }

    /// How it fares.
    pub fn standing(&self) -> Standing {
        let mut standing = lock(&self.standing).clone();
        // It cannot say that itself.
        if self.thread.is_finished() {
            standing.lost.get_or_insert_with(closed);
        }
        standing
    }

    /// Waits until all that was submitted is written, or refused. The journal stays for the next start.
    pub fn finish(self) {
        drop(self.queue);
        // A panic in it has been printed, and has answered nobody.
        let _ = self.thread.join();
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

/// What the thread has before it.
struct Desk<S> {
    store: S,
    pace: Pace,
    standing: Arc<Mutex<Standing>>,
    group: Group,
    waiting: Vec<Done>,
    tidied: Instant,
    is_tidying: bool,
    /// Committed since it was last tidied.
    kicks: usize,
    /// The newest time that was committed.
    now: Now,
    /// Since when the store is lost, and when it was last tried.
    lost: Option<(StoreError, Instant)>,
}

impl<S: Store> Desk<S> {
    fn work(mut self, batches: &Receiver<(Batch, Done)>) {
        loop {
            match batches.recv_timeout(self.patience()) {
                Ok(first) => {
                    self.take(first);
                    self.gather(batches);
                    if self.lost.is_none() {
                        self.commit();
                    } else {
                        self.refuse();
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    if self.lost.is_some() {
                        self.commit();
                    }
                    return;
                }
            }
            self.try_again();
            self.tidy();
        }
    }

    /// How long to wait for a batch before something else is to be done.
    fn patience(&self) -> Duration {
        if let Some((_, tried)) = &self.lost {
            self.pace.retry.saturating_sub(tried.elapsed())
        } else if self.is_tidying {
            Duration::ZERO
        } else {
            self.pace.tidy.saturating_sub(self.tidied.elapsed())
        }
    }

    fn take(&mut self, (batch, done): (Batch, Done)) {
        self.group.add(batch);
        self.waiting.push(done);
    }

    /// Looks now and then, and is not woken up by each batch: whoever sends it would pay for that.
    fn gather(&mut self, batches: &Receiver<(Batch, Done)>) {
        let until = Instant::now() + self.pace.gather;
        loop {
            while self.waiting.len().max(self.group.len()) < self.pace.enough {
                match batches.try_recv() {
                    Ok(next) => self.take(next),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return,
                }
            }
            let left = until.saturating_duration_since(Instant::now());
            let is_enough = self.waiting.len().max(self.group.len()) >= self.pace.enough;
            if is_enough || left.is_zero() {
                return;
            }
            thread::sleep(left.min(LOOK));
        }
    }

    fn commit(&mut self) {
        let begun = Instant::now();
        let result = self.store.commit(&self.group);
        let mut standing = lock(&self.standing);
        match &result {
            Ok(()) => {
                standing.commits += 1;
                standing.took = begun.elapsed();
                standing.lost = None;
                self.lost = None;
                let group = std::mem::take(&mut self.group);
                self.kicks += group.rows.values().filter(|row| row.kick.is_some()).count();
                self.now = group.now;
            }
            Err(error) => {
                standing.lost = Some(error.clone());
                self.lost = Some((error.clone(), Instant::now()));
            }
        }
        drop(standing);
        match result {
            Ok(()) => self.waiting.drain(..).for_each(|done| done(Ok(()))),
            Err(_) => self.refuse(),
        }
    }

    /// Answers that the store is lost.
    fn refuse(&mut self) {
        self.group.bound();
        lock(&self.standing).given_up += std::mem::take(&mut self.group.given_up);
        if let Some((error, _)) = &self.lost {
            let error = error.clone();
            let refused = self.waiting.drain(..);
            refused.for_each(|done| done(Err(error.clone())));
        }
    }

    fn try_again(&mut self) {
        let is_time = |(_, tried): &(StoreError, Instant)| tried.elapsed() >= self.pace.retry;
        if self.lost.as_ref().is_some_and(is_time) {
            self.commit();
        }
    }

    fn tidy(&mut self) {
        let is_time = self.tidied.elapsed() >= self.pace.tidy || self.kicks >= self.pace.journal;
        if self.lost.is_some() || !self.is_tidying && !is_time {
            return;
        }
        if !self.is_tidying {
            self.kicks = 0;
        }
        match self.store.tidy(&self.pace.keep, self.now, self.pace.piece) {
            Ok(is_more) => {
                self.is_tidying = is_more;
                lock(&self.standing).untidy = None;
            }
            // Nothing is lost by that: what is in the journal stays there.
            Err(error) => {
                self.is_tidying = false;
                lock(&self.standing).untidy = Some(error);
            }
        }
        self.tidied = Instant::now();
    }
}

/// Its thread has panicked.
fn closed() -> StoreError {
    StoreError::new(StoreErrorKind::Closed, Path::new("store"), "")
}

/// No code that could panic runs under it.
fn lock(standing: &Mutex<Standing>) -> std::sync::MutexGuard<'_, Standing> {
    standing.lock().unwrap_or_else(PoisonError::into_inner)
}

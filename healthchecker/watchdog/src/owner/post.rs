//! What is to be told: given to whoever tells it, and what came of that.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::desk::{Desk, Turn};
use super::{Lost, Owner, PATIENCE};
use crate::outbox::{Job, Look, Notice, Outbox, Step, Verdict};

/// Up to which turn all is on disk, and who waits for that.
#[derive(Debug, Default)]
pub(super) struct Post {
    kept: AtomicU64,
    /// There is something to tell that a lost store has refused: with the next turn that is on disk it is,
    /// too.
    is_owed: AtomicBool,
    rung: Mutex<u64>,
    bell: Condvar,
}

impl Post {
    /// A turn is on disk, and all before it.
    pub(super) fn keep(&self, turn: u64, is_news: bool) {
        self.kept.fetch_max(turn, Ordering::SeqCst);
        if self.is_owed.swap(false, Ordering::SeqCst) || is_news {
            self.ring();
        }
    }

    /// A turn that has something to tell is refused.
    pub(super) fn owe(&self) {
        self.is_owed.store(true, Ordering::SeqCst);
    }

    fn kept(&self) -> u64 {
        self.kept.load(Ordering::SeqCst)
    }

    fn ring(&self) {
        *self.rung() += 1;
        self.bell.notify_all();
    }

    fn rung(&self) -> MutexGuard<'_, u64> {
        // No code that could panic runs under it.
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Does something with what is to be told.
    pub(crate) fn outbox<R>(&mut self, act: impl FnOnce(&mut Outbox, &Look<'_>) -> R) -> R {
        let (now, turn) = (self.now, self.number);
        let Desk { table, outbox, .. } = &mut *self.desk;
        act(outbox, &Look { now, table, turn })
    }
}

/// For threads of their own: they may wait.
impl Owner {
    /// What a thread of a pool does next, and what there is to say on stderr. What it is to send is on disk.
    pub(crate) fn next_delivery(&self, pool: usize) -> (Step, Vec<Notice>) {
        // Without a place nothing is done that is to be stored.
        let place = (!self.is_lost())
            .then(|| Arc::clone(&self.places).try_acquire_owned().ok())
            .flatten();
        let kept = self.post.kept();
        let mut desk = self.lock();
        let mut turn = Turn::new(&mut desk, self.clock.now());
        let may_change = place.is_some();
        let step = turn.outbox(|outbox, look| outbox.take(pool, look, kept, may_change));
        let notices = turn.desk.outbox.take_notices();
        if may_change && !turn.is_empty() {
            self.submit(turn, move |_| drop(place));
        }
        (step, notices)
    }

    /// What came of a delivery. Returns when that is on disk, or will be when the store is back.
    ///
    /// # Errors
    ///
    /// If it could not be noted: it is to be said again.
    pub(crate) fn settle(&self, job: &Job, verdict: &Verdict) -> Result<(), Lost> {
        if self.is_lost() {
            return Err(Lost);
        }
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| Lost)?;
        let (told, on_disk) = sync_channel(1);
        {
            let mut desk = self.lock();
            let mut turn = Turn::new(&mut desk, self.clock.now());
            let (queue, message) = (job.queue, job.message.id);
            turn.outbox(|outbox, look| outbox.settle(queue, message, verdict, look));
            self.submit(turn, move |_| {
                drop(place);
                // Whoever waited may be stopped.
                let _ = told.send(());
            });
        }
        // Refused or not: a store that is back writes all that was handed over.
        let _ = on_disk.recv_timeout(PATIENCE);
        Ok(())
    }

    /// How often something has changed.
    pub(crate) fn rung(&self) -> u64 {
        *self.post.rung()
    }

    /// Waits until something has changed since then, for so long at most.
    pub(crate) fn wait_for_post(&self, since: u64, most: Duration) {
        let rung = self.post.rung();
        let waiting = |rung: &mut u64| *rung == since;
        // What it returns was only looked at.
        drop(self.post.bell.wait_timeout_while(rung, most, waiting));
    }

    /// Wakes everybody who waits.
    pub(crate) fn ring(&self) {
        self.post.ring();
    }
}

//! The owner of the table and of the tokens: the one place where commands are applied, and handed to
//! the store in that order.
//!
//! Touches `clock`, `outbox`, `store`, `tokens` and `watches`.

mod desk;
mod lag;
mod post;
mod start;
mod time;
mod vigil;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, timeout_at};

pub(crate) use desk::{Desk, MOST_MONITORS, Turn};
pub(crate) use lag::Lag;
pub(crate) use start::Beginning;

use crate::clock::Clock;
use crate::store::{Pace, Standing, Writer};
use crate::watches::{Absence, Event, Millis, Now};
use lag::Lags;
use post::Post;
use vigil::{Unserved, Vigil};

/// How long a place and a commit are awaited in all. Clients of the Global Watch Dog wait 5 s.
const PATIENCE: Duration = Duration::from_secs(4);

/// What has happened, when it is on disk. Called by the store's thread: it may not wait.
pub(crate) type Audience = Box<dyn Fn(&[Event], Option<(Absence, usize)>) + Send + Sync>;

/// It is not certain that it is kept: the store is lost, or too slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lost;

/// The owner.
pub(crate) struct Owner {
    desk: Mutex<Desk>,
    writer: Writer,
    clock: Clock,
    /// One for each batch that waits for the store: fewer than its queue has, so that handing over never
    /// waits.
    places: Arc<Semaphore>,
    /// Something is due earlier than was thought.
    sooner: Notify,
    vigil: Arc<Vigil>,
    post: Arc<Post>,
    lags: Lags,
    begun: Millis,
    audience: Arc<Audience>,
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owner").finish_non_exhaustive()
    }
}

impl Owner {
    /// Looks at what there is now, committed or not.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&mut Desk, Now) -> R) -> R {
        let mut desk = self.lock();
        look(&mut desk, self.clock.now())
    }

    /// Does something, and returns when it is on disk; what refuses it returns at once.
    ///
    /// Dropped while it waits, it has been done nevertheless.
    pub(crate) async fn write<R, E>(
        &self,
        act: impl FnOnce(&mut Turn<'_>) -> Result<R, E>,
    ) -> Result<Result<R, E>, Lost> {
        if self.is_lost() {
            return Err(Lost);
        }
        let until = Instant::now() + PATIENCE;
        let place = match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => place,
            // In a box, so that the usual case has nothing of its size.
            Err(_) => Box::pin(self.place(until)).await?,
        };
        let (told, on_disk) = oneshot::channel();
        let result = {
            let mut desk = self.lock();
            let mut turn = Turn::new(&mut desk, self.clock.now());
            let result = act(&mut turn);
            if result.is_err() && turn.is_empty() {
                return Ok(result);
            }
            self.submit(turn, move |is_kept| {
                drop(place);
                // Whoever asked may have gone.
                let _ = told.send(is_kept);
            });
            result
        };
        match timeout_at(until, on_disk).await {
            Ok(Ok(true)) => Ok(result),
            _ => Err(Lost),
        }
    }

    /// Waits for a place.
    async fn place(&self, until: Instant) -> Result<OwnedSemaphorePermit, Lost> {
        let unserved = Unserved::new(&self.vigil, self.clock.now());
        let places = Arc::clone(&self.places).acquire_owned();
        let Ok(Ok(place)) = timeout_at(until, places).await else {
            return Err(Lost);
        };
        unserved.end();
        Ok(place)
    }

    /// Hands over what a turn has made, while the table is still locked.
    fn submit(&self, turn: Turn<'_>, told: impl FnOnce(bool) + Send + 'static) {
        let now = turn.now;
        let is_sooner = turn.is_sooner();
        let number = turn.number;
        let (batch, events, absence) = turn.finish();
        let put = batch.monitors.iter().filter(|(_, row)| row.is_some());
        let monitors: Vec<u128> = put.map(|(id, _)| *id).collect();
        let vigil = Arc::clone(&self.vigil);
        let audience = Arc::clone(&self.audience);
        let post = Arc::clone(&self.post);
        let is_news = !batch.outbox.is_empty();
        self.writer.submit(batch, move |result| {
            let is_kept = result.is_ok();
            vigil.committed(now, is_kept, monitors);
            if is_kept {
                post.keep(number, is_news);
            } else if is_news {
                post.owe();
            }
            let events = vigil.to_tell(is_kept, events);
            let absence = absence.filter(|_| is_kept);
            absence
                .into_iter()
                .for_each(|absence| vigil.was_absent(absence));
            if !events.is_empty() || absence.is_some() {
                audience(&events, absence);
            }
            told(is_kept);
        });
        if is_sooner {
            self.sooner.notify_one();
        }
    }

    /// For how long nothing has been kept, in milliseconds: the loop of the timers has something kept
    /// every 2 s.
    pub(crate) fn unkept(&self) -> Millis {
        let since = self.vigil.kept().max(self.begun);
        self.clock.now().mono.saturating_sub(since)
    }

    /// Whether the store is lost: nothing is applied then.
    pub(crate) fn is_lost(&self) -> bool {
        self.vigil.lost_since().is_some()
    }

    /// The last absence since the start, that of the start included, and how many watches it has moved.
    pub(crate) fn absence(&self) -> Option<(Absence, usize)> {
        self.vigil.absence()
    }

    /// How the store fares.
    pub(crate) fn standing(&self) -> Standing {
        self.writer.standing()
    }

    /// How late the timers were.
    pub(crate) fn lag(&self) -> Lag {
        self.lags.lag(self.clock.now())
    }

    /// The time.
    pub(crate) fn now(&self) -> Now {
        self.clock.now()
    }

    fn lock(&self) -> MutexGuard<'_, Desk> {
        // A panic under it has been printed. The table may have what the store will never get: whoever
        // starts this process again has it begin with what is on disk.
        self.desk.lock().unwrap_or_else(|_| std::process::abort())
    }
}

/// So many batches may wait for the store; the rest of its queue is the timers'.
fn places(pace: &Pace) -> usize {
    (pace.queue / 2).max(1)
}

#[cfg(test)]
mod tests;

//! The loop that makes of time what it does to watches.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until};

use super::Owner;
use super::desk::{Desk, Turn};
use crate::watches::{Absence, Command, Millis, NEVER};

/// At least so often it looks, so that the store knows when it was last alive.
const PULSE: Millis = 2_000;

/// So many timers are looked at in one piece, between which requests are answered.
const PIECE: usize = 2_000;

/// So many pieces are handed to the store before the first of them is on disk.
const UNDER_WAY: usize = 2;

/// How often it looks whether a lost store is back.
const RETRY: Duration = Duration::from_millis(200);

impl Owner {
    /// Keeps time until it is dropped. Calls `beat` each time around: at least every few seconds.
    pub(crate) async fn keep_time(&self, beat: impl Fn()) {
        let mut under_way = VecDeque::new();
        loop {
            beat();
            if self.is_lost() && !self.is_found() {
                under_way.clear();
                sleep(RETRY).await;
                continue;
            }
            if under_way.len() == UNDER_WAY
                && let Some(piece) = under_way.front_mut()
            {
                // A store that is slow must not keep the heart from beating; nor is it lost. But who
                // cannot be heard is not found silent.
                let piece: &mut oneshot::Receiver<bool> = piece;
                let slow = Duration::from_millis(PULSE);
                if tokio::time::timeout(slow, piece).await.is_err() {
                    continue;
                }
                under_way.pop_front();
            }
            if let Some(from) = self.vigil.take_unserved() {
                self.excuse(from);
            }
            let (told, on_disk) = oneshot::channel();
            let next = self.expire(told);
            under_way.push_back(on_disk);
            let now = self.clock.now().mono;
            if next <= now {
                yield_now().await;
                continue;
            }
            let wake = Instant::now() + Duration::from_millis(next - now);
            tokio::select! {
                () = sleep_until(wake) => {}
                () = self.sooner.notified() => {}
            }
        }
    }

    /// Does what is due, and says when to look again.
    fn expire(&self, told: oneshot::Sender<bool>) -> Millis {
        let mut desk = self.lock();
        let now = self.clock.now();
        let mut turn = Turn::new(&mut desk, now);
        turn.apply(Command::Expire { most: PIECE });
        if let Some(late) = turn.late {
            self.lags.late_by(late, now);
        }
        let next = turn.desk.table.next_due().unwrap_or(NEVER);
        let next = next.min(now.mono + PULSE);
        turn.desk.armed = next;
        self.submit(turn, move |is_kept| {
            // The loop may have gone on.
            let _ = told.send(is_kept);
        });
        next
    }

    /// Whether a store that was lost is back. Then all who were awaited meanwhile are excused.
    fn is_found(&self) -> bool {
        if self.standing().lost.is_some() {
            return false;
        }
        let Some(from) = self.vigil.lost_since() else {
            return true;
        };
        let mut desk = self.lock();
        let mut turn = self.absent(&mut desk, from);
        // Before it is submitted: if that fails, too, it is lost anew.
        for id in self.vigil.found() {
            turn.remove_monitor(id);
        }
        self.submit(turn, |_| {});
        true
    }

    /// Some found no place since then: all who were awaited meanwhile are excused.
    fn excuse(&self, from: Millis) {
        let mut desk = self.lock();
        let turn = self.absent(&mut desk, from);
        self.submit(turn, |_| {});
    }

    fn absent<'a>(&self, desk: &'a mut Desk, from: Millis) -> Turn<'a> {
        let mut turn = Turn::new(desk, self.clock.now());
        let to = turn.now.mono;
        turn.apply(Command::Absent(Absence { from, to }));
        turn
    }
}

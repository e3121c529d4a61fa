//! The plan carried out: stored first, then run, then written down.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{Id, JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::audit;
use super::hands::{Hands, Notice};
use super::plan::{Plan, Step};
use super::runner::{Order, Outcome, run};
use crate::config::WatchConfig;
use crate::watches::{Key, Millis, Watch, clean};

/// How long commands that run may take to end when the server stops; then they are killed: 5 s.
pub const PATIENCE_AT_STOP: Duration = Duration::from_secs(5);

/// How long it may then take to write down what has become of them.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// The longest sleep: the timers of tokio stand still while the machine sleeps, the server's clock
/// does not.
const LONGEST_SLEEP: Millis = 60_000;

/// Why a watch is down for which the table has no words.
const SILENT: &str = "no kick has come in time";

/// What restarts silent watches, as a task.
#[derive(Debug)]
pub struct Restarts {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// How far the server is with stopping, for commands that run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Going,
    /// Nothing begins any more.
    Stopping,
    Kill,
}

/// What has become of a step.
enum Done {
    Ended,
    GivenUp,
    Refused,
}

impl Restarts {
    /// Restarts those of the configured watches that have a restart. `known` are watches as they were
    /// stored before the start; all that happens to watches after that is to come through `events`, in
    /// its order. What comes of watches without a restart is ignored.
    ///
    /// The owner of the table may wait for room in `events`: nothing here waits for the owner before it
    /// takes the next.
    ///
    /// It stops by [`stop`](Self::stop), or when the sender of `events` is dropped.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O and time.
    pub fn start<'a>(
        watches: &BTreeMap<Key, WatchConfig>,
        known: impl IntoIterator<Item = &'a Watch>,
        events: mpsc::Receiver<Notice>,
        hands: impl Hands,
    ) -> Self {
        let mut plan = Plan::new(watches);
        let now = hands.now().mono;
        for watch in known {
            plan.resume(watch, now);
        }
        let runs = |order: Order, mut phase: watch::Receiver<Phase>| async move {
            let kill = async {
                // Without a driver nobody could ask for the outcome.
                let _ = phase.wait_for(|phase| *phase == Phase::Kill).await;
            };
            run(&order, kill).await
        };
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(drive(plan, events, Arc::new(hands), runs, stopped));
        Self { stop, task }
    }

    /// Begins nothing more, and waits until what runs has ended and is written down: up to
    /// [`PATIENCE_AT_STOP`], then it is killed, and 3 s more. Whoever answers [`Hands`] must go on until
    /// then. The watches stay as they are stored.
    pub async fn stop(self) {
        let Self { stop, task } = self;
        // It may have stopped by itself.
        let _ = stop.send(());
        let _ = task.await;
    }
}

/// Does what the plan says until it is stopped. `runs` is what runs a command.
pub(super) async fn drive<H, R, F>(
    mut plan: Plan,
    mut events: mpsc::Receiver<Notice>,
    hands: Arc<H>,
    runs: R,
    mut stop: oneshot::Receiver<()>,
) where
    H: Hands,
    R: Fn(Order, watch::Receiver<Phase>) -> F + Clone + Send + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    let (phase, phases) = watch::channel(Phase::Going);
    let mut tasks = JoinSet::new();
    let mut keys = HashMap::<Id, Key>::new();
    loop {
        let now = hands.now().mono;
        let until = match plan.next(now) {
            Step::Run {
                key,
                attempt,
                reason,
            } => {
                let Some(rule) = plan.rule(&key) else {
                    continue;
                };
                let order = Order {
                    attempt,
                    reason: clean(if reason.is_empty() { SILENT } else { &reason }),
                    ..Order::new(rule.exec.clone(), rule.time_limit, key.name())
                };
                let (hands, runs, phases) = (Arc::clone(&hands), runs.clone(), phases.clone());
                let (watch, grace) = (key.clone(), rule.start_grace);
                let task =
                    async move { restart(&*hands, &watch, grace, order, runs, phases).await };
                keys.insert(tasks.spawn(task).id(), key);
                continue;
            }
            Step::GiveUp { key, reason } => {
                let (hands, watch) = (Arc::clone(&hands), key.clone());
                let task = async move { give_up(&*hands, &watch, &clean(&reason)).await };
                keys.insert(tasks.spawn(task).id(), key);
                continue;
            }
            Step::Wait(until) => until,
        };
        let pause = until.map_or(LONGEST_SLEEP, |until| until.saturating_sub(now));
        tokio::select! {
            notice = events.recv() => match notice {
                Some(notice) => plan.hear(&notice, hands.now().mono),
                None => break,
            },
            Some(done) = tasks.join_next_with_id() => {
                let now = hands.now().mono;
                let (id, done) = match done {
                    Ok((id, done)) => (id, Some(done)),
                    Err(error) => (error.id(), None),
                };
                let Some(key) = keys.remove(&id) else { continue };
                match done {
                    Some(Done::Ended) => plan.ended(&key, now),
                    Some(Done::GivenUp) => plan.given_up(&key, now),
                    Some(Done::Refused) => plan.refused(&key, now),
                    // It has panicked: whichever of both it was.
                    None => {
                        plan.ended(&key, now);
                        plan.refused(&key, now);
                    }
                }
            },
            _ = &mut stop => break,
            () = sleep(Duration::from_millis(pause.min(LONGEST_SLEEP))) => {}
        }
    }
    // Nobody may wait for room any more.
    events.close();
    phase.send_replace(Phase::Stopping);
    let mut all = async || while tasks.join_next().await.is_some() {};
    if timeout(PATIENCE_AT_STOP, all()).await.is_err() {
        phase.send_replace(Phase::Kill);
        // What is left is killed as it is dropped.
        let _ = timeout(LAST_WORDS, all()).await;
    }
}

/// One restart. Nothing is run before its beginning is stored, and written down.
async fn restart<F: Future<Output = Outcome>>(
    hands: &impl Hands,
    key: &Key,
    grace: Millis,
    order: Order,
    runs: impl Fn(Order, watch::Receiver<Phase>) -> F,
    phases: watch::Receiver<Phase>,
) -> Done {
    let is_going = || *phases.borrow() == Phase::Going;
    if !is_going() || !hands.restart(key, grace).await {
        return Done::Refused;
    }
    let begun = audit::begun(&order);
    if !hands.log(key, begun.clone().into_bytes()).await || !is_going() {
        return Done::Refused;
    }
    hands.tell(&format!("{}: {begun}", key.name()));
    let outcome = runs(order.clone(), phases.clone()).await;
    let line = audit::ended(&order, &outcome);
    hands.tell(&format!("{}: {line}", key.name()));
    hands.log(key, audit::body(&line, &outcome.output)).await;
    Done::Ended
}

async fn give_up(hands: &impl Hands, key: &Key, reason: &str) -> Done {
    if !hands.give_up(key, reason).await {
        return Done::Refused;
    }
    hands.tell(&format!("{}: restarts are given up: {reason}", key.name()));
    Done::GivenUp
}

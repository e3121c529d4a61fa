//! What the owner promises, beside a store that can be lost.

mod slow;
mod told;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;

use tokio::time::timeout;

use super::*;
use crate::outbox::Sink;
use crate::store::{
    Group, Loaded, Monitor, MonitorKind, Retention, Store, StoreError, StoreErrorKind,
};
use crate::tokens::{Master, Quota};
use crate::watches::{
    Command, Deed, Fresh, Key, Kind, Limits, Millis, Namespace, Outcome, State, Target,
};

/// How long anything here may take.
const BOUND: Duration = Duration::from_secs(20);

#[derive(Default)]
struct Disk {
    is_lost: AtomicBool,
    /// Commits wait until its sender is dropped.
    hang: Mutex<Option<Receiver<()>>>,
    commits: AtomicUsize,
    groups: Mutex<Vec<Group>>,
}

struct Fake(Arc<Disk>);

impl Store for Fake {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        Ok(Loaded::default())
    }

    fn commit(&mut self, group: &Group) -> Result<(), StoreError> {
        let hang = self.0.hang.lock().unwrap().take();
        hang.map(|hang| hang.recv());
        if self.0.is_lost.load(Ordering::SeqCst) {
            let path = std::path::Path::new("fake");
            return Err(StoreError::new(StoreErrorKind::Full, path, ""));
        }
        self.0.groups.lock().unwrap().push(group.clone());
        self.0.commits.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn tidy(&mut self, _: &Retention, _: Now, _: Duration) -> Result<bool, StoreError> {
        Ok(false)
    }
}

struct House {
    owner: Arc<Owner>,
    disk: Arc<Disk>,
    told: Arc<Mutex<Vec<Event>>>,
    absences: Arc<AtomicUsize>,
}

fn house() -> House {
    house_with(Pace::default().queue)
}

fn house_with(queue: usize) -> House {
    house_of(queue, Vec::new())
}

fn house_of(queue: usize, sinks: Vec<Sink>) -> House {
    let disk = Arc::new(Disk::default());
    let told = Arc::new(Mutex::new(Vec::new()));
    let absences = Arc::new(AtomicUsize::new(0));
    let (hear, count, at_disk) = (told.clone(), absences.clone(), disk.clone());
    let audience: Audience = Box::new(move |events, absence| {
        let kept: usize = at_disk
            .groups
            .lock()
            .unwrap()
            .iter()
            .map(|group| group.events.len())
            .sum();
        let mut told = hear.lock().unwrap();
        told.extend(events.to_vec());
        assert!(told.len() <= kept, "told before it is on disk");
        count.fetch_add(usize::from(absence.is_some()), Ordering::SeqCst);
    });
    let owner = Owner::begin(Beginning {
        store: Fake(disk.clone()),
        loaded: Loaded {
            next_id: 1,
            ..Loaded::default()
        },
        pace: Pace {
            retry: Duration::from_millis(20),
            queue,
            ..Pace::default()
        },
        limits: Limits::default(),
        master: Master::new(&[7; 32]).unwrap(),
        quota: Quota {
            per_minute: 60,
            burst: 60,
        },
        watches: Vec::new(),
        sinks,
        audience,
    });
    House {
        owner: Arc::new(owner.unwrap()),
        disk,
        told,
        absences,
    }
}

fn kick(name: &str, timeout: Millis, id: u64) -> Command {
    Command::One {
        target: Target::Key(Key::new(Namespace::Named, name).unwrap()),
        fresh: Some(Fresh {
            id,
            uuid: None,
            kind: Kind::Kick,
            timeout,
            grace: 0,
        }),
        deed: Deed::kick_for(timeout),
    }
}

impl House {
    async fn kick(&self, name: &str, timeout: Millis) -> Result<Result<Outcome, ()>, Lost> {
        let act = |turn: &mut Turn<'_>| {
            let id = turn.id();
            Ok(turn.apply(kick(name, timeout, id)))
        };
        self.owner.write(act).await
    }

    fn state(&self, name: &str) -> Option<State> {
        let key = Key::new(Namespace::Named, name).unwrap();
        self.owner
            .read(|desk, _| desk.table.get(&key).map(|watch| watch.state))
    }

    fn downs(&self) -> usize {
        self.told
            .lock()
            .unwrap()
            .iter()
            .filter(|event| event.opens())
            .count()
    }

    async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let waiting = async {
            while !is_so(self) {
                tokio::task::yield_now().await;
            }
        };
        timeout(BOUND, waiting)
            .await
            .unwrap_or_else(|_| panic!("{what} did not come"));
    }
}

#[tokio::test]
async fn what_is_answered_is_on_disk_and_what_is_refused_leaves_nothing() {
    let house = house();
    assert_eq!(house.kick("a", 60_000).await, Ok(Ok(Outcome::Created)));
    let has_row = |group: &Group| group.rows.values().any(|row| row.put.is_some());
    assert!(house.disk.groups.lock().unwrap().iter().any(has_row));
    let commits = house.disk.commits.load(Ordering::SeqCst);
    let refused = house.owner.write(|_| Err::<(), _>("no")).await;
    assert_eq!(refused, Ok(Err("no")));
    assert_eq!(house.disk.commits.load(Ordering::SeqCst), commits);
    // Something that changes nothing still comes after all that was done before it.
    assert_eq!(house.owner.write(|_| Ok::<_, ()>(())).await, Ok(Ok(())));
}

#[tokio::test]
async fn silence_is_told_once_and_soon_although_the_loop_had_nothing_to_do() {
    let house = house();
    let owner = house.owner.clone();
    let timers = tokio::spawn(async move { owner.keep_time(|| {}).await });
    // The loop sleeps by now, for two seconds.
    house
        .until("the first commit", |house| {
            house.disk.commits.load(Ordering::SeqCst) > 1
        })
        .await;
    let begun = house.owner.now().mono;
    house.kick("a", 1_000).await.unwrap().unwrap();
    house.until("its end", |house| house.downs() > 0).await;
    let took = house.owner.now().mono - begun;
    assert!((1_000..2_000).contains(&took), "after {took} ms");
    assert_eq!(house.downs(), 1);
    timers.abort();
}

#[tokio::test]
async fn while_the_store_is_lost_nobody_is_silent() {
    let house = house();
    let owner = house.owner.clone();
    let beats = Arc::new(AtomicUsize::new(0));
    let beaten = beats.clone();
    let timers = tokio::spawn(async move {
        let beat = || {
            beaten.fetch_add(1, Ordering::SeqCst);
        };
        owner.keep_time(beat).await;
    });
    house.kick("a", 1_000).await.unwrap().unwrap();
    house.disk.is_lost.store(true, Ordering::SeqCst);
    // The first that fails may have been applied; from then on nothing is.
    assert_eq!(house.kick("b", 60_000).await, Err(Lost));
    assert!(house.owner.is_lost());
    assert_eq!(house.kick("c", 60_000).await, Err(Lost));
    assert_eq!(house.state("c"), None);
    let lost_at = house.owner.now().mono;
    let before = beats.load(Ordering::SeqCst);
    house
        .until("two seconds", |house| {
            house.owner.now().mono > lost_at + 2_000
        })
        .await;
    assert_eq!(house.state("a"), Some(State::Up));
    assert!(
        beats.load(Ordering::SeqCst) > before,
        "its heart goes on beating"
    );

    house.disk.is_lost.store(false, Ordering::SeqCst);
    house
        .until("its return", |house| !house.owner.is_lost())
        .await;
    let back_at = house.owner.now().mono;
    house
        .until("the absence", |house| {
            house.absences.load(Ordering::SeqCst) == 1
        })
        .await;
    assert!(house.downs() == 0);
    // Who stays silent is told a timeout later.
    house.until("its end", |house| house.downs() > 0).await;
    assert!(house.owner.now().mono >= back_at + 900);
    assert_eq!(house.kick("c", 60_000).await, Ok(Ok(Outcome::Created)));
    timers.abort();
}

#[tokio::test]
async fn whoever_leaves_while_waiting_gives_no_place_away() {
    let house = house();
    let kick = house.kick("a", 60_000);
    let mut kick = Box::pin(kick);
    // Once polled, it is with the store.
    let is_pending = std::future::poll_fn(|context| {
        std::task::Poll::Ready(kick.as_mut().poll(context).is_pending())
    });
    assert!(is_pending.await);
    drop(kick);
    house
        .until("the commit", |house| {
            house
                .disk
                .groups
                .lock()
                .unwrap()
                .iter()
                .any(|group| !group.rows.is_empty())
        })
        .await;
    assert_eq!(house.state("a"), Some(State::Up));
    house
        .until("its place", |house| {
            house.owner.places.available_permits() == places(&Pace::default())
        })
        .await;
}

#[tokio::test]
async fn a_monitor_whose_id_nobody_has_heard_is_none_when_the_store_is_back() {
    let house = house();
    let owner = house.owner.clone();
    let timers = tokio::spawn(async move { owner.keep_time(|| {}).await });
    house.disk.is_lost.store(true, Ordering::SeqCst);
    let monitor = Monitor {
        id: 5,
        kind: MonitorKind::Slack,
        prefix: "dc".into(),
        authority: "dc".into(),
        url: "https://hooks.slack.com/x".into(),
        serial: 1,
        at: 0,
    };
    let made = house.owner.write(|turn| {
        turn.monitor(monitor);
        Ok::<_, ()>(())
    });
    assert_eq!(made.await, Err(Lost));
    house.disk.is_lost.store(false, Ordering::SeqCst);
    house
        .until("its return", |house| !house.owner.is_lost())
        .await;
    assert!(house.owner.read(|desk, _| desk.monitors.is_empty()));
    house
        .until("the end of the row", |house| {
            let groups = house.disk.groups.lock().unwrap();
            groups
                .iter()
                .any(|group| group.monitors.get(&5) == Some(&None))
        })
        .await;
    timers.abort();
}

//! One life: each step is taken by the engine and by the reference, and after
//! each they are compared.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use health_middleware::{
    Cause, Fault, FaultGuard, Health, Heartbeat, Report, Reporter, StartupGuard, Status,
    Subscription, heartbeat, reporter,
};
use tokio::runtime::Handle;
use tokio::task::yield_now;
use tokio::time::{advance, sleep};

use crate::reference::{Component, Kind};
use crate::world::{self, Ears, Found, Heard, Plan};
use crate::{Life, Step};

const HEART: &str = "heart";
const BREAKER: &str = "breaker";

pub(crate) async fn live(life: Life, ears: Ears) {
    let mut world = World::begin(&life, ears);
    world.compare(false).await;
    for step in life.steps {
        world.take(step).await;
    }
    world.end().await;
}

/// The engine and the reference, and what both of them meet.
struct World {
    ears: Ears,
    health: Health,
    subscription: Subscription,
    plans: Vec<Arc<Mutex<Plan>>>,
    beat: Heartbeat,
    breaker: Reporter,
    guard: Option<StartupGuard>,
    faults: Vec<(usize, usize, FaultGuard)>,
    forced: usize,
    /// The checks, and the heart and the breaker at the end.
    components: Vec<Component>,
    /// When the next run of each check must be over.
    deadlines: Vec<u64>,
    /// What the run of each check that is about to end has answered.
    answers: Vec<Option<Found>>,
    started: bool,
    failed: bool,
    maintenance: bool,
    draining: bool,
    /// Counts the changes beyond those of components.
    switched: usize,
    followed: (usize, View),
}

/// Everything that is published, but for times.
#[derive(Clone, Debug, PartialEq)]
struct View {
    components: Vec<Kind>,
    endpoints: [Status; 4],
    draining: bool,
    maintenance: bool,
}

fn name(index: usize) -> String {
    format!("check-{index}")
}

impl World {
    fn begin(life: &Life, ears: Ears) -> Self {
        let (heart, beat) = heartbeat(HEART, Duration::from_millis(life.time_to_live));
        let guard = life.guarded.then(|| StartupGuard::new("migrations"));
        let (mut told, breaker) = reporter(BREAKER);
        if let Some(time) = life.word_to_live {
            told = told.time_to_live(Duration::from_millis(time));
        }
        let mut builder = Health::builder().liveness(heart).check(told);
        if let Some(guard) = &guard {
            builder = builder.startup(guard);
        }
        let (mut plans, mut components, mut deadlines) = (Vec::new(), Vec::new(), Vec::new());
        for (index, spec) in life.checks.iter().enumerate() {
            let (takes, found) = (0, Found::Healthy);
            let plan = Arc::new(Mutex::new(Plan { takes, found }));
            let check = world::check(&name(index), spec, Arc::clone(&plan), ears.clone());
            builder = if spec.readiness {
                builder.readiness(check)
            } else {
                builder.check(check)
            };
            plans.push(plan);
            components.push(Component::check(spec.clone()));
            deadlines.push(spec.delay + spec.timeout);
        }
        components.push(Component::heartbeat(life.time_to_live));
        components.push(Component::reporter(life.word_to_live));
        ears.start();
        let health = builder.build().unwrap();
        let mut world = Self {
            subscription: health.subscribe(),
            answers: vec![None; plans.len()],
            followed: (0, View::of(&health.report(), plans.len())),
            faults: Vec::new(),
            forced: 0,
            started: false,
            failed: false,
            maintenance: false,
            draining: false,
            switched: 0,
            ears,
            health,
            plans,
            beat,
            breaker,
            guard,
            components,
            deadlines,
        };
        world.followed.0 = world.changed();
        world
    }

    async fn take(&mut self, step: Step) {
        let now = self.ears.now();
        let checks = self.plans.len();
        let mut jumped = false;
        match step {
            Step::Plan(check, plan) => *self.plans[check % checks].lock().unwrap() = plan,
            Step::Pass(mut time) => {
                while time > 700 {
                    sleep(Duration::from_millis(700)).await;
                    time -= 700;
                    self.compare(false).await;
                }
                sleep(Duration::from_millis(time)).await;
            }
            Step::Suspend(time, look) => {
                jumped = true;
                let _ = poll_once(advance(Duration::from_millis(time)));
                for (deadline, component) in self.deadlines.iter_mut().zip(&self.components) {
                    let timeout = component.spec.as_ref().map_or(0, |spec| spec.timeout);
                    *deadline = (*deadline).max(now + time + timeout);
                }
                if look {
                    self.pass(true);
                    self.compare_reports();
                }
            }
            Step::Force(check, fault) => {
                let check = check % checks;
                self.forced += 1;
                let guard = self.health.force(&name(check), fault).unwrap();
                self.faults.push((check, self.forced, guard));
                self.components[check].force(self.forced, fault, now);
                self.rerun(check, now);
            }
            Step::Lift(which) if !self.faults.is_empty() => {
                let (check, id, guard) = self.faults.remove(which % self.faults.len());
                drop(guard);
                self.components[check].lift(id, now);
                self.rerun(check, now);
            }
            Step::Lift(_) => {}
            Step::Beat => {
                self.beat.beat();
                self.components[checks].beat(now);
            }
            Step::Say(found) => {
                match found {
                    Found::Degraded => self.breaker.degraded("by plan"),
                    Found::Failed => self.breaker.unhealthy("by plan"),
                    _ => self.breaker.healthy(),
                }
                let told = &mut self.components[checks + 1];
                told.say(found, now);
                let published = View::of(&self.health.report(), checks).components;
                assert_eq!(published[checks + 1], told.kind(), "not published");
            }
            Step::Maintenance(on) => {
                self.health.maintenance(on);
                self.switched += usize::from(self.maintenance != on);
                self.maintenance = on;
            }
            Step::Drain => {
                self.health.drain();
                self.switched += usize::from(!self.draining);
                self.draining = true;
            }
            Step::Work(done) => {
                if let Some(guard) = self.guard.take() {
                    self.failed = !done;
                    self.switched += 1;
                    if done {
                        guard.done();
                    }
                }
            }
            Step::Follow => self.follow(),
        }
        self.compare(jumped).await;
        self.compare_log();
    }

    /// A change of faults begins a run at once.
    fn rerun(&mut self, check: usize, now: u64) {
        let spec = self.components[check].spec.as_ref().expect("a check");
        self.deadlines[check] = now + spec.timeout;
    }

    fn pass(&mut self, jumped: bool) {
        let now = self.ears.now();
        for component in &mut self.components {
            component.pass(now, jumped);
        }
    }

    /// Lets the engine do what is due, tells the reference of it, and compares.
    async fn compare(&mut self, jumped: bool) {
        for _ in 0..30 {
            yield_now().await;
        }
        if jumped {
            self.pass(true);
        }
        let heard = std::mem::take(&mut self.ears.open().heard);
        for heard in heard {
            self.hear(heard);
        }
        self.pass(false);
        let ran = self.components.iter().all(|component| component.ran);
        self.started |= ran && self.guard.is_none() && !self.failed;
        self.compare_reports();
        let now = self.ears.now();
        for (check, deadline) in self.deadlines.iter().enumerate() {
            // A timer's tick may be lost at the beginning and at the end.
            assert!(now <= deadline + 2, "{} has not run", name(check));
        }
        assert_eq!(self.ears.open().overlaps, 0, "two runs at once");
    }

    fn hear(&mut self, heard: Heard) {
        let check = |name: &str| name.strip_prefix("check-").unwrap().parse::<usize>();
        match heard {
            Heard::Answers(name, found) => self.answers[check(&name).unwrap()] = Some(found),
            Heard::Ran(name, now, took) => {
                let check = check(&name).unwrap();
                let component = &mut self.components[check];
                let spec = component.spec.clone().expect("a check");
                let found = match (component.fault(), self.answers[check].take()) {
                    // However it answers, it is late.
                    _ if took > spec.timeout => Found::TimedOut,
                    (Some(Fault::Panic), None) => Found::Panicked,
                    (Some(Fault::Panic | Fault::Hang), Some(_)) => panic!("the check was asked"),
                    (_, Some(found)) => found,
                    (_, None) => Found::TimedOut,
                };
                let over = took >= spec.timeout;
                assert!(over || found != Found::TimedOut, "cut off after {took} ms");
                component.find(found, now);
                self.deadlines[check] = now - took + spec.period().max(took) + spec.timeout;
            }
        }
    }

    fn compare_reports(&self) {
        let view = self.view();
        let report = self.health.report();
        let now = self.ears.now();
        assert_eq!(View::of(&report, self.plans.len()), view, "after {now} ms");
    }

    /// What was logged and counted of every component, from the beginning.
    fn compare_log(&self) {
        let heap = self.ears.open();
        for (index, component) in self.components.iter().enumerate() {
            let name = match index.checked_sub(self.plans.len()) {
                None => name(index),
                Some(0) => HEART.to_owned(),
                Some(_) => BREAKER.to_owned(),
            };
            let told = heap.events.get(&name).cloned().unwrap_or_default();
            assert_eq!(told, component.events(), "{name}");
            let turned = heap.turned.get(&name).copied().unwrap_or_default();
            assert_eq!(turned, component.turned, "{name}");
        }
        for (what, times) in [
            ("started", self.started),
            ("start-up failed", self.failed),
            ("draining", self.draining),
        ] {
            let told = heap.service.iter().filter(|told| *told == what).count();
            assert_eq!(told, usize::from(times), "{what}");
        }
    }

    /// A subscriber is told of what has changed, once.
    fn follow(&mut self) {
        let (changed, view) = (self.changed(), self.view());
        match poll_once(self.subscription.changed()) {
            Poll::Ready(report) => {
                let report = report.expect("the engine runs");
                assert_eq!(View::of(&report, self.plans.len()), view);
                assert_ne!(changed, self.followed.0, "nothing has changed");
            }
            Poll::Pending => assert_eq!(view, self.followed.1, "nobody was told"),
        }
        assert!(poll_once(self.subscription.changed()).is_pending(), "twice");
        self.followed = (changed, view);
    }

    fn changed(&self) -> usize {
        let components: usize = self.components.iter().map(Component::changed).sum();
        components + self.switched + usize::from(self.started)
    }

    fn view(&self) -> View {
        let components: Vec<Kind> = self.components.iter().map(Component::kind).collect();
        let all = Status::worst_of(components.iter().map(|kind| kind.0));
        let for_ready_alone = |of: &Component| of.spec.as_ref().is_some_and(|s| s.readiness);
        let others = self.components.iter().filter(|of| !for_ready_alone(of));
        let health = Status::worst_of(others.map(|of| of.kind().0));
        let (live, _) = components[self.plans.len()];
        let startup = if self.started {
            Status::Healthy
        } else {
            Status::Unhealthy
        };
        let ready = if self.draining || self.maintenance {
            Status::Unhealthy
        } else {
            startup.worst(all)
        };
        View {
            components,
            endpoints: [health, live, ready, startup],
            draining: self.draining,
            maintenance: self.maintenance,
        }
    }

    async fn end(mut self) {
        self.follow();
        let Self {
            health,
            mut subscription,
            faults,
            ..
        } = self;
        drop(health);
        for _ in 0..30 {
            yield_now().await;
        }
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
        assert!(matches!(
            poll_once(subscription.changed()),
            Poll::Ready(None)
        ));
        drop(faults);
    }
}

impl View {
    fn of(report: &Report, checks: usize) -> Self {
        let kind = |name: &str| -> (Status, Option<Cause>) {
            let component = report.component(name).expect("a component");
            (component.status(), component.cause())
        };
        Self {
            components: (0..checks)
                .map(|index| kind(&name(index)))
                .chain([kind(HEART), kind(BREAKER)])
                .collect(),
            endpoints: [
                report.status(),
                report.live(),
                report.ready(),
                report.startup(),
            ],
            draining: report.is_draining(),
            maintenance: report.is_in_maintenance(),
        }
    }
}

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

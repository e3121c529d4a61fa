//! The engine beside a reference, through whatever may come to pass: outcomes,
//! durations, suspensions, forces, drains, and readers at any time.
//!
//! The clock is tokio's, paused: time passes when everything waits, and a
//! suspension is a jump of it that no task sees. `PROPTEST_CASES` says how many
//! lives are lived, 256 by default; the seed is fixed.

mod life;
mod reference;
mod world;

use std::panic;
use std::time::Duration;

use health_middleware::Fault;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use tokio::runtime::Builder;
use tracing::subscriber::set_default;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry;

use world::{BY_PLAN, Ears, Found, Plan, Spec};

/// What may come to pass.
#[derive(Clone, Debug)]
enum Step {
    Plan(usize, Plan),
    Pass(u64),
    /// Nothing runs meanwhile; somebody may read before anything runs again.
    Suspend(u64, bool),
    Force(usize, Fault),
    Lift(usize),
    Beat,
    /// Something is said of what is told and not asked.
    Say(Found),
    Maintenance(bool),
    Drain,
    /// The end of what start-up waits for, for good or ill.
    Work(bool),
    Follow,
}

#[derive(Clone, Debug)]
struct Life {
    checks: Vec<Spec>,
    time_to_live: u64,
    /// How long a word is believed, if not for ever.
    word_to_live: Option<u64>,
    guarded: bool,
    steps: Vec<Step>,
}

/// Multiples of 100 ms, so that nothing falls between two ticks of a timer.
fn time(longest: u64) -> impl Strategy<Value = u64> {
    (0..=longest / 100).prop_map(|tenths| tenths * 100)
}

fn spec() -> impl Strategy<Value = Spec> {
    let thresholds = (1..=3usize, 1..=3usize);
    let every = prop_oneof![Just(300), Just(1000), Just(5000), Just(90_000)];
    let timeout = prop_oneof![Just(100), Just(1000), Just(4000)];
    let flags = any::<(bool, bool)>();
    (thresholds, every, timeout, time(3000), flags).prop_map(
        |((failures, successes), every, timeout, delay, (optional, readiness))| Spec {
            failures,
            successes,
            every,
            timeout,
            delay,
            optional,
            readiness,
        },
    )
}

fn plan() -> impl Strategy<Value = Plan> {
    let found = prop_oneof![
        3 => Just(Found::Healthy),
        1 => Just(Found::Degraded),
        2 => Just(Found::Failed),
        1 => Just(Found::Panicked),
    ];
    (prop_oneof![3 => Just(0), 1 => time(5000)], found)
        .prop_map(|(takes, found)| Plan { takes, found })
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        2 => Just(Fault::Down),
        1 => Just(Fault::Hang),
        1 => Just(Fault::Panic),
        1 => time(3000).prop_map(|delay| Fault::Slow(Duration::from_millis(delay))),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3usize, plan()).prop_map(|(check, plan)| Step::Plan(check, plan)),
        8 => time(9000).prop_map(Step::Pass),
        1 => time(70_000).prop_map(Step::Pass),
        3 => (time(15_000), any::<bool>()).prop_map(|(jump, look)| Step::Suspend(jump, look)),
        1 => (time(4_000_000), any::<bool>()).prop_map(|(jump, look)| Step::Suspend(jump, look)),
        3 => (0..3usize, fault()).prop_map(|(check, fault)| Step::Force(check, fault)),
        3 => (0..9usize).prop_map(Step::Lift),
        4 => Just(Step::Beat),
        4 => prop_oneof![Just(Found::Healthy), Just(Found::Degraded), Just(Found::Failed)]
            .prop_map(Step::Say),
        1 => any::<bool>().prop_map(Step::Maintenance),
        1 => prop_oneof![9 => Just(Step::Follow), 1 => Just(Step::Drain)],
        1 => prop_oneof![3 => Just(Step::Work(true)), 1 => Just(Step::Work(false))],
        4 => Just(Step::Follow),
    ]
}

fn life() -> impl Strategy<Value = Life> {
    let checks = prop::collection::vec(spec(), 1..=3);
    let steps = prop::collection::vec(step(), 1..60);
    let time_to_live = time(60_000).prop_map(|time| time + 100);
    let word_to_live = prop::option::of(time(30_000).prop_map(|time| time + 100));
    (checks, time_to_live, word_to_live, any::<bool>(), steps).prop_map(
        |(checks, time_to_live, word_to_live, guarded, steps)| Life {
            checks,
            time_to_live,
            word_to_live,
            guarded,
            steps,
        },
    )
}

#[test]
fn the_engine_says_what_the_reference_says() {
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(|text| &**text));
        if !text.is_some_and(|text| [BY_PLAN, "forced to panic"].contains(&text)) {
            others(info);
        }
    }));
    let config = ProptestConfig {
        rng_seed: RngSeed::Fixed(11),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    TestRunner::new(config)
        .run(&life(), |life| {
            live(life);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

fn live(life: Life) {
    let ears = Ears::default();
    let _log = set_default(registry().with(ears.clone()));
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    metrics::with_local_recorder(&ears.clone(), || {
        runtime.block_on(life::live(life, ears));
    });
}

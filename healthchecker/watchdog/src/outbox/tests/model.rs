//! Whatever happens in whatever order: each transition is told at least once, by one number and in its
//! order, or is seen not to be.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use proptest::prelude::*;

use super::world::{again, sink};
use super::*;
use crate::outbox::{Job, Message, Standing, Type, Verdict};
use crate::watches::Sweep;

const NAMES: [&str; 8] = [
    "dc", "dc.a", "dc.a.x", "dc.a.y", "dc.b", "dc.c", "other", "other.x",
];

#[derive(Clone, Debug)]
enum Act {
    Pass(u64),
    Down(usize),
    Up(usize),
    Retire(usize),
    Several(Vec<(usize, bool)>),
    Commit,
    Crash,
    Take(usize),
    /// The first that is under way: delivered, failed, or refused.
    Settle(usize, u8),
    Step(i64),
}

fn act() -> impl Strategy<Value = Act> {
    let name = 0..NAMES.len();
    prop_oneof![
        4 => prop_oneof![1..9_000_u64, 1..600_000_u64].prop_map(Act::Pass),
        6 => name.clone().prop_map(Act::Down),
        6 => name.clone().prop_map(Act::Up),
        1 => name.clone().prop_map(Act::Retire),
        2 => prop::collection::vec((name, any::<bool>()), 1..12).prop_map(Act::Several),
        8 => Just(Act::Commit),
        1 => Just(Act::Crash),
        12 => (1..4_usize).prop_map(Act::Take),
        10 => (0..4_usize, 0..10_u8).prop_map(|(at, verdict)| Act::Settle(at, verdict)),
        1 => (-7_200_000..7_200_000_i64).prop_map(Act::Step),
    ]
}

fn sinks() -> Vec<crate::outbox::Sink> {
    let mut narrow = sink("narrow", "dc.a");
    narrow.events = [Type::Down, Type::Up].into();
    let mut downs = sink("downs", "");
    downs.events = [Type::Down].into();
    vec![sink("ops", ""), narrow, downs]
}

fn play(acts: Vec<Act>) {
    let mut world = World::with(sinks());
    let mut under_way: Vec<Job> = Vec::new();
    for act in acts {
        // So that no two transitions are of one moment.
        world.pass(1);
        match act {
            Act::Pass(millis) => world.pass(millis),
            Act::Down(at) => {
                let command = world.fault(NAMES[at]);
                world.turn(vec![command]);
            }
            Act::Up(at) => {
                let command = world.kick(NAMES[at]);
                world.turn(vec![command]);
            }
            Act::Retire(at) => {
                let command = world.sweep(NAMES[at], Sweep::Retire);
                world.turn(vec![command]);
            }
            Act::Several(all) => {
                let commands = all.into_iter().map(|(at, is_up)| match is_up {
                    true => world.kick(NAMES[at]),
                    false => world.fault(NAMES[at]),
                });
                let commands = commands.collect();
                world.turn(commands);
            }
            Act::Commit => world.commit(),
            Act::Crash => {
                world.crash();
                under_way.clear();
            }
            Act::Take(pool) => under_way.extend(world.take(pool)),
            Act::Settle(at, verdict) if at < under_way.len() => {
                let job = under_way.remove(at);
                let verdict = match verdict {
                    0..5 => Verdict::Delivered,
                    5..9 => again(),
                    _ => Verdict::Refused {
                        problem: "400".into(),
                    },
                };
                world.settle(&job, &verdict);
            }
            Act::Settle(..) => {}
            Act::Step(by) => {
                world.now.wall = world.now.wall.saturating_add_signed(by);
            }
        }
    }
    world.commit();
    for job in under_way {
        world.settle(&job, &Verdict::Delivered);
    }
    world.commit();
    // Everything is well from now on.
    for pool in 1..=3 {
        while world.next(pool, &Verdict::Delivered).is_some() {}
    }
    check(&world);
}

fn check(world: &World) {
    for row in world.outbox.rows(0) {
        let is_above = row.standing == Standing::Muted;
        assert!(
            is_above || row.ended.is_some(),
            "it waits for ever: {row:?}"
        );
    }
    assert_eq!(world.outbox.rows(0).count(), world.stored().len());
    let mut numbers: HashMap<(u64, u32, Type), u128> = HashMap::new();
    for sink in sinks() {
        let sent = world.sent.get(&sink.name).map_or(&[][..], Vec::as_slice);
        check_order(world, sent);
        // What was sent, and what is there and was not.
        let mut known: BTreeMap<(String, u64, u32, Type), u128> = BTreeMap::new();
        let news = sent.iter().flat_map(|message| &message.news);
        let rows = world.outbox.rows(0).filter(|row| row.sink == sink.name);
        let rows: Vec<_> = rows.map(|row| Arc::clone(&row.news)).collect();
        for news in news.chain(rows.iter().map(|news| &**news)) {
            let what = (news.key.name().to_owned(), news.at, news.episode, news.kind);
            let id = *known.entry(what).or_insert(news.id);
            assert_eq!(id, news.id, "two numbers: {news:?}");
        }
        for event in world.events() {
            let Some(kind) = Type::of(event) else {
                continue;
            };
            let is_heard = sink.events.contains(&kind)
                && crate::watches::covers(&sink.prefix, event.key.name());
            let what = (event.key.name().to_owned(), event.at, event.episode, kind);
            let id = known.get(&what);
            assert_eq!(id.is_some(), is_heard, "{}: {event:?}", sink.name);
            if let Some(&id) = id {
                let other = *numbers.entry((event.id, event.episode, kind)).or_insert(id);
                assert_eq!(other, id, "another number for another sink");
            }
        }
    }
}

/// Once a later one of a watch was sent, no earlier one is.
fn check_order(world: &World, sent: &[Message]) {
    let places: HashMap<_, _> = (0..)
        .zip(world.events())
        .filter_map(|(at, event)| {
            let what = (event.key.clone(), event.at, event.episode, Type::of(event)?);
            Some((what, (event.id, at)))
        })
        .collect();
    // A message of several is sent again as a whole.
    let mut last: HashMap<u64, (usize, u128)> = HashMap::new();
    for message in sent {
        let mut ends = HashMap::new();
        for news in &message.news {
            let what = (news.key.clone(), news.at, news.episode, news.kind);
            let (watch, place) = places[&what];
            let within = ends.insert(watch, place).unwrap_or(place);
            assert!(within <= place, "out of order: {message:?}");
            let (before, of) = *last.get(&watch).unwrap_or(&(place, message.id));
            assert!(
                of == message.id || before <= place,
                "out of order: {news:?}"
            );
        }
        last.extend(
            ends.into_iter()
                .map(|(watch, end)| (watch, (end, message.id))),
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn at_least_once_in_order_by_one_number_or_seen(acts in prop::collection::vec(act(), 1..200)) {
        play(acts);
    }
}

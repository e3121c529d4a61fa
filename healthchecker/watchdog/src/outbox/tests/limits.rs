//! Nothing grows for ever, and what is given up is seen.

use super::world::sink;
use super::*;
use crate::outbox::{Limits, Outbox, Standing, Verdict};

fn small(limits: Limits, sinks: &[&str]) -> World {
    let mut world = World::with(sinks.iter().map(|name| sink(name, "")).collect());
    world.limits = limits;
    world.outbox = Outbox::new(limits, world.sinks.clone());
    world
}

fn count(world: &World, standing: Standing) -> usize {
    let rows = world.outbox.rows(0);
    rows.filter(|row| row.standing == standing).count()
}

#[test]
fn the_oldest_of_the_longest_queue_are_dead_letters() {
    let limits = Limits {
        waiting: 100,
        ..Limits::default()
    };
    let mut world = small(limits, &["ops", "slow"]);
    for number in 0..150 {
        world.down([&*format!("p{number}.x")]);
        while let Some(job) = world.take(OPS) {
            world.settle(&job, &Verdict::Delivered);
        }
    }
    // One place was for the one that was just being told.
    assert_eq!(count(&world, Standing::Waiting), 99);
    assert_eq!(count(&world, Standing::Dead), 51);
    let mut rows = world.outbox.rows(0);
    assert!(rows.all(|row| &*row.sink == "slow"), "none of others");
    let first = world.outbox.rows(0).next().unwrap();
    assert_eq!(
        (first.news.key.name(), first.standing),
        ("p0.x", Standing::Dead)
    );
    let fares = world.outbox.fares(world.now);
    assert_eq!((fares["slow"].waiting, fares["slow"].dead), (99, 51));
    assert_eq!(fares["slow"].tally.dead, 51);
    assert_eq!(fares["ops"].tally.delivered, 150);
    assert!(!world.notices.is_empty());
}

#[test]
fn dead_letters_go_when_there_are_too_many_or_they_are_too_old() {
    let limits = Limits {
        dead: 10,
        ..Limits::default()
    };
    let mut world = small(limits, &["ops"]);
    let refused = Verdict::Refused {
        problem: "400".into(),
    };
    for number in 0..25 {
        world.down([&*format!("p{number}.x")]);
        world.send(OPS, &refused);
    }
    world.down(["last"]);
    assert_eq!(count(&world, Standing::Dead), 10);
    world.commit();
    assert_eq!(world.stored().len(), 11);
    world.pass(30 * 24 * 3_600_000);
    world.take(OPS);
    world.commit();
    assert_eq!(
        count(&world, Standing::Dead),
        1,
        "the last one waited for too long"
    );
}

#[test]
fn what_comes_with_it_counts_too() {
    let limits = Limits {
        bytes: 100_000,
        ..Limits::default()
    };
    let mut world = small(limits, &["ops"]);
    let refused = Verdict::Refused {
        problem: "x".repeat(1_000),
    };
    for number in 0..200 {
        world.down([&*format!("p{number}.x")]);
        world.send(OPS, &refused);
    }
    world.up(["last"]);
    let dead = count(&world, Standing::Dead);
    assert!((50..90).contains(&dead), "{dead}");
}

/// A server that tells nobody pays nothing.
#[test]
fn without_anybody_nothing_is_kept() {
    let mut world = World::with(vec![]);
    assert!(world.outbox.is_idle());
    world.down(["a"]);
    assert!(world.stored().is_empty());
}

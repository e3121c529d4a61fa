//! When again, in which order, and when no more.

use super::world::{after, again, sink, words};
use super::*;
use crate::outbox::{MONITORS, Standing, Step, Verdict};

#[test]
fn ten_attempts_and_then_a_dead_letter() {
    let mut world = World::new();
    world.down(["a"]);
    let usual = [0, 5, 15, 60, 300, 1_800, 7_200, 18_000, 36_000, 86_400];
    for seconds in usual {
        let (waited, sent) = world.next(OPS, &again()).unwrap();
        assert_eq!(sent, [["a down"]]);
        let within = seconds * 800..=seconds * 1_200;
        assert!(within.contains(&waited), "{waited} ms for {seconds} s");
    }
    assert_eq!(world.next(OPS, &again()), None);
    assert_eq!(world.standings(), [("a down".into(), Standing::Dead)]);
    assert!(
        world
            .notices
            .iter()
            .any(|notice| notice.text == "ops: down of a: 500")
    );
    // By hand it goes again, with the same number; the check of the world sees to that.
    assert_eq!(
        world.act(|outbox, look| outbox.resend_all("ops", look)),
        Some(1)
    );
    assert_eq!(world.take(OPS), None, "before that is on disk");
    world.commit();
    assert_eq!(world.deliver(), [["a down"]]);
    assert_eq!(world.standings(), []);
    assert!(world.stored().is_empty());
}

#[test]
fn nothing_overtakes_and_others_are_not_held_up() {
    let mut world = World::new();
    world.down(["a"]);
    assert_eq!(world.send(OPS, &again()), [["a down"]]);
    world.up(["a"]);
    world.pass(1_000);
    world.down(["b"]);
    assert_eq!(world.deliver(), [["b down"]]);
    // It has failed, and what follows it waits with it.
    assert_eq!(world.deliver(), [] as [Vec<String>; 0]);
    world.pass(6_000);
    assert_eq!(world.deliver(), [["a down"], ["a up"]]);
    // What is refused stands in nobody's way.
    world.down(["a"]);
    world.up(["a"]);
    let refused = Verdict::Refused {
        problem: "400".into(),
    };
    let first = world.take(OPS).unwrap();
    assert_eq!(world.take(OPS), None, "two of one watch at once");
    world.settle(&first, &refused);
    world.commit();
    assert_eq!(world.deliver(), [["a up"]]);
    assert_eq!(world.standings(), [("a down".into(), Standing::Dead)]);
}

#[test]
fn two_at_once_and_no_more() {
    let mut world = World::new();
    world.down(["a.x", "b.x", "c.x"]);
    let (first, second) = (world.take(OPS).unwrap(), world.take(OPS).unwrap());
    assert_ne!(first.message.id, second.message.id);
    assert_eq!(world.take(OPS), None);
    world.settle(&second, &Verdict::Delivered);
    assert!(world.take(OPS).is_some());
}

#[test]
fn a_sink_that_fails_is_not_asked_for_each_that_waits() {
    let mut world = World::new();
    let names: Vec<String> = (0..1_000).map(|number| format!("p{number}.x")).collect();
    world.down(names.iter().map(String::as_str));
    let mut asked = 0;
    let begun = world.now.mono;
    while world.now.mono < begun + 3_600_000 {
        let (_, sent) = world.next(OPS, &again()).unwrap();
        asked += sent.len();
    }
    assert!((50..80).contains(&asked), "{asked} within an hour");
    // It is back, and all of them are told within a moment.
    let mut told = world.next(OPS, &Verdict::Delivered).unwrap().1.len();
    while let Some((_, sent)) = world.next(OPS, &Verdict::Delivered) {
        told += sent.len();
    }
    assert_eq!(told, 1_000);
}

#[test]
fn what_a_sink_asks_for_is_kept_to() {
    let mut world = World::new();
    world.down(["a"]);
    assert_eq!(world.send(OPS, &after(100)), [["a down"]]);
    world.down(["b"]);
    let (waited, sent) = world.next(OPS, &Verdict::Delivered).unwrap();
    assert_eq!(waited, 100_000);
    // What was due first is told first.
    assert_eq!(sent.concat(), ["b down", "a down"]);
}

#[test]
fn whoever_waits_for_days_is_a_dead_letter() {
    let mut world = World::new();
    let names: Vec<String> = (0..200).map(|number| format!("p{number}.x")).collect();
    world.down(names.iter().map(String::as_str));
    let begun = world.now.mono;
    while world.now.mono < begun + 4 * 24 * 3_600_000 {
        if world.next(OPS, &again()).is_none() {
            break;
        }
    }
    let dead = world.standings();
    assert_eq!(dead.len(), 200);
    assert!(dead.iter().all(|(_, standing)| *standing == Standing::Dead));
}

#[test]
fn one_that_is_gone_is_told_nothing_until_its_url_is_another() {
    let gone = Verdict::Gone {
        problem: "410".into(),
    };
    let mut world = World::with(vec![sink("ops", ""), sink("other", "")]);
    world.down(["a"]);
    world.down(["b"]);
    let other = world.take(OPS).unwrap();
    assert_eq!(world.send(OPS, &gone), [["b down"]]);
    world.settle(&other, &again());
    world.commit();
    let dead = |world: &World| {
        let rows = world.outbox.rows(0);
        rows.filter(|row| row.standing == Standing::Dead).count()
    };
    assert_eq!(dead(&world), 2);
    let told = |world: &World| {
        world
            .notices
            .iter()
            .filter(|notice| notice.event == "sink")
            .count()
    };
    assert_eq!(told(&world), 1);
    world.up(["a"]);
    assert_eq!(world.next(OPS, &Verdict::Delivered), None);
    assert_eq!(dead(&world), 3);
    // Of the other one nothing of that is any business.
    assert_eq!(world.send(OPS + 1, &Verdict::Delivered).len(), 3);
    // Not even after a restart.
    world.crash();
    world.commit();
    world.down(["c"]);
    assert_eq!(world.next(OPS, &Verdict::Delivered), None);
    assert_eq!(dead(&world), 4);
    // But with another URL.
    world.sinks[0].mark = [2; 32];
    world.crash();
    world.commit();
    world.down(["d"]);
    assert_eq!(world.deliver(), [["d down"]]);
    assert_eq!(dead(&world), 4);
    // Or by hand.
    assert_eq!(
        world.act(|outbox, look| outbox.resend_all("ops", look)),
        Some(4)
    );
    world.commit();
    let mut told = world.deliver().concat();
    told.sort();
    assert_eq!(told, ["a down", "a up", "b down", "c down"]);
}

#[test]
fn the_walls_clock_may_step() {
    let mut world = World::new();
    world.down(["a"]);
    assert_eq!(world.send(OPS, &again()), [["a down"]]);
    world.now.wall -= 3_600_000;
    let (waited, _) = world.next(OPS, &again()).unwrap();
    assert!(waited < 7_000, "{waited}");
    // After a restart the wall is all that there is, and no moment is further away than the longest wait.
    world.now.wall -= 30 * 24 * 3_600_000;
    world.crash();
    world.commit();
    let (waited, _) = world.next(OPS, &Verdict::Delivered).unwrap();
    assert!(waited <= 2 * 24 * 3_600_000, "{waited}");
}

#[test]
fn a_sink_that_is_not_configured_any_more_leaves_dead_letters() {
    let mut world = World::new();
    world.down(["a"]);
    world.sinks.clear();
    world.crash();
    world.commit();
    assert_eq!(world.standings(), [("a down".into(), Standing::Dead)]);
    assert_eq!(world.notices.len(), 2, "{:?}", world.notices);
    // Which is said once.
    world.crash();
    assert_eq!(world.notices.len(), 2, "{:?}", world.notices);
    assert_eq!(
        world.act(|outbox, look| outbox.resend_all("ops", look)),
        None
    );
}

#[test]
fn whoever_has_to_be_stored_first_keeps_nobody_waiting_while_nothing_can_be() {
    let mut world = World::with(Vec::new());
    world.monitor(1, "a.", "");
    world.monitor(2, "b.", "");
    world.down(["a.1", "a.2", "a.3", "a.4", "b.1"]);
    while let Some(job) = world.take(MONITORS) {
        let is_first = words(&job.message) != ["b.1 down"];
        let verdict = if is_first {
            Verdict::Delivered
        } else {
            after(6)
        };
        world.settle(&job, &verdict);
        world.commit();
    }
    // The end of the window is the first that is due, and makes a message that must be stored.
    world.pass(7_000);
    let step = world.act(|outbox, look| outbox.take(MONITORS, look, u64::MAX, false));
    let Step::Send(job) = step else {
        panic!("{step:?}");
    };
    assert_eq!(words(&job.message), ["b.1 down"]);
    let step = world.act(|outbox, look| outbox.take(MONITORS, look, u64::MAX, false));
    assert_eq!(step, Step::Wait(world.now.mono + 200), "it is looked again");
}

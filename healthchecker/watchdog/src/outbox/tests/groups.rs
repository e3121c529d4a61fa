//! Several under one prefix.

use super::world::again;
use super::*;
use crate::outbox::Verdict;

fn names(from: usize, to: usize) -> Vec<String> {
    (from..to).map(|number| format!("dc.w{number}")).collect()
}

#[test]
fn three_go_alone_and_the_others_together() {
    let mut world = World::new();
    let all = names(0, 10);
    world.down(all.iter().map(String::as_str));
    assert_eq!(
        world.deliver(),
        [["dc.w0 down"], ["dc.w1 down"], ["dc.w2 down"]]
    );
    // Another prefix is another group, and what comes later in the window goes with it.
    world.pass(4_000);
    world.down(["other.x", "dc.late"]);
    assert_eq!(world.deliver(), [["other.x down"]]);
    world.pass(1_000);
    let sent = world.deliver();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].len(), 8);
    assert_eq!(sent[0][0], "dc.w3 down");
    assert_eq!(sent[0][7], "dc.late down");
    let message = world.sent["ops"].last().unwrap();
    assert_eq!(&*message.prefix, "dc");
    // Then it begins anew.
    world.up(["dc.w0"]);
    assert_eq!(world.deliver(), [["dc.w0 up"]]);
}

#[test]
fn none_has_more_than_five_hundred() {
    let mut world = World::new();
    let all = names(0, 1_203);
    world.down(all.iter().map(String::as_str));
    world.deliver();
    world.pass(5_000);
    let lengths: Vec<usize> = world.deliver().iter().map(Vec::len).collect();
    assert_eq!(lengths, [500, 500, 200]);
}

#[test]
fn names_without_a_dot_are_one_group() {
    let mut world = World::new();
    world.down(["a", "b", "c", "d", "e"]);
    assert_eq!(world.deliver().len(), 3);
    world.pass(5_000);
    assert_eq!(world.deliver(), [["d down", "e down"]]);
    assert_eq!(&*world.sent["ops"].last().unwrap().prefix, "");
}

#[test]
fn a_message_is_what_it_is_after_a_crash_and_its_own_is_decided_before_it_is_sent() {
    let mut world = World::new();
    let all = names(0, 6);
    world.down(all.iter().map(String::as_str));
    // Killed before the window's end: it is gathered anew.
    world.crash();
    world.commit();
    assert_eq!(world.deliver().len(), 3 + 3);
    world.down(["x.a", "x.b", "x.c", "x.d", "x.e"]);
    world.pass(5_000);
    assert_eq!(world.take(OPS).map(|job| job.message.news.len()), Some(1));
    world.commit();
    let sent = world.send(OPS, &again());
    assert!(sent.len() == 1, "it rests: {sent:?}");
    world.crash();
    world.commit();
    let mut all = Vec::new();
    while let Some((_, sent)) = world.next(OPS, &Verdict::Delivered) {
        all.extend(sent);
    }
    // The check of the world holds each to what it was.
    assert!(
        all.contains(&vec!["x.d down".into(), "x.e down".into()]),
        "{all:?}"
    );
}

#[test]
fn whoever_has_to_wait_does_not_hold_up_its_group() {
    let mut world = World::new();
    world.down(["dc.a"]);
    let held = world.take(OPS).unwrap();
    world.down(["dc.b", "dc.c"]);
    world.deliver();
    world.up(["dc.a", "dc.b", "dc.c"]);
    world.pass(5_000);
    assert_eq!(world.deliver(), [["dc.b up", "dc.c up"]]);
    world.settle(&held, &Verdict::Delivered);
    world.commit();
    assert_eq!(world.deliver(), [["dc.a up"]]);
}

#[test]
fn a_watch_that_flaps_does_not_outrun_a_sink_that_rests() {
    let mut world = World::new();
    world.down(["dc.a"]);
    assert_eq!(world.send(OPS, &again()), [["dc.a down"]]);
    for _ in 0..30 {
        world.up(["dc.a"]);
        world.pass(50);
        world.down(["dc.a"]);
        world.pass(50);
    }
    world.down(["dc.b"]);
    world.pass(5_000);
    let sent = world.deliver();
    let lengths: Vec<usize> = sent.iter().map(Vec::len).collect();
    // What goes alone has gone so already, and nobody else waits for what waits.
    assert_eq!(lengths, [1, 1, 1, 58, 1], "{sent:?}");
    assert_eq!(sent[4], ["dc.b down"]);
    assert!(world.stored().is_empty());
}

#[test]
fn one_turn_forms_so_much_and_the_next_when_that_is_on_disk() {
    let mut world = World::new();
    let names: Vec<String> = (0..4_503).map(|number| format!("a.{number}")).collect();
    world.down(names.iter().map(String::as_str));
    assert_eq!(world.deliver().len(), 3);
    world.pass(5_000);
    let formed = |world: &World| {
        let rows = world.stored().values();
        rows.filter(|row| row.message.is_some()).count()
    };
    // However often somebody asks meanwhile. What is sent is under way: nothing of it is removed yet.
    let mut jobs = Vec::new();
    for wanted in [2_000, 4_000] {
        jobs.extend((0..3).filter_map(|_| world.take(OPS)));
        world.commit();
        assert_eq!(formed(&world), wanted);
    }
    for job in &jobs {
        world.settle(job, &Verdict::Delivered);
    }
    world.commit();
    while !world.deliver().is_empty() {}
    let sent = &world.sent["ops"];
    assert_eq!(
        sent.iter().map(|sent| sent.news.len()).sum::<usize>(),
        4_503
    );
    assert!(sent.iter().all(|sent| sent.news.len() <= 500));
}

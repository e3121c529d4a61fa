//! What stands below something that is down.

use super::world::sink;
use super::*;
use crate::outbox::{Standing, Verdict};
use crate::watches::{NEVER, Sweep};

const NOTHING: [Vec<String>; 0] = [];

fn muted(world: &World) -> Vec<String> {
    let all = world.standings().into_iter();
    all.filter(|(_, standing)| *standing == Standing::Muted)
        .map(|(text, _)| text)
        .collect()
}

#[test]
fn a_parent_that_is_down_mutes_its_children() {
    let mut world = World::new();
    // In one turn, the child first.
    world.down(["dc.server2.disk", "dc.server2", "dc.server20"]);
    assert_eq!(world.deliver(), [["dc.server2 down"], ["dc.server20 down"]]);
    assert_eq!(muted(&world), ["dc.server2.disk down"]);
    // Both are up: nobody is told of the child.
    world.up(["dc.server2.disk"]);
    world.up(["dc.server2"]);
    assert_eq!(world.deliver(), [["dc.server2 up"]]);
    assert_eq!(
        muted(&world),
        ["dc.server2.disk down", "dc.server2.disk up"]
    );
    world.crash();
    world.commit();
    assert_eq!(world.next(OPS, &Verdict::Delivered), None);
}

#[test]
fn whoever_is_still_down_when_its_parent_is_up_is_told_after_a_while() {
    for crashes in [false, true] {
        let mut world = World::new();
        world.down(["dc", "dc.a", "dc.b"]);
        assert_eq!(world.deliver(), [["dc down"]]);
        world.pass(60_000);
        world.up(["dc"]);
        assert_eq!(world.deliver(), [["dc up"]]);
        if crashes {
            world.crash();
            world.commit();
        }
        world.pass(60_000);
        world.up(["dc.b"]);
        assert_eq!(world.deliver(), NOTHING);
        let (waited, sent) = world.next(OPS, &Verdict::Delivered).unwrap();
        assert_eq!((waited, sent), (240_000, vec![vec!["dc.a down".into()]]));
        world.up(["dc.a"]);
        assert_eq!(world.deliver(), [["dc.a up"]]);
        assert_eq!(muted(&world), ["dc.b down", "dc.b up"]);
    }
}

#[test]
fn it_stays_muted_while_another_is_down_or_is_down_again() {
    let mut world = World::new();
    world.down(["dc", "dc.rack", "dc.rack.a"]);
    world.deliver();
    world.up(["dc"]);
    world.deliver();
    // The rack is promised, and what is below it waits for the rack.
    world.pass(10_000);
    world.down(["dc"]);
    assert_eq!(world.deliver(), [["dc down"]]);
    world.pass(400_000);
    assert_eq!(world.deliver(), NOTHING);
    assert_eq!(muted(&world), ["dc.rack down", "dc.rack.a down"]);
    world.up(["dc", "dc.rack"]);
    assert_eq!(world.deliver(), [["dc up"]]);
    let (_, sent) = world.next(OPS, &Verdict::Delivered).unwrap();
    assert_eq!(sent, [["dc.rack.a down"]]);
}

/// Whoever hears nothing of the parent is not to hear nothing at all.
#[test]
fn only_who_is_told_of_the_parent_is_spared_the_child() {
    let mut ups = sink("ups", "");
    ups.events.remove(&crate::outbox::Type::Down);
    let mut world = World::with(vec![sink("ops", ""), sink("disks", "dc.a.disk"), ups]);
    world.monitor(7, "dc.a.", "dc");
    world.down(["dc.a", "dc.a.disk"]);
    assert_eq!(world.deliver(), [["dc.a down"]]);
    assert_eq!(world.send(2, &Verdict::Delivered), [["dc.a.disk down"]]);
    assert_eq!(world.send(0, &Verdict::Delivered), [["dc.a.disk down"]]);
    // Nor is one that is held and down, of which nobody was told.
    let mut world = World::new();
    world.up(["dc"]);
    let hold = world.sweep(
        "dc",
        Sweep::Hold {
            is_maintenance: false,
            until: NEVER,
        },
    );
    world.turn(vec![hold]);
    world.down(["dc", "dc.a"]);
    assert_eq!(world.deliver(), [["dc.a down"]]);
}

#[test]
fn a_parent_that_is_retired_mutes_nobody() {
    let mut world = World::new();
    world.down(["dc", "dc.a"]);
    world.deliver();
    let retire = world.sweep("dc", Sweep::Retire);
    world.turn(vec![retire]);
    world.commit();
    assert_eq!(world.deliver(), [["dc up"]]);
    let (waited, sent) = world.next(OPS, &Verdict::Delivered).unwrap();
    assert_eq!((waited, sent), (300_000, vec![vec!["dc.a down".into()]]));
}

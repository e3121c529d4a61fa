//! Who hears of what.

use super::world::{key, sink};
use super::*;
use crate::outbox::{Standing, Type, Verdict, monitor_sink, shown};
use crate::watches::{Deed, Event, NEVER, State, Sweep};

#[test]
fn what_is_told_of_a_transition() {
    let event = |from, to, is_told| Event {
        id: 1,
        key: key("a"),
        at: 0,
        episode: 1,
        from,
        to,
        reason: "".into(),
        body: Box::default(),
        is_told,
        instance: None,
    };
    for (from, to, kind) in [
        (State::Up, State::Timeout, Some(Type::Down)),
        (State::Late, State::Fault, Some(Type::Down)),
        (State::Paused, State::GaveUp, Some(Type::Down)),
        (State::Fault, State::Up, Some(Type::Up)),
        (State::GaveUp, State::Retired, Some(Type::Up)),
        (State::Up, State::Late, Some(Type::Late)),
        (State::Timeout, State::Restarting, Some(Type::Restarted)),
        (State::Restarting, State::GaveUp, Some(Type::GaveUp)),
        (State::Restarting, State::Timeout, None),
        (State::Timeout, State::Fault, None),
        (State::Up, State::Up, None),
        (State::Late, State::Up, None),
        (State::New, State::Up, None),
        (State::Up, State::Retired, None),
    ] {
        assert_eq!(Type::of(&event(from, to, true)), kind, "{from:?} {to:?}");
        assert_eq!(Type::of(&event(from, to, false)), None);
    }
}

#[test]
fn each_sink_hears_what_it_is_for() {
    let mut downs = sink("downs", "dc");
    downs.events = [Type::Down].into();
    let mut beats = sink("beats", "");
    beats.namespaces = [crate::watches::Namespace::Heartbeat].into();
    let mut world = World::with(vec![downs, beats]);
    world.down(["dc", "dc.a", "dc2", "other"]);
    world.up(["dc"]);
    let rows = world.standings();
    assert_eq!(
        rows,
        [
            ("dc down".into(), Standing::Waiting),
            ("dc.a down".into(), Standing::Muted)
        ]
    );
}

/// The text and the authority, as `store::Monitor` has both; and neither bodies nor what is not for them.
#[test]
fn monitors_hear_by_prefix_and_authority() {
    let mut world = World::with(vec![]);
    world.monitor(1, "dc.server1", "dc");
    world.monitor(2, "dc.server1", "dc.server1");
    world.monitor(3, "", "");
    world.monitor(4, "x", "x");
    world.down(["dc.server10", "x"]);
    let heard = |world: &World, id: u128| {
        let rows = world.outbox.rows(0);
        rows.filter(|row| row.sink == monitor_sink(id))
            .map(|row| row.news.key.name().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(heard(&world, 1), ["dc.server10"]);
    assert_eq!(heard(&world, 2), [""; 0]);
    assert_eq!(heard(&world, 3), ["dc.server10", "x"]);
    assert!(world.outbox.rows(0).all(|row| row.news.body.is_empty()));
    let ids: std::collections::BTreeSet<_> = world.outbox.rows(0).map(|row| row.news.id).collect();
    assert_eq!(ids.len(), 2, "one number for whomever");
    // One at a time, so that no stranger has many threads.
    assert_eq!(world.send(0, &Verdict::Delivered).len(), 4);
}

#[test]
fn a_monitor_that_is_removed_takes_its_rows_along() {
    let mut world = World::new();
    world.monitor(1, "dc.", "dc");
    world.down(["dc.a", "dc.b", "dc.c", "dc.d"]);
    let job = world.take(0).unwrap();
    assert_eq!(job.sink, monitor_sink(1));
    world.monitors.clear();
    world.act(|outbox, _| outbox.remove_monitor(1));
    world.settle(&job, &super::world::again());
    world.commit();
    assert!(world.stored().values().all(|row| &*row.sink == "ops"));
    world.down(["dc.e"]);
    assert_eq!(world.next(0, &Verdict::Delivered), None);
    assert_eq!(world.deliver().len(), 3);
}

#[test]
fn a_monitor_is_sent_to_again_by_the_name_that_is_shown() {
    let mut world = World::with(vec![]);
    world.monitor(0xfeed, "", "");
    world.down(["a"]);
    let refused = Verdict::Refused {
        problem: "404".into(),
    };
    world.send(0, &refused);
    let (id, name) = {
        let row = world.outbox.rows(0).next().unwrap();
        (row.news.id, shown(&row.sink))
    };
    let its_own = monitor_sink(0xfeed);
    assert_eq!(
        world.act(|outbox, look| outbox.resend(id, &its_own, look)),
        None
    );
    assert_eq!(
        world.act(|outbox, look| outbox.resend(id, &name, look)),
        Some(1)
    );
    world.commit();
    assert_eq!(world.send(0, &Verdict::Delivered), [["a down"]]);
}

#[test]
fn held_and_retired_ones_are_told_as_the_table_says() {
    let mut world = World::new();
    world.up(["a"]);
    let hold = Sweep::Hold {
        is_maintenance: true,
        until: NEVER,
    };
    let hold = world.sweep("a", hold);
    world.turn(vec![hold]);
    world.down(["a"]);
    assert_eq!(world.deliver(), [] as [Vec<String>; 0]);
    let release = world.sweep("a", Sweep::Release);
    world.turn(vec![release]);
    world.commit();
    assert_eq!(world.deliver(), [["a down"]]);
    let retire = world.sweep("a", Sweep::Retire);
    world.turn(vec![retire]);
    world.commit();
    assert_eq!(world.deliver(), [["a up"]]);
    let _ = Deed::Sweep(Sweep::Clear);
}

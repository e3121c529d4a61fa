//! Instances of services: what is known of them, and who is told.

use super::*;

fn key(id: &str) -> Key {
    Key::instance("api", id).unwrap()
}

fn deed(id: &str, deed: Deed) -> Command {
    Command::One {
        target: Target::Key(key(id)),
        fresh: Some(Fresh {
            kind: Kind::Instance,
            timeout: 30 * SECOND,
            grace: 30 * SECOND,
            ..fresh(1)
        }),
        deed,
    }
}

fn register(payload: &str) -> Deed {
    Deed::Register {
        timeout: 30 * SECOND,
        grace: 30 * SECOND,
        payload: payload.into(),
    }
}

fn configure(payload: &str) -> Deed {
    Deed::Configure(Settings {
        payload: Some(payload.into()),
        ..Settings::default()
    })
}

/// Each event: from, to, the payload, and the state that it leaves.
fn said(effects: &Effects) -> Vec<(State, State, String, State)> {
    let said = effects.events.iter().map(|event| {
        let instance = event.instance.as_ref().unwrap();
        let payload = instance.payload.to_string();
        (event.from, event.to, payload, instance.state)
    });
    said.collect()
}

#[test]
fn each_change_of_an_instance_says_what_it_is() {
    use State::{Fault, Maintenance, New, Retired, Timeout, Up};
    let mut bench = Bench::new();
    let mut act = |pass: Millis, what: Deed| {
        bench.pass(bench.now + pass * SECOND);
        let before = bench.events.len();
        bench.apply(deed("1", what));
        let events = bench.events[before..].iter();
        said(&Effects {
            events: events.map(|(_, event)| event.clone()).collect(),
            ..Effects::default()
        })
    };
    let event = |from, to, payload: &str, state| (from, to, payload.to_owned(), state);
    assert_eq!(act(0, register("a")), [event(New, Up, "a", Up)]);
    assert_eq!(act(1, register("a")), [], "the same again is a beat");
    assert_eq!(act(1, kick()), []);
    assert_eq!(act(1, register("b")), [event(Up, Up, "b", Up)]);
    assert_eq!(act(1, configure("b")), []);
    assert_eq!(act(1, configure("c")), [event(Up, Up, "c", Up)]);
    assert_eq!(act(40, kick()), [event(Timeout, Up, "c", Up)]);
    let both = [event(Timeout, Up, "d", Up), event(Up, Up, "d", Up)];
    assert_eq!(act(40, register("d")), both);
    assert_eq!(act(1, fault("x")), [event(Up, Fault, "d", Fault)]);
    assert_eq!(act(1, register("d")), [event(Fault, Up, "d", Up)]);
    let held = Deed::Sweep(Sweep::Hold {
        is_maintenance: true,
        until: NEVER,
    });
    assert_eq!(act(1, held), [event(Up, Maintenance, "d", Maintenance)]);
    let other = [event(Maintenance, Maintenance, "e", Maintenance)];
    assert_eq!(act(1, register("e")), other);
    assert_eq!(
        act(1, Deed::Sweep(Sweep::Release)),
        [event(Maintenance, Up, "e", Up)]
    );
    assert_eq!(
        act(1, Deed::Sweep(Sweep::Retire)),
        [event(Up, Retired, "e", Up)]
    );
}

#[test]
fn what_is_told_of_an_instance() {
    let mut bench = Bench::new();
    let told = |bench: &Bench| {
        let events = bench.events.iter().map(|(_, event)| event);
        let told = events.filter_map(|event| {
            let word = if event.opens() {
                "down"
            } else if event.closes() {
                "up"
            } else {
                return None;
            };
            Some((word, event.to))
        });
        told.collect::<Vec<_>>()
    };
    bench.apply(deed("1", register("a")));
    bench.apply(deed("1", register("b")));
    bench.apply(deed("1", Deed::Sweep(Sweep::Retire)));
    assert_eq!(told(&bench), [], "it has come and gone as it should");
    bench.apply(deed("1", register("a")));
    bench.pass(2 * MINUTE);
    assert_eq!(
        told(&bench),
        [("down", State::Timeout), ("up", State::Retired)]
    );
    let last = &bench.events.last().unwrap().1;
    assert_eq!(last.instance.as_ref().unwrap().last, at(0).wall);
}

#[test]
fn who_fails_its_checks_is_gone_when_it_has_been_silent_for_as_long_as_others() {
    let mut bench = Bench::new();
    bench.apply(deed("1", register("a")));
    bench.pass(10 * SECOND);
    bench.apply(deed("1", fault("refused")));
    bench.pass(2 * MINUTE);
    assert_eq!(bench.entered(State::Fault), Some(10 * SECOND));
    assert_eq!(bench.entered(State::Retired), Some(60 * SECOND));
    assert_eq!(bench.entered(State::Timeout), None);

    // As with a silent one, the watchdog's own absence counts for nobody.
    bench.apply(deed("1", register("a")));
    bench.apply(deed("1", fault("refused")));
    let begun = bench.now;
    bench.pass(begun + 50 * SECOND);
    bench.now += 5 * MINUTE;
    bench.events.clear();
    bench.pass(begun + 10 * MINUTE);
    let gone = begun + 50 * SECOND + 5 * MINUTE + 30 * SECOND;
    assert_eq!(bench.entered(State::Retired), Some(gone));
}

#[test]
fn a_beat_alone_is_an_entry_in_the_journal() {
    let mut bench = Bench::new();
    let is_kick = |change: &Change| matches!(change, Change::Kick { .. });
    assert!(
        !bench
            .apply(deed("1", register("a")))
            .changes
            .iter()
            .all(is_kick)
    );
    let again = bench.apply(deed("1", register("a")));
    assert!(again.changes.len() == 1 && is_kick(&again.changes[0]));
    let other = bench.apply(deed("1", register("b")));
    let Some(Change::Put(put)) = other.changes.last() else {
        panic!("it is not kept: {other:?}");
    };
    assert_eq!(put.payload(), "b");
    let gone = bench.apply(deed("1", Deed::Sweep(Sweep::Retire)));
    let Some(Change::Retire(gone)) = gone.changes.last() else {
        panic!("no end");
    };
    assert_eq!((gone.payload(), &gone.extra), ("", &None));
}

#[test]
fn there_are_only_so_many_instances() {
    let mut bench = Bench::new();
    let one = |at: usize| deed(&at.to_string(), register("a"));
    for number in 0..MOST_INSTANCES {
        assert_eq!(bench.apply(one(number)).outcome, Outcome::Created);
    }
    assert_eq!(bench.apply(one(MOST_INSTANCES)).outcome, Outcome::Full);
    assert_eq!(bench.apply(one(0)).outcome, Outcome::Done(1));
    let all: Vec<_> = bench
        .table
        .select(Namespace::Registry, "", "")
        .cloned()
        .collect();
    bench.table = Table::restore(Limits::default(), all, at(0), &[]);
    assert_eq!(bench.apply(one(MOST_INSTANCES)).outcome, Outcome::Full);
    bench.apply(deed("7", Deed::Sweep(Sweep::Retire)));
    assert_eq!(bench.apply(one(MOST_INSTANCES)).outcome, Outcome::Created);
}

#[test]
fn an_instance_has_two_names_in_one() {
    let key = Key::instance("api", "1").unwrap();
    assert_eq!(key.name(), "api\u{1f}1");
    assert_eq!(key.service(), Some(("api", "1")));
    assert_eq!(named("api").service(), None);
    for (service, id) in [
        ("", "1"),
        ("a", ""),
        ("a\u{1f}", "b"),
        ("a", "b\nc"),
        ("a\0", "b"),
    ] {
        assert!(Key::instance(service, id).is_err(), "{service:?} {id:?}");
    }
    let long = "x".repeat(LONGEST_NAME);
    assert!(Key::instance(&long, &long).is_ok());
    assert!(Key::instance(&long, &format!("{long}x")).is_err());
}

/// The two clocks do not tick at the same moment: what is computed of both anew differs by as much.
#[test]
fn one_beat_has_one_moment_whenever_it_is_asked_for() {
    let mut bench = Bench::new();
    let effects = bench.apply(deed("1", register("{}")));
    let first = effects.events[0].instance.as_ref().unwrap().last;
    assert_eq!(first, DAWN.wall);
    let later = Now {
        mono: DAWN.mono + SECOND,
        wall: DAWN.wall + SECOND + 1,
    };
    assert_eq!(bench.table.get(&key("1")).unwrap().heard(later), first);
    let effects = apply(&mut bench.table, later, deed("1", configure("{1}")));
    assert_eq!(effects.events[0].instance.as_ref().unwrap().last, first);
    apply(&mut bench.table, later, deed("1", Deed::kick()));
    assert_eq!(bench.table.get(&key("1")).unwrap().heard(DAWN), later.wall);
    let watches = vec![bench.table.get(&key("1")).unwrap().clone()];
    let mut watches = watches;
    watches[0].extra().heard = 0;
    let table = Table::restore(Limits::default(), watches, later, &[]);
    assert_eq!(table.get(&key("1")).unwrap().heard(DAWN), later.wall);
}

#[test]
fn all_instances_together_say_only_so_much() {
    let mut bench = Bench::new();
    let most = MOST_INSTANCE_BYTES;
    let half = "x".repeat(most / 2);
    for id in ["1", "2"] {
        bench.apply(deed(id, register(&half)));
    }
    assert_eq!(bench.apply(deed("3", register("x"))).outcome, Outcome::Full);
    assert!(bench.table.get(&key("3")).is_none());
    let longer = format!("{half}x");
    assert_eq!(
        bench.apply(deed("1", register(&longer))).outcome,
        Outcome::Full
    );
    assert_eq!(bench.table.get(&key("1")).unwrap().payload(), half);
    // What it has said it may say again, and what drains is not held up.
    assert_eq!(
        bench.apply(deed("1", register(&half))).outcome,
        Outcome::Done(1)
    );
    bench.apply(deed("1", configure(&longer)));
    assert_eq!(bench.table.get(&key("1")).unwrap().payload(), longer);
    bench.apply(deed("2", Deed::Sweep(Sweep::Retire)));
    assert_eq!(
        bench.apply(deed("3", register("x"))).outcome,
        Outcome::Created
    );
    bench.pass(bench.now + 60 * SECOND);
    for id in ["1", "2"] {
        assert_eq!(
            bench.apply(deed(id, register(&half))).outcome,
            Outcome::Created
        );
    }
    let watches = [key("1"), key("2")].map(|key| bench.table.get(&key).unwrap().clone());
    let mut table = Table::restore(Limits::default(), watches.into(), DAWN, &[]);
    let effects = apply(&mut table, DAWN, deed("3", register("x")));
    assert_eq!(effects.outcome, Outcome::Full);
}

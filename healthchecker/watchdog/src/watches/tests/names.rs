//! Names, prefixes and authorities.

use super::*;

#[test]
fn what_is_a_name() {
    let error = |namespace, name: &str| Key::new(namespace, name).err();
    let long = "a".repeat(LONGEST_NAME);
    for name in ["a", "dc.server1", "a-b_c.9", &long] {
        assert_eq!(error(Namespace::Named, name), None, "{name}");
    }
    for (name, why) in [
        ("", NameError::Empty),
        (".", NameError::OnlyDots),
        ("....", NameError::OnlyDots),
        ("A", NameError::Character),
        ("a b", NameError::Character),
        ("a/b", NameError::Character),
        ("ä", NameError::Character),
        (&format!("{long}a"), NameError::TooLong),
    ] {
        assert_eq!(error(Namespace::Named, name), Some(why), "{name}");
    }
    assert_eq!(error(Namespace::Heartbeat, "Dienst Nº 7/b"), None);
    assert_eq!(
        error(Namespace::Heartbeat, "a\nb"),
        Some(NameError::Character)
    );
    assert_eq!(error(Namespace::Registry, "api\u{1f}api-1"), None);
    for name in ["api", "\u{1f}id", "api\u{1f}", "a\u{1f}b\u{1f}c"] {
        assert!(error(Namespace::Registry, name).is_some(), "{name:?}");
    }
}

#[test]
fn the_same_name_in_two_namespaces_is_two_watches() {
    let mut table = Table::new(Limits::default(), DAWN);
    for (id, namespace) in [(1, Namespace::Named), (2, Namespace::Heartbeat)] {
        let command = Command::One {
            target: Target::Key(Key::new(namespace, "a").unwrap()),
            fresh: Some(fresh(id)),
            deed: kick(),
        };
        assert_eq!(apply(&mut table, DAWN, command).outcome, Outcome::Created);
    }
    assert_eq!(table.len(), 2);
    assert_eq!(table.select(Namespace::Named, "", "").count(), 1);
    assert_eq!(table.select(Namespace::Registry, "", "").count(), 0);
}

#[test]
fn a_prefix_selects_by_text_and_an_authority_by_labels() {
    let mut bench = Bench::new();
    for (id, name) in ["dc.server1", "dc.server1.disk", "dc.server10", "dc", "dcx"]
        .iter()
        .enumerate()
    {
        bench.apply(one(name, id as u64, kick()));
    }
    let selected = |prefix, authority| -> Vec<&str> {
        let found = bench.table.select(Namespace::Named, prefix, authority);
        found.map(|watch| watch.key.name()).collect()
    };
    assert_eq!(
        selected("dc.server1", ""),
        ["dc.server1", "dc.server1.disk", "dc.server10"]
    );
    assert_eq!(
        selected("dc.server1", "dc.server1"),
        ["dc.server1", "dc.server1.disk"]
    );
    assert_eq!(selected("dc", "dc").len(), 4);
    assert_eq!(selected("", "x"), [""; 0]);
    let retire = Command::Each {
        namespace: Namespace::Named,
        prefix: "dc.server1".into(),
        authority: "dc.server1".into(),
        sweep: Sweep::Retire,
    };
    assert_eq!(bench.apply(retire).outcome, Outcome::Done(2));
    assert_eq!(bench.table.len(), 3);
}

#[test]
fn authorities_are_few() {
    let name = "a.".repeat(100);
    assert_eq!(authorities(&name).count(), 10);
    assert!(authorities(&name).all(|authority| covers(authority, &name)));
    assert_eq!(authorities("a").collect::<Vec<_>>(), ["a", ""]);
    assert_eq!(authorities(".").collect::<Vec<_>>(), [".", ""]);
}

#[test]
fn reasons_are_one_line_of_bounded_length() {
    assert_eq!(clean("a\tb\r\nc\u{85}d\u{2029}"), "a b  c d ");
    let long = "ä".repeat(LONGEST_REASON);
    assert_eq!(clean(&long).len(), LONGEST_REASON);
    assert_eq!(clean(&format!("a{long}")).len(), LONGEST_REASON - 1);
}

#[test]
fn who_makes_all_open_heartbeats_locks_nobody_out_for_good() {
    const DAY: Millis = 24 * 60 * MINUTE;
    let mut bench = Bench::new();
    let limits = Limits {
        watches: 10,
        heartbeats: 1,
    };
    bench.table = Table::new(limits, DAWN);
    let make = |bench: &mut Bench, namespace, name: &str| {
        let target = Target::Key(Key::new(namespace, name).unwrap());
        let fresh = Some(fresh(1));
        let deed = kick();
        let command = Command::One {
            target,
            fresh,
            deed,
        };
        bench.apply(command).outcome
    };
    make(&mut bench, Namespace::Named, "a");
    make(&mut bench, Namespace::Heartbeat, "a");
    bench.pass(15 * SECOND + DAY - 1);
    assert_eq!(make(&mut bench, Namespace::Heartbeat, "b"), Outcome::Full);
    // It is remembered across a restart, too.
    let all =
        [Namespace::Named, Namespace::Heartbeat].map(|space| bench.table.select(space, "", ""));
    let watches = all.into_iter().flatten().cloned().collect();
    bench.table = Table::restore(limits, watches, at(bench.now), &[]);
    bench.pass(15 * SECOND + DAY);
    assert_eq!(bench.entered(State::Retired), Some(15 * SECOND + DAY));
    assert_eq!(
        make(&mut bench, Namespace::Heartbeat, "b"),
        Outcome::Created
    );
    bench.pass(bench.now + MINUTE);
    assert_eq!(bench.watch("a").state, State::Timeout);
}

#[test]
fn there_are_only_so_many() {
    let limits = Limits {
        watches: 3,
        heartbeats: 1,
    };
    let mut table = Table::new(limits, DAWN);
    let mut make = |namespace, name: &str, deed| {
        let target = Target::Key(Key::new(namespace, name).unwrap());
        let fresh = Some(fresh(1));
        let command = Command::One {
            target,
            fresh,
            deed,
        };
        apply(&mut table, DAWN, command).outcome
    };
    let retire = || Deed::Sweep(Sweep::Retire);
    assert_eq!(make(Namespace::Heartbeat, "a", kick()), Outcome::Created);
    assert_eq!(make(Namespace::Heartbeat, "b", kick()), Outcome::Full);
    assert_eq!(make(Namespace::Heartbeat, "a", kick()), Outcome::Done(1));
    assert_eq!(make(Namespace::Named, "a", kick()), Outcome::Created);
    assert_eq!(make(Namespace::Named, "b", kick()), Outcome::Created);
    assert_eq!(make(Namespace::Named, "c", kick()), Outcome::Full);
    assert_eq!(make(Namespace::Heartbeat, "a", retire()), Outcome::Done(1));
    assert_eq!(make(Namespace::Heartbeat, "b", kick()), Outcome::Created);
}

//! What is kept is what was there.

use proptest::prelude::*;

use super::*;
use crate::clock::Clock;
use crate::watches::{NEVER, Settings, Sweep};

fn commands() -> impl Strategy<Value = Command> {
    let deed = prop_oneof![
        8 => (1..90_u64, proptest::option::of(any::<u128>())).prop_map(|(seconds, rid)| Deed::Kick {
            timeout: (seconds < 30).then_some(seconds * 1_000),
            grace: (seconds == 1).then_some(5_000),
            rid,
            body: vec![7; (seconds % 3) as usize].into(),
        }),
        2 => "[a-c]".prop_map(|reason| fault(&reason)),
        1 => proptest::option::of(any::<u128>()).prop_map(|rid| Deed::Start { rid }),
        1 => Just(Deed::Configure(Settings {
            labels: Some("a=b".into()),
            payload: Some("{}".into()),
            open_to: Some(3),
            first: Some(9_000),
            ..Settings::default()
        })),
        1 => Just(Deed::Restart { grace: 7_000 }),
        1 => any::<bool>().prop_map(|is_maintenance| Deed::Sweep(Sweep::Hold {
            is_maintenance,
            until: if is_maintenance { NEVER } else { at(50_000).mono },
        })),
        1 => Just(Deed::Sweep(Sweep::Release)),
        1 => Just(Deed::Sweep(Sweep::Clear)),
        1 => Just(Deed::Sweep(Sweep::Retire)),
    ];
    (0..3_usize, 0..6_usize, deed).prop_map(|(namespace, name, deed)| {
        let (namespace, name) = [
            (Namespace::Named, format!("n.{name}")),
            (Namespace::Heartbeat, format!("é {name}")),
            (Namespace::Registry, format!("api\u{1f}{name}")),
        ][namespace]
            .clone();
        let kinds = [Kind::Kick, Kind::Job, Kind::Instance];
        Command::One {
            target: Target::Key(Key::new(namespace, &name).unwrap()),
            fresh: Some(Fresh {
                id: 0,
                uuid: None,
                kind: kinds[name.len() % 3],
                timeout: 10_000,
                grace: 3_000,
            }),
            deed,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Through commits, folds in tiny pieces and restarts.
    #[test]
    fn a_table_comes_back_as_it_was(
        steps in proptest::collection::vec((commands(), 0..4_000_u64, 0..10_u8), 1..150)
    ) {
        let directory = Directory::new();
        let mut store = Sqlite::open(&directory.file()).unwrap();
        let mut table = Table::new(Limits::default(), at(0));
        let mut waiting = Group::default();
        let (mut now, mut id) = (0, store.load().unwrap().next_id);
        for (mut command, pause, what) in steps {
            now += pause;
            if let Command::One { fresh: Some(fresh), deed, .. } = &mut command {
                fresh.id = id;
                fresh.uuid = (*deed == kick()).then_some(u128::from(id) << 64);
            }
            id += 1;
            waiting.add(do_it(&mut table, at(now), Command::Expire { most: 100 }));
            waiting.add(do_it(&mut table, at(now), command));
            if what > 2 {
                store.commit(&std::mem::take(&mut waiting)).unwrap();
            }
            if what > 5 {
                store.tidy(&Retention::default(), at(now), Duration::ZERO).unwrap();
            }
            if what > 8 {
                drop(store);
                store = Sqlite::open(&directory.file()).unwrap();
                let loaded = store.load().unwrap();
                prop_assert_eq!(&loaded.watches, &all(&table));
                prop_assert!(loaded.watches.iter().all(|watch| watch.id < loaded.next_id));
                id = id.max(loaded.next_id);
            }
        }
        store.commit(&waiting).unwrap();
        prop_assert_eq!(store.load().unwrap().watches, all(&table));
    }
}

#[test]
fn folding_leaves_the_journal_empty_and_the_watches_as_they_were() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let mut table = Table::new(Limits::default(), at(0));
    for turn in 0..3 {
        for id in 1..=2_000 {
            let batch = do_it(&mut table, at(turn), one(&format!("w{id}"), id, kick()));
            store.commit(&group([batch])).unwrap();
        }
    }
    let mut pieces = 0;
    while store
        .tidy(&Retention::default(), at(3), Duration::ZERO)
        .unwrap()
    {
        pieces += 1;
    }
    assert!(pieces > 60, "{pieces} pieces");
    drop(store);
    let file = rusqlite::Connection::open(directory.file()).unwrap();
    let left: i64 = file
        .query_row("SELECT count(*) FROM journal", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
    let mut store = Sqlite::open(&directory.file()).unwrap();
    assert_eq!(store.load().unwrap().watches, all(&table));
    // The numbers go on, or a later kick would look older than its row.
    drop(store);
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let batch = do_it(&mut table, at(9), one("w1", 1, kick()));
    store.commit(&group([batch])).unwrap();
    while store
        .tidy(&Retention::default(), at(9), Duration::ZERO)
        .unwrap()
    {}
    assert_eq!(store.load().unwrap().watches, all(&table));
}

#[test]
fn tokens_absences_and_the_time_come_back() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let (mut table, batch) = first();
    let revoked = Token {
        revoked: Some(5),
        expires: 9,
        ..token(2)
    };
    let away = do_it(&mut table, at(60_000), Command::Expire { most: 1 });
    let tokens = [token(1), revoked.clone()].map(|token| Batch::token(at(60_000), token));
    store
        .commit(&group([batch, away].into_iter().chain(tokens)))
        .unwrap();
    let loaded = store.load().unwrap();
    assert_eq!(loaded.tokens, [token(1), revoked]);
    let absence = Absence {
        from: at(0).mono,
        to: at(60_000).mono,
    };
    assert_eq!(loaded.absences, [absence]);
    assert_eq!(loaded.alive, Some(at(60_000)));
    assert_eq!(loaded.latest, at(60_000).mono);
}

#[test]
fn a_name_that_was_retired_is_free_and_its_number_is_not() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let (mut table, batch) = first();
    let retire = one("a", 0, Deed::Sweep(Sweep::Retire));
    let gone = do_it(&mut table, at(1), retire);
    let again = do_it(&mut table, at(2), one("a", 2, kick()));
    store.commit(&group([batch, gone, again])).unwrap();
    let loaded = store.load().unwrap();
    assert_eq!(loaded.watches, all(&table));
    assert_eq!((loaded.watches[0].id, loaded.next_id), (2, 3));
}

#[test]
fn what_is_old_or_too_much_goes() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let mut table = Table::new(Limits::default(), at(0));
    let day = 24 * 3_600_000;
    for number in 0..3_000 {
        let deed = if number % 2 == 0 { kick() } else { fault("x") };
        let when = at(if number < 600 { 0 } else { 100 * day });
        store
            .commit(&group([do_it(&mut table, when, one("a", 1, deed))]))
            .unwrap();
    }
    let retire = do_it(
        &mut table,
        at(100 * day),
        one("a", 1, Deed::Sweep(Sweep::Retire)),
    );
    store.commit(&group([retire])).unwrap();
    let count = |sql: &str| -> i64 {
        let file = rusqlite::Connection::open(directory.file()).unwrap();
        file.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let keep = |store: &mut Sqlite, keep, now| {
        while store.tidy(&keep, at(now), Duration::from_secs(1)).unwrap() {}
        (
            count("SELECT count(*) FROM event"),
            count("SELECT count(*) FROM watch"),
        )
    };
    let by_default = Retention::default();
    assert_eq!(keep(&mut store, by_default, 101 * day), (2_401, 1));
    let few = Retention {
        events: 10,
        ..by_default
    };
    assert_eq!(keep(&mut store, few, 129 * day), (10, 1));
    assert_eq!(keep(&mut store, few, 131 * day), (10, 0));
    assert_eq!(store.load().unwrap().next_id, 2, "events still name it");
}

#[test]
fn a_backup_is_one_moment_while_it_is_written_to() {
    let directory = Directory::new();
    let store = Sqlite::open(&directory.file()).unwrap();
    let writer = Writer::start(store, Pace::default()).unwrap();
    let mut table = Table::new(Limits::default(), at(0));
    let copies: Vec<_> = (0..5)
        .map(|copy| directory.0.join(format!("{copy}")))
        .collect();
    // Two watches, always in one batch.
    let mut pair = |number: u64| {
        let mut batch = do_it(
            &mut table,
            at(number),
            one("a", 1, fault(&number.to_string())),
        );
        let other = do_it(
            &mut table,
            at(number),
            one("b", 2, fault(&number.to_string())),
        );
        batch.changes.extend(other.changes);
        batch
    };
    submit(&writer, pair(0)).recv().unwrap().unwrap();
    std::thread::scope(|scope| {
        let backups = scope.spawn(|| {
            copies
                .iter()
                .for_each(|copy| backup(&directory.file(), copy).unwrap());
        });
        let mut number = 0;
        while !backups.is_finished() {
            number += 1;
            submit(&writer, pair(number)).recv().unwrap().unwrap();
        }
    });
    for copy in &copies {
        let watches = Sqlite::open(copy).unwrap().load().unwrap().watches;
        assert_eq!(watches.len(), 2);
        assert_eq!(watches[0].reason(), watches[1].reason());
        let again = backup(&directory.file(), copy).unwrap_err();
        assert_eq!(again.kind(), StoreErrorKind::Unavailable, "it is there");
    }
    writer.finish();
}

#[test]
fn a_step_of_the_clock_while_it_ran_is_no_time_that_passed() {
    let hour = 3_600_000;
    let real = Clock::resume(None, 0).now().wall;
    for alive in [real - hour, real + hour] {
        let directory = Directory::new();
        let mut store = Sqlite::open(&directory.file()).unwrap();
        // By its own clock it is an hour away from the wall, which has stepped.
        let now = Now {
            mono: alive,
            wall: real,
        };
        let mut table = Table::new(Limits::default(), now);
        let kicked = do_it(&mut table, now, one("a", 1, kick()));
        store.commit(&group([kicked])).unwrap();
        let loaded = store.load().unwrap();
        let clock = Clock::resume(loaded.alive, loaded.latest);
        let seen = loaded.alive.unwrap();
        let mut table = Table::restore(Limits::default(), loaded.watches, seen, &loaded.absences);
        let effects = apply(&mut table, clock.now(), Command::Expire { most: 9 });
        assert_eq!((effects.events, effects.absence), (vec![], None));
        let left = table.next_due().unwrap() - clock.now().mono;
        assert!((50_000..=60_000).contains(&left), "{left} ms");
    }
}

#[test]
fn a_row_is_newer_than_what_the_journal_had_before_it() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let mut table = Table::new(Limits::default(), at(0));
    let longer = Deed::kick_for(90_000);
    for (when, deed) in [(0, kick()), (1_000, kick()), (2_000, longer)] {
        let batch = do_it(&mut table, at(when), one("a", 1, deed));
        store.commit(&group([batch])).unwrap();
    }
    drop(store);
    let mut store = Sqlite::open(&directory.file()).unwrap();
    assert_eq!(store.load().unwrap().watches, all(&table));
    while store
        .tidy(&Retention::default(), at(2_000), Duration::ZERO)
        .unwrap()
    {}
    assert_eq!(store.load().unwrap().watches, all(&table));
}

/// Whoever registers needs no token: nothing but events may be left of it.
#[test]
fn an_instance_that_is_gone_leaves_no_row() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let mut table = Table::new(Limits::default(), at(0));
    let id = store.load().unwrap().next_id;
    let mut instance = |id: u64, deed: Deed| {
        let command = Command::One {
            target: Target::Key(Key::instance("api", "1").unwrap()),
            fresh: Some(Fresh {
                id,
                uuid: None,
                kind: Kind::Instance,
                timeout: 30_000,
                grace: 30_000,
            }),
            deed,
        };
        do_it(&mut table, at(0), command)
    };
    let mut next = id;
    for is_apart in [true, false] {
        for _ in 0..3 {
            let made = instance(next, kick());
            let gone = instance(next, Deed::Sweep(Sweep::Retire));
            next += 1;
            if is_apart {
                store.commit(&group([made])).unwrap();
                store.commit(&group([gone])).unwrap();
            } else {
                store.commit(&group([made, gone])).unwrap();
            }
        }
    }
    // One that comes back is a new one.
    store.commit(&group([instance(next, kick())])).unwrap();
    let rows = rusqlite::Connection::open(directory.file()).unwrap();
    let rows: u32 = rows
        .query_row("SELECT count(*) FROM watch", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 1);
    drop(store);
    let loaded = Sqlite::open(&directory.file()).unwrap().load().unwrap();
    assert_eq!(loaded.watches.len(), 1);
    assert_eq!(loaded.next_id, next + 1);
}

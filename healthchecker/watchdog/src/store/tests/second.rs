//! What the second version of the tables has beside the first: what is still to be told.
//!
//! `version-2.sql` is such a file, as `sqlite3 FILE .dump` writes it, with its `application_id` before it.
//! Neither it nor what is expected of it here ever changes.

use std::sync::Arc;

use super::*;
use crate::outbox::{Delivery, Gone, Outbox, Sink, Standing, Type};
use crate::outbox::{Limits as Bounds, Look, Verdict, monitor_sink};
use crate::watches::Sweep;

const VERSION_2: &str = include_str!("version-2.sql");

fn sink(name: &str) -> Sink {
    Sink {
        name: name.into(),
        prefix: "".into(),
        namespaces: Namespace::ALL.into(),
        events: Type::ALL.into(),
        mark: [9; 32],
    }
}

/// What a server would have left: of each kind, in each state, for sinks, a monitor and one that is gone.
fn left() -> (Table, Outbox, Vec<Batch>) {
    let mut table = Table::new(Limits::default(), at(0));
    let mut outbox = Outbox::new(Bounds::default(), vec![sink("ops"), sink("old")]);
    outbox.add_monitor(0xfeed << 64, "dc", "dc");
    let mut batches = vec![Batch::monitor(at(0), monitor(0xfeed << 64))];
    let (mut number, mut turn) = (0_u128, 0);
    let mut act = |moment: u64, commands: Vec<Command>, verdict: Option<(usize, Verdict)>| {
        turn += 1;
        let now = at(moment);
        let mut batch = Batch {
            now,
            ..Batch::default()
        };
        for command in commands {
            let mut effects = apply(&mut table, now, command);
            batch.changes.append(&mut effects.changes);
            batch.events.append(&mut effects.events);
        }
        let look = Look {
            now,
            table: &table,
            turn,
        };
        outbox.route(&batch.events, &look, || {
            number += 1;
            number << 96 | number
        });
        if let Some((pool, verdict)) = verdict {
            let crate::outbox::Step::Send(job) = outbox.take(pool, &look, u64::MAX, true) else {
                panic!("nothing to send");
            };
            outbox.settle(job.queue, job.message.id, &verdict, &look);
        }
        batch.outbox = outbox.take_changes();
        batches.push(batch);
    };
    let again = || Verdict::Again {
        after: None,
        problem: "it said '500'".into(),
    };
    let refused = Verdict::Refused {
        problem: "400".into(),
    };
    let gone = Verdict::Gone {
        problem: "410".into(),
    };
    let heartbeat = |id| Command::One {
        target: Target::Key(Key::new(Namespace::Heartbeat, "caf\u{e9} 1").unwrap()),
        fresh: Some(Fresh {
            id,
            uuid: None,
            kind: Kind::Kick,
            timeout: 1_000,
            grace: 0,
        }),
        deed: fault("disk 'full'"),
    };
    act(1, vec![heartbeat(1)], Some((1, again())));
    act(2_000, vec![one("dc", 2, fault(""))], Some((1, refused)));
    act(
        3,
        vec![one("dc.a", 3, fault("")), one("dc.b", 4, fault(""))],
        None,
    );
    act(4_000, vec![one("dc.a", 5, kick())], None);
    act(5_000, vec![one("dc", 6, kick())], Some((2, gone)));
    for id in 7..12 {
        act(6_000, vec![one(&format!("x.{id}"), id, fault(""))], None);
    }
    act(
        7_000,
        vec![one("x.7", 12, Deed::Sweep(Sweep::Retire))],
        None,
    );
    (table, outbox, batches)
}

#[test]
fn all_of_version_2_is_there() {
    let (_, outbox, _) = left();
    let expected: Vec<Delivery> = outbox.rows(0).cloned().collect();
    let directory = Directory::new();
    let file = rusqlite::Connection::open(directory.file()).unwrap();
    file.execute_batch(VERSION_2).unwrap();
    drop(file);
    for _ in 0..2 {
        let mut store = Sqlite::open(&directory.file()).unwrap();
        let loaded = store.load().unwrap();
        assert_eq!(loaded.deliveries, expected);
        let gone = Gone::new([9; 32], at(5_000).wall, "410");
        assert_eq!(loaded.gone, [(Arc::from("old"), gone)]);
        assert_eq!(loaded.next_id, 12);
    }
    // Of every kind there is one in it.
    let has = |is_it: &dyn Fn(&Delivery) -> bool| expected.iter().any(is_it);
    for standing in Standing::ALL {
        assert!(has(&|row| row.standing == standing), "{standing:?}");
    }
    assert!(has(
        &|row| row.attempt == 1 && row.standing == Standing::Waiting
    ));
    assert!(has(&|row| row.message.is_none()));
    assert!(has(&|row| row.sink == monitor_sink(0xfeed << 64)));
    assert!(has(&|row| row.news.kind == Type::Up));
    assert!(has(
        &|row| row.standing == Standing::Muted && row.ended.is_some()
    ));
    assert!(has(
        &|row| row.standing == Standing::Muted && row.ended.is_none()
    ));
}

/// What is written is read again, and removed.
#[test]
fn it_is_written_as_it_is_there() {
    let (_, outbox, batches) = left();
    let directory = match std::env::var_os("WATCHDOG_TEST_KEEP") {
        // How `version-2.sql` was made.
        Some(path) => Directory(path.into()),
        None => Directory::new(),
    };
    let mut store = Sqlite::open(&directory.file()).unwrap();
    // One after the other, and all at once.
    for batch in batches.clone() {
        store.commit(&group([batch])).unwrap();
    }
    let expected: Vec<Delivery> = outbox.rows(0).cloned().collect();
    assert_eq!(store.load().unwrap().deliveries, expected);
    drop(store);
    if std::env::var_os("WATCHDOG_TEST_KEEP").is_some() {
        std::mem::forget(directory);
        return;
    }
    let other = Directory::new();
    let mut store = Sqlite::open(&other.file()).unwrap();
    let all = group(batches);
    store.commit(&all).unwrap();
    // As after a commit whose fate was unknown.
    store.commit(&all).unwrap();
    assert_eq!(store.load().unwrap().deliveries, expected);
    let mut nothing = Batch {
        now: at(9_000),
        ..Batch::default()
    };
    for row in &expected {
        nothing.outbox.deliveries.push((row.seq, None));
    }
    nothing.outbox.gone.push(("old".into(), None));
    store.commit(&group([nothing])).unwrap();
    let loaded = store.load().unwrap();
    assert!(loaded.deliveries.is_empty() && loaded.gone.is_empty());
    // What several sinks are told is in memory once.
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let loaded = store.load().unwrap().deliveries;
    let of = |number: u128| {
        let rows = loaded
            .iter()
            .filter(|row| row.news.id as u64 == number as u64);
        rows.map(|row| Arc::as_ptr(&row.news))
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(of(1).len(), 1);
}

/// A version that was released cannot be made otherwise than it was.
#[test]
fn the_tables_of_version_2_are_as_they_were() {
    let tables = |file: &rusqlite::Connection| -> Vec<(String, Option<String>)> {
        let sql = "SELECT name, sql FROM sqlite_schema ORDER BY name";
        let mut rows = file.prepare(sql).unwrap();
        let rows = rows
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let released = rusqlite::Connection::open_in_memory().unwrap();
    released.execute_batch(VERSION_2).unwrap();
    let made = rusqlite::Connection::open_in_memory().unwrap();
    for step in &sqlite::MIGRATIONS[..2] {
        made.execute_batch(step).unwrap();
    }
    assert_eq!(tables(&made), tables(&released));
}

#[test]
fn what_nobody_of_us_has_written_down() {
    for (column, value) in [
        ("id", "x'00'"),
        ("state", "'lost'"),
        ("type", "'gone'"),
        ("name", "''"),
        ("watch", "-1"),
        ("message", "x'00'"),
    ] {
        let directory = Directory::new();
        let file = rusqlite::Connection::open(directory.file()).unwrap();
        file.execute_batch(VERSION_2).unwrap();
        file.execute_batch(&format!("UPDATE outbox SET {column} = {value}"))
            .unwrap();
        drop(file);
        let error = Sqlite::open(&directory.file()).unwrap().load().unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{column}: {error}");
    }
}

//! What has happened, as it is read beside the writer.

use super::*;

fn says(body: &[u8]) -> Deed {
    Deed::Log { body: body.into() }
}

/// A watch with an event at each of these times, and another one between.
fn kept(store: &mut Sqlite, deeds: &[(Millis, Deed)]) {
    let mut table = Table::new(Limits::default(), at(0));
    for (moment, deed) in deeds {
        let batch = do_it(&mut table, at(*moment), one("a", 1, deed.clone()));
        store.commit(&group([batch])).unwrap();
        let other = do_it(&mut table, at(*moment), one("b", 2, says(b"of another")));
        store.commit(&group([other])).unwrap();
    }
}

#[test]
fn events_come_in_pages_the_latest_first() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    let reader = Reader::new(&directory.file());
    kept(
        &mut store,
        &[
            (0, kick()),
            (1_000, says(b"first")),
            (2_000, fault("why")),
            (3_000, says(&[b'x'; 9_000])),
            (4_000, kick()),
        ],
    );
    let mut wish = Wish::new(1, 0);
    wish.events = 2;
    wish.body = 100;
    let mut seen = Vec::new();
    loop {
        let history = reader.history(&wish).unwrap();
        assert!(history.events.len() <= 2);
        seen.extend(history.events.into_iter().map(|event| {
            (
                event.at,
                event.from,
                event.to,
                event.length,
                event.body.len(),
            )
        }));
        wish.before = history.next;
        if wish.before.is_none() {
            break;
        }
    }
    let wall = |moment| at(moment).wall;
    assert_eq!(
        seen,
        [
            (wall(4_000), State::Fault, State::Up, 0, 0),
            (wall(3_000), State::Fault, State::Fault, 9_000, 100),
            (wall(2_000), State::Up, State::Fault, 0, 0),
            (wall(1_000), State::Up, State::Up, 5, 5),
            (wall(0), State::New, State::Up, 0, 0),
        ]
    );
    let history = reader.history(&Wish::new(1, 0)).unwrap();
    let turns: Vec<_> = history.turns.iter().map(|turned| turned.at).collect();
    assert_eq!(turns, [wall(4_000), wall(2_000), wall(0)]);
    assert_eq!(history.complete, 0);
    let last = history.body.unwrap();
    assert_eq!(
        (last.at, last.length, last.body.len()),
        (wall(3_000), 9_000, 4_000)
    );
    assert_eq!(&*history.events[2].reason, "why");
    // Of what is older one is enough to know how it began.
    let history = reader.history(&Wish::new(1, wall(3_500))).unwrap();
    assert_eq!(history.turns.len(), 1);
    assert_eq!(history.complete, wall(3_000));
    assert_eq!(
        reader.history(&Wish::new(9, 0)).unwrap(),
        History::default()
    );
}

#[test]
fn where_the_oldest_are_gone_it_is_known_since_when() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    kept(
        &mut store,
        &[(0, kick()), (1_000, fault("")), (2_000, kick())],
    );
    let connection = rusqlite::Connection::open(directory.file()).unwrap();
    connection
        .execute("DELETE FROM event WHERE seq <= 2", [])
        .unwrap();
    let history = Reader::new(&directory.file())
        .history(&Wish::new(1, 0))
        .unwrap();
    assert_eq!(history.turns.len(), 2);
    assert_eq!(history.complete, at(1_000).wall);
}

/// A reader neither waits for a writer nor is waited for.
#[test]
fn a_reader_holds_up_nobody() {
    let directory = Directory::new();
    let mut store = Sqlite::open(&directory.file()).unwrap();
    kept(&mut store, &[(0, kick())]);
    let writer = rusqlite::Connection::open(directory.file()).unwrap();
    writer
        .execute_batch("BEGIN IMMEDIATE; DELETE FROM event")
        .unwrap();
    let reader = Reader::new(&directory.file());
    assert_eq!(reader.history(&Wish::new(1, 0)).unwrap().events.len(), 1);
    writer.execute_batch("COMMIT").unwrap();
    assert_eq!(
        reader.history(&Wish::new(1, 0)).unwrap(),
        History::default()
    );
    // And it makes no file where there is none.
    let none = directory.0.join("none.db");
    assert!(Reader::new(&none).history(&Wish::new(1, 0)).is_err());
    assert!(!none.exists());
}

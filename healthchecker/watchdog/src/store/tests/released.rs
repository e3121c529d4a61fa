//! What a released version has written is read by every later one.
//!
//! `version-1.sql` is the file of a server of the first release, as `sqlite3 FILE .dump` writes it, with its
//! `application_id` before it. From that release on neither it nor what is expected of it here ever changes: a
//! later version of the tables adds a file of its own beside it, and its test.

use super::*;
use crate::watches::{Change, Event, Extra, Hold, NEVER, Run};

const VERSION_1: &str = include_str!("version-1.sql");

/// One of each state, namespace and kind, and each that is extra alone and all of them together.
fn watches() -> Vec<Watch> {
    let make = |id: u64, namespace, name: &str, kind, state| {
        let key = Key::new(namespace, name).unwrap();
        let mut watch = Watch::new(id, key, kind, 60_000 + id, 5_000 + id, at(10 * id).mono);
        watch.state = state;
        watch.last = at(5 * id).mono;
        watch.deadline = watch.last + watch.timeout;
        watch.episode = u32::try_from(id).unwrap();
        watch.down_before = 7 * i64::try_from(id).unwrap() - 14;
        watch
    };
    let states = [
        State::Up,
        State::Late,
        State::Timeout,
        State::Fault,
        State::Restarting,
        State::GaveUp,
    ];
    let mut watches: Vec<_> = (1..)
        .zip(states)
        .map(|(id, state)| make(id, Namespace::Named, state.word(), Kind::Kick, state))
        .collect();
    let heartbeat = (7, Namespace::Heartbeat, "caf\u{e9} 1", Kind::Job, State::Up);
    let instance = (
        8,
        Namespace::Registry,
        "api\u{1f}1",
        Kind::Instance,
        State::Up,
    );
    for (id, namespace, name, kind, state) in [heartbeat, instance] {
        watches.push(make(id, namespace, name, kind, state));
    }
    let mut new = make(9, Namespace::Named, "new", Kind::Kick, State::New);
    (new.last, new.deadline, new.episode) = (0, NEVER, 0);
    watches.push(new);
    let (uuid, rid) = (Some(0x1234_5678 << 96 | 9), Some(u128::MAX));
    let paused = Some(Hold::new(false, at(1).mono, at(90_000).mono));
    let maintained = Some(Hold::new(true, at(2).mono, NEVER));
    let (run, job) = (Run::new(at(3).mono, None), Run::new(at(4).mono, rid));
    let none = Extra::default;
    let extras = [
        Extra { uuid, ..none() },
        Extra {
            reason: "disk 'full'".into(),
            ..none()
        },
        Extra {
            hold: paused,
            ..none()
        },
        Extra {
            run: Some(run),
            ..none()
        },
        Extra {
            is_untold: true,
            ..none()
        },
        Extra {
            open_to: 3,
            ..none()
        },
        Extra {
            labels: "env=prod".into(),
            ..none()
        },
        Extra {
            payload: "{\"port\":1}".into(),
            ..none()
        },
        Extra {
            uuid: uuid.map(|uuid| uuid + 1),
            reason: "all of it".into(),
            hold: maintained,
            run: Some(job),
            is_untold: true,
            open_to: 255,
            labels: "a=b".into(),
            payload: "x".into(),
            heard: 0,
        },
    ];
    for (id, extra) in (10..).zip(extras) {
        let mut watch = make(
            id,
            Namespace::Named,
            &format!("extra.{id}"),
            Kind::Job,
            State::Up,
        );
        watch.extra = Some(Box::new(extra));
        watches.push(watch);
    }
    watches
}

fn tokens() -> [Token; 2] {
    let revoked = Token {
        prefix: "".into(),
        sha256: [0xfe; 32],
        expires: 9,
        revoked: Some(5),
        ..token(2)
    };
    [token(1), revoked]
}

fn absence() -> Absence {
    let (from, to) = (at(20_000).mono, at(40_000).mono);
    Absence { from, to }
}

fn events() -> Vec<Event> {
    let event = |id, from, to, reason: &str, body: &[u8], is_told| Event {
        id,
        key: key("any"),
        at: at(id).wall,
        episode: 3,
        from,
        to,
        reason: reason.into(),
        body: body.into(),
        is_told,
        instance: None,
    };
    vec![
        event(4, State::Up, State::Fault, "disk 'full'", b"\0\xff", true),
        event(1, State::Fault, State::Up, "", b"", false),
    ]
}

/// Of what the journal has of them, the first is newer than its row, and the second is in it.
const KICKED: [(u64, Millis); 2] = [(1, 50_000), (3, 30_000)];

fn kicked(watches: &mut [Watch], (id, when): (u64, Millis)) -> Change {
    let watch = watches.iter_mut().find(|watch| watch.id == id).unwrap();
    watch.last = at(when).mono;
    watch.deadline = watch.last + watch.timeout;
    let (at, deadline) = (watch.last, watch.deadline);
    Change::Kick { id, at, deadline }
}

fn open(directory: &Directory) -> Sqlite {
    let file = rusqlite::Connection::open(directory.file()).unwrap();
    file.execute_batch(VERSION_1).unwrap();
    drop(file);
    Sqlite::open(&directory.file()).unwrap()
}

#[test]
fn all_of_version_1_is_there() {
    let directory = Directory::new();
    let mut store = open(&directory);
    let mut watches = watches();
    for kick in KICKED {
        kicked(&mut watches, kick);
    }
    let expected = Loaded {
        watches,
        tokens: tokens().into(),
        monitors: vec![monitor(0xfeed << 64)],
        deliveries: Vec::new(),
        gone: Vec::new(),
        absences: vec![absence()],
        alive: Some(Now {
            mono: at(50_000).mono,
            wall: at(50_000).wall + 3,
        }),
        latest: at(50_000).mono,
        next_id: 20,
    };
    assert_eq!(store.load().unwrap(), expected);
    // Whatever was in the journal.
    let keep = Retention {
        age: Duration::MAX,
        ..Retention::default()
    };
    while store.tidy(&keep, at(50_000), Duration::ZERO).unwrap() {}
    drop(store);
    let mut store = Sqlite::open(&directory.file()).unwrap();
    assert_eq!(store.load().unwrap(), expected);
}

#[test]
fn the_events_of_version_1_are_there() {
    let directory = Directory::new();
    drop(open(&directory));
    let file = rusqlite::Connection::open(directory.file()).unwrap();
    let sql = "SELECT seq, id, at, episode, \"from\", \"to\", reason, body, is_told FROM event ORDER BY seq";
    let mut statement = file.prepare(sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    for (seq, event) in (1_i64..).zip(events()) {
        let row = rows.next().unwrap().unwrap();
        let number = |column| row.get::<_, i64>(column).unwrap();
        let word = |column| State::from_word(row.get_ref(column).unwrap().as_str().unwrap());
        assert_eq!((number(0), number(1)), (seq, event.id as i64));
        assert_eq!(
            (number(2), number(3)),
            (event.at as i64, i64::from(event.episode))
        );
        assert_eq!((word(4), word(5)), (Some(event.from), Some(event.to)));
        assert_eq!(row.get::<_, String>(6).unwrap(), &*event.reason);
        assert_eq!(row.get::<_, Vec<u8>>(7).unwrap(), &*event.body);
        assert_eq!(row.get::<_, bool>(8).unwrap(), event.is_told);
    }
    assert!(rows.next().unwrap().is_none());
}

/// A version that was released cannot be made otherwise than it was.
#[test]
fn the_tables_of_version_1_are_as_they_were() {
    let tables = |file: &rusqlite::Connection| -> Vec<(String, Option<String>)> {
        let sql = "SELECT name, sql FROM sqlite_schema ORDER BY name";
        let mut rows = file.prepare(sql).unwrap();
        let rows = rows
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let released = rusqlite::Connection::open_in_memory().unwrap();
    released.execute_batch(VERSION_1).unwrap();
    let made = rusqlite::Connection::open_in_memory().unwrap();
    made.execute_batch(sqlite::MIGRATIONS[0]).unwrap();
    assert_eq!(tables(&made), tables(&released));
}

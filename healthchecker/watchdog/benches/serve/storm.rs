//! A storm: very many fall silent within a second, and others go on kicking.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::load::{KEPT, Load};
use crate::machine::{Cores, Room};
use crate::seed::{self, TIMEOUT};
use crate::server::Server;
use crate::table::{Table, seconds, spread};

/// So many fall silent within a second.
const SILENT: u64 = 100_000;

/// So many go on.
const KICKING: u64 = 10_000;

/// 2,000 kicks a second.
const EVERY: Duration = Duration::from_micros(500);

/// From the server's start, which excuses who was awaited, to the first deadline, in milliseconds.
const AHEAD: u64 = 8_000;

/// From the first deadline on.
const TIME: Duration = Duration::from_secs(4);

/// Beyond this nothing is awaited.
const LONGEST: Duration = Duration::from_secs(60);

pub(crate) fn measure(cores: &Cores, room: &Room, table: &mut Table) {
    let directory = room.part("storm");
    let token = seed::fill(&directory, SILENT + KICKING, |number| {
        if number <= SILENT {
            AHEAD + number * 1_000 / SILENT
        } else {
            TIMEOUT * 1_000
        }
    });
    let server = Server::start(cores, &directory);
    let load = Load {
        address: server.address,
        requests: (SILENT + 1..=SILENT + KICKING)
            .map(|number| seed::kick(&token, number, TIMEOUT, true))
            .collect(),
        connections: KEPT,
        is_kept: true,
        every: Some(EVERY),
        time: TIME,
    };
    let database = directory.join("watchdog.db");
    let first = started(&database) + AHEAD;
    let left = first.checked_sub(seed::now());
    let left = left.expect("a start before the first deadline");
    thread::sleep(Duration::from_millis(left));
    let begun = Instant::now();
    let told = thread::spawn(move || committed(&database, begun));
    let found = load.run();
    let took = told.join().expect("all events");
    table.check(
        "100,000 fall silent within a second: from the first deadline until all is on disk",
        "≤ 2 s",
        &seconds(took),
        took <= Duration::from_secs(2),
    );
    let meanwhile = found.answers.iter().filter(|(due, _)| *due <= took);
    let (text, _) = spread(meanwhile.map(|&(_, latency)| latency).collect());
    table.note(
        "the same: answer to a kick meanwhile, at 2,000 a second, p50 / p99 / max",
        &text,
    );
}

/// The database, as another program looks into it.
fn reader(database: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(database, flags).expect("a reader")
}

/// When the server started, as it has written down: the end of its absence.
fn started(database: &Path) -> u64 {
    let (reader, begun) = (reader(database), Instant::now());
    loop {
        let end = reader.query_row("SELECT max(to_ms) FROM absence", [], |row| {
            row.get::<_, Option<i64>>(0)
        });
        if let Some(end) = end.expect("a table") {
            return end.unsigned_abs();
        }
        assert!(begun.elapsed() < LONGEST, "no absence is written down");
        thread::sleep(Duration::from_millis(5));
    }
}

/// When all events are committed, as another program sees it.
fn committed(database: &Path, begun: Instant) -> Duration {
    let reader = reader(database);
    loop {
        let events = reader.query_row("SELECT coalesce(max(seq), 0) FROM event", [], |row| {
            row.get::<_, i64>(0)
        });
        if events.expect("a number") >= SILENT as i64 {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < LONGEST, "not all were noticed");
        thread::sleep(Duration::from_millis(5));
    }
}

//! Killed at any moment: nothing that was acknowledged is lost. The test runs itself as the writer.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command as Process, Stdio};
use std::sync::Mutex;
use std::time::Instant;

use super::*;
use crate::clock::Clock;

/// Names the database to the writer.
const DATABASE: &str = "WATCHDOG_TEST_DATABASE";

const WATCHES: u64 = 3_000;

/// Writes until it is killed.
fn write(path: &Path) {
    let mut store = Sqlite::open(path).unwrap();
    let loaded = store.load().unwrap();
    let clock = Clock::resume(loaded.alive, loaded.latest);
    let seen = loaded.alive.unwrap_or_else(|| clock.now());
    let table = Table::restore(Limits::default(), loaded.watches, seen, &loaded.absences);
    let serial = loaded.tokens.len() as u64;
    // Small enough that folds and commits are always under way.
    let pace = Pace {
        gather: Duration::from_millis(1),
        tidy: Duration::from_millis(3),
        piece: Duration::from_millis(1),
        ..Pace::default()
    };
    let writer = Writer::start(store, pace).unwrap();
    let state = Mutex::new((table, loaded.next_id, serial, 0x2545_f491_4f6c_dd1d_u64));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    submit_one(&writer, &state, &clock);
                }
            });
        }
    });
}

/// What changes under one lock, so that batches are submitted as they were applied: the table, the next
/// numbers of a watch and of a token, and what is drawn from.
type Shared = Mutex<(Table, u64, u64, u64)>;

fn submit_one(writer: &Writer, state: &Shared, clock: &Clock) {
    let mut guard = state.lock().unwrap();
    let (table, id, serial, random) = &mut *guard;
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    let now = clock.now();
    let (batch, line) = if *random % 50 == 25 {
        // Beyond half of the numbers it goes again, and only that is told.
        let id = *random;
        let made = Batch::monitor(now, monitor(u128::from(id)));
        if id >> 63 == 0 {
            (made, format!("monitor {id} 0 0\n"))
        } else {
            writer.submit(made, |result| result.unwrap());
            let gone = Batch::monitor_removed(now, u128::from(id));
            (gone, format!("removed {id} 0 0\n"))
        }
    } else if random.is_multiple_of(50) {
        *serial += 1;
        (
            Batch::token(now, token(*serial)),
            format!("token {serial} 0 0\n"),
        )
    } else {
        let name = format!("w{}", *random / 64 % WATCHES);
        let deed = if random.is_multiple_of(20) {
            fault(&now.mono.to_string())
        } else {
            kick()
        };
        let mut effects: Effects = apply(table, now, one(&name, *id, deed));
        *id += 1;
        let watch = table.get(&key(&name)).unwrap();
        let line = format!(
            "{} {} {} {}\n",
            watch.state.word(),
            watch.id,
            now.mono,
            watch.episode
        );
        (Batch::new(now, &mut effects), line)
    };
    writer.submit(batch, move |result| {
        result.unwrap();
        // One write, whole or not at all.
        let _ = std::io::stdout().lock().write_all(line.as_bytes());
    });
}

#[test]
fn nothing_acknowledged_is_lost() {
    if let Some(path) = std::env::var_os(DATABASE) {
        return write(Path::new(&path));
    }
    let directory = Directory::new();
    let (mut acknowledged, mut folds) = (0, 0);
    for turn in 0..12_u64 {
        let mut child = Process::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "store::tests::kill::nothing_acknowledged_is_lost",
                "--nocapture",
            ])
            .env(DATABASE, directory.file())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let reader = std::thread::spawn(move || {
            let (mut told, mut line) = (Vec::new(), String::new());
            let mut killer = Some(child);
            let mut first = None;
            // What the pipe holds is read after the kill, too.
            while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
                if line.ends_with('\n') {
                    told.push(std::mem::take(&mut line));
                }
                let begun = *first.get_or_insert_with(Instant::now);
                let is_time = begun.elapsed() >= Duration::from_millis(60 + 37 * turn);
                if told.len() > 500
                    && is_time
                    && let Some(mut child) = killer.take()
                {
                    child.kill().unwrap();
                    child.wait().unwrap();
                }
            }
            told
        });
        let told = reader.join().unwrap();
        let mut store = Sqlite::open(&directory.file()).unwrap();
        let loaded = store.load().unwrap();
        folds += u32::from(
            store
                .tidy(&Retention::default(), at(0), Duration::ZERO)
                .unwrap(),
        );
        for line in told {
            let words: Vec<_> = line.split_whitespace().collect();
            let [word, id, mono, episode] = words[..] else {
                continue;
            };
            let (Ok(id), Ok(mono), Ok(episode)) = (id.parse(), mono.parse(), episode.parse())
            else {
                continue;
            };
            acknowledged += 1;
            check(&loaded, word, id, mono, episode);
        }
    }
    eprintln!("{acknowledged} acknowledged, {folds} times killed with a journal to fold");
    assert!(acknowledged > 6_000 && folds > 3, "{acknowledged}, {folds}");
}

fn check(loaded: &Loaded, word: &str, id: u64, mono: Millis, episode: u32) {
    if word == "token" {
        let found = loaded.tokens.iter().any(|token| token.serial == id);
        assert!(found, "token {id} is lost");
        return;
    }
    if matches!(word, "monitor" | "removed") {
        let mut monitors = loaded.monitors.iter();
        let is_there = monitors.any(|monitor| monitor.id == u128::from(id));
        assert_eq!(is_there, word == "monitor", "monitor {id}");
        return;
    }
    let found = loaded.watches.binary_search_by_key(&id, |watch| watch.id);
    let watch = &loaded.watches[found.unwrap_or_else(|_| panic!("watch {id} is lost"))];
    assert!(watch.episode >= episode, "an episode of {watch:?} is lost");
    match State::from_word(word) {
        Some(State::Up) => {
            assert!(watch.last >= mono, "a kick at {mono} of {watch:?} is lost");
            assert!(watch.deadline >= mono + watch.timeout, "{watch:?}");
        }
        _ => {
            let is_later = watch.episode > episode || watch.since > mono || watch.last >= mono;
            let is_it = watch.state == State::Fault && watch.since <= mono;
            assert!(is_it || is_later, "a fault at {mono} of {watch:?} is lost");
        }
    }
}

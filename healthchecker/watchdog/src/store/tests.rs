//! What is kept, and what happens where it cannot be.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};

use super::*;
use crate::watches::{
    Command, Deed, Effects, Fresh, Key, Kind, Limits, Namespace, State, Table, Target, apply,
};

mod edges;
mod history;
mod keep;
mod kill;
mod lost;
mod monitors;
mod released;
mod second;

/// A directory that goes with its owner.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("watchdog-store-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("watchdog.db")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn at(mono: Millis) -> Now {
    let mono = 1_000_000_000 + mono;
    Now { mono, wall: mono }
}

fn key(name: &str) -> Key {
    Key::new(Namespace::Named, name).unwrap()
}

fn one(name: &str, id: u64, deed: Deed) -> Command {
    let fresh = Fresh {
        id,
        uuid: None,
        kind: Kind::Kick,
        timeout: 60_000,
        grace: 0,
    };
    Command::One {
        target: Target::Key(key(name)),
        fresh: Some(fresh),
        deed,
    }
}

fn kick() -> Deed {
    Deed::kick()
}

fn fault(reason: &str) -> Deed {
    Deed::Fault {
        reason: reason.into(),
        body: Box::default(),
    }
}

fn token(serial: u64) -> Token {
    Token {
        serial,
        prefix: "dc".into(),
        verbs: "kick fault".into(),
        sha256: [7; 32],
        expires: crate::watches::NEVER,
        revoked: None,
        note: "note".into(),
    }
}

fn monitor(id: u128) -> Monitor {
    Monitor {
        id,
        kind: MonitorKind::Slack,
        prefix: "dc.server1".into(),
        authority: "dc".into(),
        url: "https://hooks.slack.com/services/T/B/x".into(),
        serial: 1,
        at: 5,
    }
}

fn group(batches: impl IntoIterator<Item = Batch>) -> Group {
    let mut group = Group::default();
    batches.into_iter().for_each(|batch| group.add(batch));
    group
}

fn do_it(table: &mut Table, now: Now, command: Command) -> Batch {
    Batch::new(now, &mut apply(table, now, command))
}

/// A table of one kicked watch, and what is to be kept of that.
fn first() -> (Table, Batch) {
    let mut table = Table::new(Limits::default(), at(0));
    let batch = do_it(&mut table, at(0), one("a", 1, kick()));
    (table, batch)
}

fn submit(writer: &Writer, batch: Batch) -> Receiver<Result<(), StoreError>> {
    let (sender, answer) = channel();
    // Not everybody waits for the answer.
    writer.submit(batch, move |result| drop(sender.send(result)));
    answer
}

/// Everybody by number.
fn all(table: &Table) -> Vec<Watch> {
    let mut found: Vec<Watch> = [Namespace::Named, Namespace::Heartbeat, Namespace::Registry]
        .into_iter()
        .flat_map(|namespace| table.select(namespace, "", "").cloned())
        .collect();
    // That is not kept, but computed once at a start.
    for extra in found.iter_mut().filter_map(|watch| watch.extra.as_mut()) {
        extra.heard = 0;
    }
    found.sort_by_key(|watch| watch.id);
    found
}

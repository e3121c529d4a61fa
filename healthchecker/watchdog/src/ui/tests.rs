//! What is shown, and that nothing foreign on it acts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::page::{SCRIPT, STYLE};
use super::pick::Picked;
use super::*;
use crate::watches::{Key, Kind, Millis, Namespace, Now, State, Watch};

mod asked;
mod inert;
mod past;
mod shown;

/// 2026-11-22, half past five in the morning.
const WALL: Millis = 1_795_325_400_000;

fn now() -> Now {
    Now {
        mono: WALL,
        wall: WALL,
    }
}

fn named(name: &str) -> Key {
    Key::new(Namespace::Named, name).unwrap()
}

fn made(id: u64, key: Key, state: State) -> Watch {
    let since = WALL - 60_000 * id;
    let mut watch = Watch::new(id, key, Kind::Kick, 300_000, 60_000, since);
    watch.state = state;
    if state != State::New {
        watch.last = since;
        watch.deadline = since + watch.timeout;
    }
    watch
}

fn reason(watch: &mut Watch, reason: &str) {
    watch.extra = Some(Box::default());
    watch.extra.as_mut().unwrap().reason = reason.into();
}

fn picked<'a>(query: &str, watches: impl IntoIterator<Item = &'a Watch>) -> Picked {
    let mut pick = Pick::new(Ask::read(query).unwrap(), MOST_ROWS);
    for watch in watches {
        pick.add(watch, now());
    }
    pick.finish()
}

fn server() -> Server {
    Server {
        base: "http://127.0.0.1:8500".into(),
        ..Server::default()
    }
}

fn listed<'a>(query: &str, watches: impl IntoIterator<Item = &'a Watch>) -> String {
    list(&picked(query, watches), &server(), WALL, 7)
}

fn names(picked: &Picked) -> Vec<&str> {
    picked.rows.iter().map(|row| row.key.name()).collect()
}

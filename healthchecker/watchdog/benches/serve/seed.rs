//! A database, and a token to kick its watches with.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use health_watchdog::store::{Batch, Group, Sqlite, Store};
use health_watchdog::tokens::{Master, Secret, Tokens, Verbs, Wish};
use health_watchdog::watches::{Change, Key, Kind, Millis, NEVER, Namespace, Now, State, Watch};

use crate::load::Load;

/// In seconds, unless something else is asked for.
pub(crate) const TIMEOUT: u64 = 86_400;

/// Watches in one commit.
const PIECE: u64 = 20_000;

/// The time, as a server that starts with the database has it.
pub(crate) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("a clock").as_millis() as Millis
}

/// 32 bytes with the namespace's mark, in no order.
pub(crate) fn name(number: u64) -> String {
    let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("dc.server.{scattered:016x}.work")
}

/// A database of so many watches with their timeouts, kicked just now, and the token that reaches them.
pub(crate) fn fill(directory: &Path, watches: u64, timeout: impl Fn(u64) -> Millis) -> Secret {
    let key = directory.join("master.key");
    fs::write(&key, [7; 32]).expect("a master");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("its mode");
    let master = Master::new(&[7; 32]).expect("a master");
    let wish = Wish {
        prefix: "dc",
        verbs: Verbs::USUAL,
        expires: NEVER,
        note: "",
    };
    let minted = Tokens::new(master, Vec::new(), now()).mint(&wish, now());
    let minted = minted.expect("a token");

    let mut store = Sqlite::open(&directory.join("watchdog.db")).expect("a database");
    let mut group = Group::default();
    let at = |moment| Now {
        mono: moment,
        wall: moment,
    };
    group.add(Batch::token(at(now()), minted.row));
    for number in 1..=watches {
        let key = Key::new(Namespace::Named, &name(number)).expect("a name");
        let now = now();
        let mut watch = Watch::new(number, key, Kind::Kick, timeout(number), 0, now);
        watch.state = State::Up;
        watch.last = now;
        watch.deadline = now + watch.timeout;
        let mut batch = Batch::default();
        batch.now = at(now);
        batch.changes.push(Change::Put(Box::new(watch)));
        group.add(batch);
        if number % PIECE == 0 {
            store.commit(&std::mem::take(&mut group)).expect("a commit");
        }
    }
    store.commit(&group).expect("a commit");
    minted.secret
}

/// The request that kicks one.
pub(crate) fn kick(token: &Secret, number: u64, timeout: u64, is_kept: bool) -> Vec<u8> {
    let name = name(number);
    let mut target = format!("/kick/{name}?timeout={timeout}&hmac=");
    for byte in token.signature(&name) {
        write!(target, "{byte:02x}").expect("a String takes all");
    }
    Load::request(&target, is_kept)
}

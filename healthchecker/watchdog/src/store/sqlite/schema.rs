//! The tables, and how an older file comes to have them.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::problem::error;
use crate::store::{StoreError, StoreErrorKind};

/// The version of the tables, which `meta` names. A file with a greater one is refused.
pub const SCHEMA: i64 = MIGRATIONS.len() as i64;

/// By which SQLite files of this program are known: "wdog".
const APPLICATION: i64 = 0x7764_6f67;

/// What makes each version of the one before. A released one is never changed.
///
/// Columns that end in `_ms` are by the server's own clock, which begins as wall time and differs from
/// it by the steps of that since; `meta` has both for the moment when it was last alive. `at`, `expires`,
/// `revoked`, `news_at`, `next_at` and `ended` are by the wall.
pub(in crate::store) const MIGRATIONS: &[&str] = &[
    "
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE watch (
    id INTEGER PRIMARY KEY,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    timeout_ms INTEGER NOT NULL,
    grace_ms INTEGER NOT NULL,
    deadline_ms INTEGER,
    last_ms INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    down_ms INTEGER NOT NULL,
    episode INTEGER NOT NULL,
    ping_uuid BLOB,
    hold TEXT,
    hold_from_ms INTEGER,
    hold_until_ms INTEGER,
    run_ms INTEGER,
    run_rid BLOB,
    is_untold INTEGER NOT NULL,
    open_to INTEGER NOT NULL,
    labels TEXT NOT NULL,
    payload TEXT NOT NULL,
    retired_ms INTEGER,
    journal_seq INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX watch_by_name ON watch (namespace, name) WHERE retired_ms IS NULL;
CREATE INDEX watch_by_end ON watch (retired_ms) WHERE retired_ms IS NOT NULL;
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    id INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    episode INTEGER NOT NULL,
    \"from\" TEXT NOT NULL,
    \"to\" TEXT NOT NULL,
    reason TEXT NOT NULL,
    body BLOB NOT NULL,
    is_told INTEGER NOT NULL
) STRICT;
CREATE INDEX event_by_watch ON event (id);
CREATE TABLE absence (from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL) STRICT;
CREATE TABLE token (
    serial INTEGER PRIMARY KEY,
    prefix TEXT NOT NULL,
    verbs TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    expires INTEGER,
    revoked INTEGER,
    note TEXT NOT NULL
) STRICT;
CREATE TABLE monitor (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    prefix TEXT NOT NULL,
    authority TEXT NOT NULL,
    url TEXT NOT NULL,
    serial INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
",
    "
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    sink TEXT NOT NULL,
    watch INTEGER NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    news_at INTEGER NOT NULL,
    episode INTEGER NOT NULL,
    \"from\" TEXT NOT NULL,
    \"to\" TEXT NOT NULL,
    reason TEXT NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    next_at INTEGER,
    message BLOB,
    problem TEXT NOT NULL,
    ended INTEGER
) STRICT;
CREATE TABLE gone (
    sink TEXT PRIMARY KEY,
    mark BLOB NOT NULL,
    at INTEGER NOT NULL,
    problem TEXT NOT NULL
) STRICT, WITHOUT ROWID;
",
];

/// Refuses a file that another program or a newer version has written.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let fail = |problem: rusqlite::Error| error(path, &problem);
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get(0));
    let application: i64 = number("application_id").map_err(fail)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(fail)?;
    if application != APPLICATION && tables > 0 {
        return Err(StoreError::new(StoreErrorKind::Foreign, path, ""));
    }
    let found = version(connection).map_err(fail)?;
    if found > SCHEMA {
        let detail = format!("its tables are of version {found}, and this knows {SCHEMA}");
        return Err(StoreError::new(StoreErrorKind::Newer, path, detail));
    }
    Ok(())
}

/// The version of a file's tables; 0: it has none.
fn version(connection: &Connection) -> rusqlite::Result<i64> {
    let is_there: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'meta')",
        [],
        |row| row.get(0),
    )?;
    if !is_there {
        return Ok(0);
    }
    let schema = "SELECT value FROM meta WHERE key = 'schema'";
    let found = connection
        .query_row(schema, [], |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or(0))
}

/// Brings a file up to date: every step, or none.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    let found = usize::try_from(version(connection)?).unwrap_or(0);
    if found >= steps.len() {
        return Ok(());
    }
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in &steps[found..] {
        change.execute_batch(step)?;
    }
    change.pragma_update(None, "application_id", APPLICATION)?;
    change.execute(
        "INSERT OR REPLACE INTO meta VALUES ('schema', ?)",
        [steps.len() as i64],
    )?;
    change.commit()
}

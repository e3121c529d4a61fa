//! All that is kept, read once at the start.

use rusqlite::OptionalExtension;

use super::Sqlite;
use super::fold::Kicks;
use super::letters;
use super::rows::{GET, get, monitor, token, watch};
use crate::store::Loaded;
use crate::watches::{Absence, Now};

pub(super) fn load(store: &mut Sqlite) -> rusqlite::Result<Loaded> {
    let connection = &store.connection;
    let mut loaded = Loaded::default();
    let mut kicks = Vec::new();
    {
        let mut journal =
            connection.prepare("SELECT seq, id, at_ms, due_ms FROM journal ORDER BY seq")?;
        let mut rows = journal.query([])?;
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            let (id, at, due) = (get(row, 1)?, get(row, 2)?, get(row, 3)?);
            store.journal.first.get_or_insert(seq);
            store.journal.last = seq;
            kicks.push((id, (seq, at, due)));
        }
    }
    // Of each watch the last one.
    let kicks: Kicks = kicks.into_iter().collect();
    {
        let mut watches = connection.prepare(GET)?;
        let mut rows = watches.query([])?;
        while let Some(row) = rows.next()? {
            let (mut watch, folded) = watch(row)?;
            if let Some(&(seq, at, due)) = kicks.get(&watch.id)
                && seq > folded
            {
                (watch.last, watch.deadline) = (at, due);
            }
            // The journal may be empty: what rows know of it counts, too.
            store.journal.last = store.journal.last.max(folded);
            loaded.latest = loaded.latest.max(watch.last).max(watch.since);
            loaded.watches.push(watch);
        }
    }
    store.journal.kicks = kicks;
    let number = |sql: &str| -> rusqlite::Result<i64> {
        let found: Option<i64> = connection.query_row(sql, [], |row| row.get(0))?;
        Ok(found.unwrap_or(0))
    };
    store.next_event = number("SELECT max(seq) FROM event")? + 1;
    // Of some numbers nothing but what is still to be told may be left.
    let last_id = number("SELECT max(id) FROM watch")?
        .max(number("SELECT max(id) FROM event")?)
        .max(number("SELECT max(watch) FROM outbox")?);
    loaded.next_id = u64::try_from(last_id).unwrap_or(0) + 1;

    let mut tokens = connection.prepare(
        "SELECT serial, prefix, verbs, sha256, expires, revoked, note FROM token ORDER BY serial",
    )?;
    loaded.tokens = tokens.query_map([], token)?.collect::<Result<_, _>>()?;
    let mut monitors = connection
        .prepare("SELECT id, kind, prefix, authority, url, serial, at FROM monitor ORDER BY id")?;
    loaded.monitors = monitors.query_map([], monitor)?.collect::<Result<_, _>>()?;
    (loaded.deliveries, loaded.gone) = letters::load(connection)?;
    let mut absences = connection.prepare("SELECT from_ms, to_ms FROM absence ORDER BY to_ms")?;
    let absence = |row: &rusqlite::Row<'_>| {
        Ok(Absence {
            from: get(row, 0)?,
            to: get(row, 1)?,
        })
    };
    loaded.absences = absences.query_map([], absence)?.collect::<Result<_, _>>()?;
    let meta = |key: &str| {
        let sql = "SELECT value FROM meta WHERE key = ?";
        connection
            .query_row(sql, [key], |row| get(row, 0))
            .optional()
    };
    if let (Some(mono), Some(wall)) = (meta("alive_ms")?, meta("alive")?) {
        loaded.alive = Some(Now { mono, wall });
        loaded.latest = loaded.latest.max(mono);
    }
    store.is_loaded = true;
    Ok(loaded)
}

//! What is no longer kept, removed a little at a time.

use std::time::Duration;

use rusqlite::params;

use super::Sqlite;
use super::rows::number;
use crate::store::Retention;
use crate::watches::{Millis, Now, PATIENCE};

/// Rows that one piece removes at most.
const ROWS: i64 = 500;

/// So many tokens stay, whether they are valid or not.
const TOKENS: i64 = 100_000;

/// Removes what is too old or too much. Whether there is more.
pub(super) fn prune(store: &mut Sqlite, keep: &Retention, now: Now) -> rusqlite::Result<bool> {
    let connection = &store.connection;
    let before = |moment: Millis, age: Duration| {
        let age = Millis::try_from(age.as_millis()).unwrap_or(Millis::MAX);
        number(moment.saturating_sub(age))
    };
    // Events are numbered as they come: the first are the oldest, and how many there are is known.
    let over = store.next_event.saturating_sub(number(keep.events));
    let events = connection.execute(
        "DELETE FROM event WHERE seq IN (SELECT seq FROM event ORDER BY seq LIMIT ?1)
         AND (at < ?2 OR seq < ?3)",
        params![ROWS, before(now.wall, keep.age), over],
    )?;
    let tombstones = connection.execute(
        "DELETE FROM watch WHERE id IN
         (SELECT id FROM watch WHERE retired_ms < ?1 ORDER BY retired_ms LIMIT ?2)",
        params![before(now.mono, keep.tombstones), ROWS],
    )?;
    // As the tokens themselves do: beyond so many, those that are valid no more go, the oldest first.
    let tokens = connection.execute(
        "DELETE FROM token WHERE serial IN
         (SELECT serial FROM token WHERE (revoked IS NOT NULL OR expires <= ?1) AND serial <=
          (SELECT serial FROM token ORDER BY serial DESC LIMIT 1 OFFSET ?2) ORDER BY serial LIMIT ?3)",
        params![number(now.wall), TOKENS, ROWS],
    )?;
    let patience = Duration::from_millis(PATIENCE);
    let absences = "DELETE FROM absence WHERE to_ms < ?";
    connection.execute(absences, [before(now.mono, patience)])?;
    let is_full = |removed: usize| i64::try_from(removed).is_ok_and(|removed| removed == ROWS);
    Ok(is_full(events) || is_full(tombstones) || is_full(tokens))
}

//! Kicks from the journal into their rows, in pieces that nobody notices.

use std::collections::BTreeMap;
use std::time::Instant;

use rusqlite::{Transaction, TransactionBehavior, params};

use super::Sqlite;
use super::rows::number;

/// Rows between two looks at the clock.
const ROWS: usize = 32;

/// Entries of the journal that one piece removes at most: about as long as folding takes.
const REMOVED: i64 = 2_000;

/// The last kick of each watch: its number, when, its deadline.
pub(super) type Kicks = BTreeMap<u64, (i64, u64, u64)>;

/// What is in the journal.
#[derive(Debug, Default)]
pub(super) struct Journal {
    /// What is not yet in its row.
    pub(super) kicks: Kicks,
    /// The first entry that is still there.
    pub(super) first: Option<i64>,
    /// The last number that was ever used.
    pub(super) last: i64,
    /// What is being folded, and up to which entry the journal goes with it.
    folding: Option<(Kicks, i64)>,
}

/// Folds until a moment. Whether there is more to do.
pub(super) fn fold(store: &mut Sqlite, until: Instant) -> rusqlite::Result<bool> {
    let Some(first) = store.journal.first else {
        return Ok(false);
    };
    let journal = &mut store.journal;
    let (mut rows, upto) = journal
        .folding
        .take()
        .unwrap_or_else(|| (std::mem::take(&mut journal.kicks), journal.last));
    let mut taken = Vec::new();
    let result = if rows.is_empty() {
        remove(store, first, upto)
    } else {
        fold_rows(store, until, &mut rows, &mut taken)
    };
    if let Err(error) = result {
        rows.extend(taken);
        store.journal.folding = Some((rows, upto));
        return Err(error);
    }
    if taken.is_empty() {
        let next = first.saturating_add(REMOVED);
        store.journal.first = (next <= upto).then_some(next);
        if store.journal.first.is_none() {
            // What has come since then is for the next time.
            store.journal.first = (upto < store.journal.last).then_some(upto + 1);
            return Ok(false);
        }
    }
    store.journal.folding = Some((rows, upto));
    Ok(true)
}

/// By number, so that neighbours in the file are written together. A row that was written whole since
/// its kick has it already.
fn fold_rows(
    store: &Sqlite,
    until: Instant,
    rows: &mut Kicks,
    taken: &mut Vec<(u64, (i64, u64, u64))>,
) -> rusqlite::Result<()> {
    let change = Transaction::new_unchecked(&store.connection, TransactionBehavior::Immediate)?;
    {
        let mut row = change.prepare(
            "UPDATE watch SET last_ms = ?3, deadline_ms = ?4, journal_seq = ?2
             WHERE id = ?1 AND journal_seq < ?2",
        )?;
        while let Some((id, kick)) = rows.pop_first() {
            taken.push((id, kick));
            let (seq, at, due) = kick;
            row.execute(params![number(id), seq, number(at), number(due)])?;
            if taken.len().is_multiple_of(ROWS) && Instant::now() >= until {
                break;
            }
        }
    }
    change.commit()
}

/// Removes the first entries, all of which are in their rows.
fn remove(store: &Sqlite, first: i64, upto: i64) -> rusqlite::Result<()> {
    let end = first.saturating_add(REMOVED).min(upto + 1);
    let sql = "DELETE FROM journal WHERE seq >= ?1 AND seq < ?2";
    store.connection.execute(sql, [first, end])?;
    Ok(())
}

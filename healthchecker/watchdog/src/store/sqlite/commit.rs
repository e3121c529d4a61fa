//! One group, one transaction.

use rusqlite::{Transaction, TransactionBehavior, params};

use super::rows::{Rows, moment, number};
use super::{Sqlite, letters};
use crate::store::Group;
use crate::watches::{Millis, Now};

/// How often the time is written down.
const ALIVE: Millis = 2_000;

pub(super) fn commit(store: &mut Sqlite, group: &Group) -> rusqlite::Result<()> {
    let is_dated = store
        .alive
        .is_some_and(|alive| group.now.mono < alive.mono.saturating_add(ALIVE));
    if group.is_empty() && is_dated {
        return Ok(());
    }
    // Numbers are taken for good only when the commit is certain: tried again, it writes the same rows.
    let before = store.journal.last;
    let mut seq = before;
    let mut event = store.next_event;
    let behavior = TransactionBehavior::Immediate;
    let change = Transaction::new_unchecked(&store.connection, behavior)?;
    {
        let mut rows = Rows::new(&change)?;
        let mut kick_row = change.prepare("INSERT OR REPLACE INTO journal VALUES (?, ?, ?, ?)")?;
        for (&id, row) in &group.rows {
            if let Some(watch) = &row.put {
                let retired = row.is_retired.then_some(group.now.mono);
                rows.put(watch, retired, before)?;
            }
            if let Some((at, due)) = row.kick {
                seq += 1;
                kick_row.execute([seq, number(id), number(at), number(due)])?;
            }
        }
    }
    events(&change, group, &mut event)?;
    others(&change, group)?;
    letters::write(&change, group)?;
    if !is_dated {
        date(&change, group.now)?;
    }
    change.commit()?;

    if !is_dated {
        store.alive = Some(group.now);
    }
    store.next_event = event;
    let mut seq = before;
    for (&id, row) in &group.rows {
        if row.put.is_some() {
            store.journal.kicks.remove(&id);
        }
        if let Some((at, due)) = row.kick {
            seq += 1;
            store.journal.kicks.insert(id, (seq, at, due));
        }
    }
    if seq > before {
        store.journal.first.get_or_insert(before + 1);
        store.journal.last = seq;
    }
    Ok(())
}

fn events(change: &Transaction<'_>, group: &Group, seq: &mut i64) -> rusqlite::Result<()> {
    let mut row =
        change.prepare("INSERT OR REPLACE INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    for event in &group.events {
        row.execute(params![
            *seq,
            number(event.id),
            number(event.at),
            event.episode,
            event.from.word(),
            event.to.word(),
            &*event.reason,
            &*event.body,
            event.is_told,
        ])?;
        *seq += 1;
    }
    Ok(())
}

fn others(change: &Transaction<'_>, group: &Group) -> rusqlite::Result<()> {
    for absence in &group.absences {
        let row = [number(absence.from), number(absence.to)];
        change.execute("INSERT INTO absence VALUES (?, ?)", row)?;
    }
    for token in group.tokens.values() {
        change.execute(
            "INSERT OR REPLACE INTO token VALUES (?, ?, ?, ?, ?, ?, ?)",
            params![
                number(token.serial),
                &*token.prefix,
                &*token.verbs,
                token.sha256,
                moment(token.expires),
                token.revoked.map(number),
                &*token.note,
            ],
        )?;
    }
    for (id, monitor) in &group.monitors {
        let id = id.to_be_bytes();
        let Some(monitor) = monitor else {
            change.execute("DELETE FROM monitor WHERE id = ?", [id])?;
            continue;
        };
        change.execute(
            "INSERT OR REPLACE INTO monitor VALUES (?, ?, ?, ?, ?, ?, ?)",
            params![
                id,
                monitor.kind.word(),
                &*monitor.prefix,
                &*monitor.authority,
                &*monitor.url,
                number(monitor.serial),
                number(monitor.at),
            ],
        )?;
    }
    Ok(())
}

fn date(change: &Transaction<'_>, now: Now) -> rusqlite::Result<()> {
    let mut row = change.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)")?;
    row.execute(params!["alive_ms", number(now.mono)])?;
    row.execute(params!["alive", number(now.wall)])?;
    Ok(())
}

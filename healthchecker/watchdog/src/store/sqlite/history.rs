//! What has happened to one watch, read beside the writer: in WAL no reader holds it up.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use super::problem;
use super::rows::{get, number, word};
use crate::store::StoreError;
use crate::watches::{Millis, State};

/// So many events of a watch are looked at for when it was down.
const MOST_TURNS: u32 = 20_000;

/// So many are looked at for what came last with one.
const MOST_LOOKED_AT: u32 = 1_000;

/// How long a lock of the file is waited for.
const PATIENCE: Duration = Duration::from_millis(250);

/// Reads what has happened, from a connection of its own for each time.
#[derive(Clone, Debug)]
pub struct Reader(PathBuf);

/// What is read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wish {
    /// Of the watch with this number.
    pub id: u64,
    /// Events before the one of this number alone.
    pub before: Option<u64>,
    /// So many events at most.
    pub events: u32,
    /// When it changed its state since then, by the wall.
    pub since: Millis,
    /// So many bytes at most of what came with an event.
    pub body: u32,
}

/// What has happened to a watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct History {
    /// Some of the events, the latest first.
    pub events: Vec<Happened>,
    /// Before what number the next events are, if there are more.
    pub next: Option<u64>,
    /// Its changes of state, the latest first, from now on back to one before [`Wish::since`] if there
    /// is any.
    pub turns: Vec<Turned>,
    /// Since when no change is missing, by the wall.
    pub complete: Millis,
    /// What came last with an event.
    pub body: Option<Last>,
}

/// An event, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Happened {
    /// When, by the wall.
    pub at: Millis,
    /// Its state before.
    pub from: State,
    /// Its state then.
    pub to: State,
    /// Why.
    pub reason: Box<str>,
    /// The beginning of what came with it.
    pub body: Box<[u8]>,
    /// How many bytes that had in all.
    pub length: usize,
    /// Whether others were to be told.
    pub is_told: bool,
}

/// A change of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Turned {
    /// When, by the wall.
    pub at: Millis,
    /// From which.
    pub from: State,
    /// To which.
    pub to: State,
}

/// What came last with an event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Last {
    /// When, by the wall.
    pub at: Millis,
    /// Its beginning.
    pub body: Box<[u8]>,
    /// How many bytes it had in all.
    pub length: usize,
}

impl Wish {
    /// The latest events of a watch, and all since a moment by the wall.
    pub fn new(id: u64, since: Millis) -> Self {
        Self {
            id,
            before: None,
            events: 50,
            since,
            body: 4_000,
        }
    }
}

impl Turned {
    /// A change of state.
    pub fn new(at: Millis, from: State, to: State) -> Self {
        Self { at, from, to }
    }
}

impl Happened {
    /// An event that others were to be told of.
    pub fn new(at: Millis, from: State, to: State, reason: &str, body: &[u8]) -> Self {
        Self {
            at,
            from,
            to,
            reason: reason.into(),
            body: body.into(),
            length: body.len(),
            is_told: true,
        }
    }
}

impl Reader {
    /// Of a database that a [`Sqlite`](super::Sqlite) has.
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// What has happened to a watch, as the last commit left it. It reads a file: not for a thread that
    /// others wait for. What is read is bounded, whatever there is.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn history(&self, wish: &Wish) -> Result<History, StoreError> {
        self.read(wish)
            .map_err(|error| problem::error(&self.0, &error))
    }

    fn read(&self, wish: &Wish) -> rusqlite::Result<History> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&self.0, flags)?;
        connection.busy_timeout(PATIENCE)?;
        // All of one moment.
        let moment = connection.transaction()?;
        let mut history = History::default();
        events(&moment, wish, &mut history)?;
        turns(&moment, wish, &mut history)?;
        history.body = last(&moment, wish)?;
        Ok(history)
    }
}

fn events(from: &Connection, wish: &Wish, history: &mut History) -> rusqlite::Result<()> {
    let mut events = from.prepare(
        "SELECT seq, at, \"from\", \"to\", reason, substr(body, 1, ?4), length(body), is_told
         FROM event WHERE id = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3",
    )?;
    let before = wish.before.map_or(i64::MAX, number);
    let most = wish.events.saturating_add(1);
    let mut rows = events.query(params![number(wish.id), before, most, wish.body])?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        if history.events.len() == wish.events as usize {
            history.next = last;
            break;
        }
        last = Some(get(row, 0)?);
        history.events.push(Happened {
            at: get(row, 1)?,
            from: word(row, 2, State::from_word)?,
            to: word(row, 3, State::from_word)?,
            reason: row.get_ref(4)?.as_str()?.into(),
            body: body(row, 5)?,
            length: length(row, 6)?,
            is_told: row.get(7)?,
        });
    }
    Ok(())
}

fn turns(from: &Connection, wish: &Wish, history: &mut History) -> rusqlite::Result<()> {
    let mut events = from.prepare(
        "SELECT at, \"from\", \"to\" FROM event WHERE id = ?1 ORDER BY seq DESC LIMIT ?2",
    )?;
    let mut rows = events.query(params![number(wish.id), MOST_TURNS])?;
    let mut seen = 0;
    while let Some(row) = rows.next()? {
        let turned = turned(row)?;
        seen += 1;
        if turned.from != turned.to {
            history.turns.push(turned);
        }
        history.complete = turned.at;
        if turned.at < wish.since {
            return Ok(());
        }
    }
    if seen < MOST_TURNS {
        // Of what is kept the first is the oldest: before it some of this one may be gone.
        let first = "SELECT seq, at FROM event ORDER BY seq LIMIT 1";
        let first = from
            .query_row(first, [], |row| Ok((row.get::<_, i64>(0)?, get(row, 1)?)))
            .optional()?;
        history.complete = match first {
            Some((1, _)) | None => 0,
            Some((_, at)) => at,
        };
    }
    Ok(())
}

fn turned(row: &Row<'_>) -> rusqlite::Result<Turned> {
    Ok(Turned {
        at: get(row, 0)?,
        from: word(row, 1, State::from_word)?,
        to: word(row, 2, State::from_word)?,
    })
}

/// Of an empty one SQLite's `substr` makes NULL.
fn body(row: &Row<'_>, column: usize) -> rusqlite::Result<Box<[u8]>> {
    let bytes = row.get_ref(column)?.as_blob_or_null()?;
    Ok(bytes.unwrap_or_default().into())
}

fn length(row: &Row<'_>, column: usize) -> rusqlite::Result<usize> {
    row.get::<_, u32>(column).map(|length| length as usize)
}

fn last(from: &Connection, wish: &Wish) -> rusqlite::Result<Option<Last>> {
    let sql = "SELECT at, substr(body, 1, ?3), length(body) FROM
         (SELECT seq, at, body FROM event WHERE id = ?1 ORDER BY seq DESC LIMIT ?2)
         WHERE length(body) > 0 ORDER BY seq DESC LIMIT 1";
    from.query_row(
        sql,
        params![number(wish.id), MOST_LOOKED_AT, wish.body],
        |row| {
            Ok(Last {
                at: get(row, 0)?,
                body: body(row, 1)?,
                length: length(row, 2)?,
            })
        },
    )
    .optional()
}

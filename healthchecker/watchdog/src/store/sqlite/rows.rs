//! Watches and tokens as rows. Moments that do not come are NULL; uuids are 16 bytes.

use rusqlite::types::Type;
use rusqlite::{Row, Statement, params};

use crate::store::Token;
use crate::watches::{Extra, Hold, Key, Kind, Millis, NEVER, Namespace, Run, State, Watch};

/// Writes a whole row. What never changes is written once.
pub(super) const PUT: &str = "INSERT INTO watch VALUES
    (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
    ?23, ?24, ?25)
    ON CONFLICT (id) DO UPDATE SET kind = ?4, state = ?5, reason = ?6, timeout_ms = ?7, grace_ms = ?8,
    deadline_ms = ?9, last_ms = ?10, since_ms = ?11, down_ms = ?12, episode = ?13, hold = ?15,
    hold_from_ms = ?16, hold_until_ms = ?17, run_ms = ?18, run_rid = ?19, is_untold = ?20, open_to = ?21,
    labels = ?22, payload = ?23, retired_ms = ?24, journal_seq = ?25";

/// In the order of the columns, without the last two.
pub(super) const GET: &str = "SELECT id, namespace, name, kind, state, reason, timeout_ms, grace_ms,
    deadline_ms, last_ms, since_ms, down_ms, episode, ping_uuid, hold, hold_from_ms, hold_until_ms, run_ms,
    run_rid, is_untold, open_to, labels, payload, journal_seq FROM watch WHERE retired_ms IS NULL
    ORDER BY id";

pub(super) fn put(
    statement: &mut Statement<'_>,
    watch: &Watch,
    retired: Option<Millis>,
    seq: i64,
) -> rusqlite::Result<()> {
    let none = Extra::default();
    let extra = watch.extra.as_deref().unwrap_or(&none);
    let hold = extra.hold.map(|hold| {
        let state = if hold.is_maintenance {
            State::Maintenance
        } else {
            State::Paused
        };
        state.word()
    });
    statement.execute(params![
        number(watch.id),
        watch.key.namespace().word(),
        watch.key.name(),
        watch.kind.word(),
        watch.state.word(),
        &*extra.reason,
        number(watch.timeout),
        number(watch.grace),
        moment(watch.deadline),
        number(watch.last),
        number(watch.since),
        watch.down_before,
        watch.episode,
        extra.uuid.map(u128::to_be_bytes),
        hold,
        extra.hold.map(|hold| number(hold.from)),
        extra.hold.and_then(|hold| moment(hold.until)),
        extra.run.map(|run| number(run.at)),
        extra.run.and_then(|run| run.rid).map(u128::to_be_bytes),
        extra.is_untold,
        extra.open_to,
        &*extra.labels,
        &*extra.payload,
        retired.map(number),
        seq,
    ])?;
    Ok(())
}

/// A watch, and up to where the journal is in its row.
pub(super) fn watch(row: &Row<'_>) -> rusqlite::Result<(Watch, i64)> {
    let key = {
        let namespace = word(row, 1, Namespace::from_word)?;
        let name = row.get_ref(2)?.as_str()?;
        Key::new(namespace, name).map_err(|error| broken(2, error))?
    };
    let kind = word(row, 3, Kind::from_word)?;
    let mut watch = Watch::new(
        get(row, 0)?,
        key,
        kind,
        get(row, 6)?,
        get(row, 7)?,
        get(row, 10)?,
    );
    watch.state = word(row, 4, State::from_word)?;
    watch.deadline = get_moment(row, 8)?;
    watch.last = get(row, 9)?;
    watch.down_before = row.get(11)?;
    watch.episode = row.get(12)?;
    let hold = match row.get_ref(14)?.as_str_or_null()? {
        None => None,
        Some(word) => Some(Hold::new(
            State::from_word(word) == Some(State::Maintenance),
            get(row, 15)?,
            get_moment(row, 16)?,
        )),
    };
    let run = match row.get::<_, Option<i64>>(17)? {
        None => None,
        Some(_) => Some(Run::new(get(row, 17)?, get_uuid(row, 18)?)),
    };
    let extra = Extra {
        uuid: get_uuid(row, 13)?,
        reason: row.get_ref(5)?.as_str()?.into(),
        hold,
        run,
        is_untold: row.get(19)?,
        open_to: row.get(20)?,
        labels: row.get_ref(21)?.as_str()?.into(),
        payload: row.get_ref(22)?.as_str()?.into(),
    };
    if extra != Extra::default() {
        watch.extra = Some(Box::new(extra));
    }
    Ok((watch, row.get(23)?))
}

pub(super) fn token(row: &Row<'_>) -> rusqlite::Result<Token> {
    Ok(Token {
        serial: get(row, 0)?,
        prefix: row.get_ref(1)?.as_str()?.into(),
        verbs: row.get_ref(2)?.as_str()?.into(),
        sha256: row.get(3)?,
        expires: get_moment(row, 4)?,
        revoked: match row.get::<_, Option<i64>>(5)? {
            None => None,
            Some(_) => Some(get(row, 5)?),
        },
        note: row.get_ref(6)?.as_str()?.into(),
    })
}

/// SQLite's numbers end at 2^63: beyond are only moments that do not come.
pub(super) fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A moment, or NULL for one that does not come.
pub(super) fn moment(moment: Millis) -> Option<i64> {
    (moment != NEVER).then(|| number(moment))
}

pub(super) fn get(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|error| broken(column, error))
}

fn get_moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Millis> {
    match row.get::<_, Option<i64>>(column)? {
        None => Ok(NEVER),
        Some(_) => get(row, column),
    }
}

fn get_uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u128>> {
    let bytes: Option<[u8; 16]> = row.get(column)?;
    Ok(bytes.map(u128::from_be_bytes))
}

fn word<T>(row: &Row<'_>, column: usize, read: impl Fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let word = row.get_ref(column)?.as_str()?;
    read(word).ok_or_else(|| broken(column, format!("\"{word}\" is unknown")))
}

/// What stands there is nothing that this program writes.
fn broken(
    column: usize,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Null, error.into())
}

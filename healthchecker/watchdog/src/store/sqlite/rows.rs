//! Watches, tokens and monitors as rows. Moments that do not come are NULL; uuids are 16 bytes.

use rusqlite::types::Type;
use rusqlite::{Connection, Row, Statement, params};

use crate::store::{Monitor, MonitorKind, Token};
use crate::watches::{Extra, Hold, Key, Kind, Millis, NEVER, Namespace, Run, State, Watch};

/// Changes a row that is there. Without what never changes and without its end, which both indexes look at:
/// named here, they would be written with every row.
const CHANGE: &str = "UPDATE watch SET kind = ?4, state = ?5, reason = ?6, timeout_ms = ?7,
    grace_ms = ?8, deadline_ms = ?9, last_ms = ?10, since_ms = ?11, down_ms = ?12, episode = ?13,
    hold = ?15, hold_from_ms = ?16, hold_until_ms = ?17, run_ms = ?18, run_rid = ?19, is_untold = ?20,
    open_to = ?21, labels = ?22, payload = ?23, journal_seq = ?25 WHERE id = ?1";

/// Writes a row that is new.
const MAKE: &str =
    "INSERT INTO watch VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,
    ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)";

const END: &str = "UPDATE watch SET retired_ms = ?2 WHERE id = ?1";

const REMOVE: &str = "DELETE FROM watch WHERE id = ?1";

/// What writes watches.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    change: Statement<'a>,
    make: Statement<'a>,
    end: Statement<'a>,
    remove: Statement<'a>,
}

/// In the order of the columns, without the end. And whether it has nothing extra, since each column that is
/// read takes as long as all that is compared here.
pub(super) const GET: &str = "SELECT id, namespace, name, kind, state, reason, timeout_ms, grace_ms,
    deadline_ms, last_ms, since_ms, down_ms, episode, ping_uuid, hold, hold_from_ms, hold_until_ms, run_ms,
    run_rid, is_untold, open_to, labels, payload, journal_seq, reason = '' AND ping_uuid IS NULL AND
    hold IS NULL AND run_ms IS NULL AND is_untold = 0 AND open_to = 0 AND labels = '' AND payload = ''
    FROM watch WHERE retired_ms IS NULL
    ORDER BY id";

impl<'a> Rows<'a> {
    pub(super) fn new(connection: &'a Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            change: connection.prepare(CHANGE)?,
            make: connection.prepare(MAKE)?,
            end: connection.prepare(END)?,
            remove: connection.prepare(REMOVE)?,
        })
    }

    /// Writes a whole row. The journal up to `seq` is in it.
    pub(super) fn put(
        &mut self,
        watch: &Watch,
        retired: Option<Millis>,
        seq: i64,
    ) -> rusqlite::Result<()> {
        // Whoever needs no token makes and removes instances without end: of those no row is left.
        if retired.is_some() && watch.key.namespace() == Namespace::Registry {
            self.remove.execute([number(watch.id)])?;
            return Ok(());
        }
        if write(&mut self.change, watch, retired, seq)? == 0 {
            write(&mut self.make, watch, retired, seq)?;
        } else if let Some(moment) = retired {
            self.end.execute([number(watch.id), number(moment)])?;
        }
        Ok(())
    }
}

/// How many rows it has found.
fn write(
    statement: &mut Statement<'_>,
    watch: &Watch,
    retired: Option<Millis>,
    seq: i64,
) -> rusqlite::Result<usize> {
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
    ])
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
    if !row.get::<_, bool>(24)? {
        watch.extra = Some(Box::new(extra(row)?));
    }
    Ok((watch, row.get(23)?))
}

fn extra(row: &Row<'_>) -> rusqlite::Result<Extra> {
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
    Ok(Extra {
        uuid: get_uuid(row, 13)?,
        reason: row.get_ref(5)?.as_str()?.into(),
        hold,
        run,
        is_untold: row.get(19)?,
        open_to: row.get(20)?,
        labels: row.get_ref(21)?.as_str()?.into(),
        payload: row.get_ref(22)?.as_str()?.into(),
        // The table knows both clocks.
        heard: 0,
    })
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

pub(super) fn monitor(row: &Row<'_>) -> rusqlite::Result<Monitor> {
    Ok(Monitor {
        id: u128::from_be_bytes(row.get(0)?),
        kind: word(row, 1, MonitorKind::from_word)?,
        prefix: row.get_ref(2)?.as_str()?.into(),
        authority: row.get_ref(3)?.as_str()?.into(),
        url: row.get_ref(4)?.as_str()?.into(),
        serial: get(row, 5)?,
        at: get(row, 6)?,
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

pub(super) fn get_moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Millis> {
    match row.get::<_, Option<i64>>(column)? {
        None => Ok(NEVER),
        Some(moment) => u64::try_from(moment).map_err(|error| broken(column, error)),
    }
}

fn get_uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u128>> {
    let bytes: Option<[u8; 16]> = row.get(column)?;
    Ok(bytes.map(u128::from_be_bytes))
}

pub(super) fn word<T>(
    row: &Row<'_>,
    column: usize,
    read: impl Fn(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let word = row.get_ref(column)?.as_str()?;
    read(word).ok_or_else(|| broken(column, format!("\"{word}\" is unknown")))
}

/// What stands there is nothing that this program writes.
pub(super) fn broken(
    column: usize,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Null, error.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::schema::{MIGRATIONS, migrate};

    /// An index takes several times as long as the row, and many watches may fall silent at once.
    #[test]
    fn a_change_of_state_writes_no_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, MIGRATIONS).unwrap();
        let written = |sql: &str| {
            let mut steps = connection.prepare(&format!("EXPLAIN {sql}")).unwrap();
            let steps = steps.raw_query().mapped(|row| row.get::<_, String>(1));
            steps
                .filter(|step| step.as_deref() == Ok("OpenWrite"))
                .count()
        };
        assert_eq!(written(CHANGE), 1);
        assert_eq!(written(MAKE), 3, "the row and both indexes");
    }
}

//! What is still to be told, as rows.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, Row, Transaction, params};

use super::rows::{broken, get, get_moment, moment, number, word};
use crate::outbox::{Delivery, Gone, News, Standing, Type};
use crate::store::Group;
use crate::watches::{Key, Namespace, State};

/// Writes what has changed.
pub(super) fn write(change: &Transaction<'_>, group: &Group) -> rusqlite::Result<()> {
    if !group.deliveries.is_empty() {
        let mut put = change.prepare(
            "INSERT OR REPLACE INTO outbox VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
             ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        )?;
        let mut remove = change.prepare("DELETE FROM outbox WHERE seq = ?")?;
        for (&seq, row) in &group.deliveries {
            let Some(row) = row else {
                remove.execute([number(seq)])?;
                continue;
            };
            let news = &row.news;
            put.execute(params![
                number(seq),
                news.id.to_be_bytes(),
                &*row.sink,
                number(row.watch),
                news.key.namespace().word(),
                news.key.name(),
                news.kind.word(),
                number(news.at),
                news.episode,
                news.from.word(),
                news.to.word(),
                &*news.reason,
                &*news.body,
                row.standing.word(),
                row.attempt,
                number(row.made),
                moment(row.next),
                row.message.map(u128::to_be_bytes),
                &*row.problem,
                row.ended.map(number),
            ])?;
        }
    }
    for (sink, gone) in &group.gone {
        match gone {
            Some(gone) => change.execute(
                "INSERT OR REPLACE INTO gone VALUES (?, ?, ?, ?)",
                params![&**sink, gone.mark, number(gone.at), &*gone.problem],
            )?,
            None => change.execute("DELETE FROM gone WHERE sink = ?", [&**sink])?,
        };
    }
    Ok(())
}

/// What is still to be told, and who is gone.
type Left = (Vec<Delivery>, Vec<(Arc<str>, Gone)>);

/// All of it. What several sinks are told is in memory once, and so is a sink's name.
pub(super) fn load(connection: &Connection) -> rusqlite::Result<Left> {
    let mut known = Known::default();
    let mut statement = connection.prepare(
        "SELECT seq, id, sink, watch, namespace, name, type, news_at, episode, \"from\", \"to\", reason, body,
         state, attempt, made_ms, next_at, message, problem, ended FROM outbox ORDER BY seq",
    )?;
    let mut rows = statement.query([])?;
    let mut deliveries = Vec::new();
    while let Some(row) = rows.next()? {
        deliveries.push(known.delivery(row)?);
    }
    let mut statement =
        connection.prepare("SELECT sink, mark, at, problem FROM gone ORDER BY sink")?;
    let gone = statement.query_map([], |row| {
        let problem: String = row.get(3)?;
        let gone = Gone::new(row.get(1)?, get(row, 2)?, &problem);
        Ok((Arc::from(row.get_ref(0)?.as_str()?), gone))
    })?;
    let gone = gone.collect::<Result<_, _>>()?;
    Ok((deliveries, gone))
}

#[derive(Default)]
struct Known {
    /// By the number, and by whether it has a body: not all sinks show that.
    news: HashMap<(u128, usize), Arc<News>>,
    sinks: HashMap<String, Arc<str>>,
}

impl Known {
    fn delivery(&mut self, row: &Row<'_>) -> rusqlite::Result<Delivery> {
        let id = u128::from_be_bytes(row.get(1)?);
        let body = row.get_ref(12)?.as_blob()?;
        let news = match self.news.get(&(id, body.len())) {
            Some(news) => Arc::clone(news),
            None => {
                let news = Arc::new(news(row, id, body)?);
                self.news.insert((id, body.len()), Arc::clone(&news));
                news
            }
        };
        let sink = row.get_ref(2)?.as_str()?;
        let sink = match self.sinks.get(sink) {
            Some(sink) => Arc::clone(sink),
            None => {
                let name: Arc<str> = sink.into();
                self.sinks.insert(sink.to_owned(), Arc::clone(&name));
                name
            }
        };
        let message: Option<[u8; 16]> = row.get(17)?;
        let ended = match row.get::<_, Option<i64>>(19)? {
            None => None,
            Some(_) => Some(get(row, 19)?),
        };
        Ok(Delivery {
            seq: get(row, 0)?,
            news,
            watch: get(row, 3)?,
            sink,
            standing: word(row, 13, Standing::from_word)?,
            attempt: row.get(14)?,
            made: get(row, 15)?,
            next: get_moment(row, 16)?,
            message: message.map(u128::from_be_bytes),
            problem: row.get_ref(18)?.as_str()?.into(),
            ended,
        })
    }
}

fn news(row: &Row<'_>, id: u128, body: &[u8]) -> rusqlite::Result<News> {
    let namespace = word(row, 4, Namespace::from_word)?;
    let name = row.get_ref(5)?.as_str()?;
    Ok(News {
        id,
        kind: word(row, 6, Type::from_word)?,
        key: Key::new(namespace, name).map_err(|error| broken(5, error))?,
        at: get(row, 7)?,
        episode: row.get(8)?,
        from: word(row, 9, State::from_word)?,
        to: word(row, 10, State::from_word)?,
        reason: row.get_ref(11)?.as_str()?.into(),
        body: body.into(),
    })
}

//! What is still to be told, or was not: pages of it, and having it told again.

use serde::Serialize;

use super::{json, query, refusal};
use crate::dialects::Answer;
use crate::dialects::moment::rfc3339;
use crate::outbox::{self, Look, Outbox, Standing, shown};
use crate::watches::{NEVER, Namespace, covers};

/// So many are looked at for one page: nobody else is served meanwhile.
const MOST_LOOKED_AT: usize = 100_000;

/// With what a number begins when it is shown.
const EVENT: &str = "evt_";

/// A page that is asked for.
#[derive(Clone, Debug)]
pub struct Deliveries {
    state: Option<Standing>,
    sink: Option<Box<str>>,
    limit: usize,
    after: u64,
    authority: Box<str>,
}

/// What is to be told again.
#[derive(Clone, Debug)]
pub struct Resend {
    /// `None`: all of the sink.
    id: Option<u128>,
    sink: Box<str>,
    authority: Box<str>,
}

#[derive(Serialize)]
struct Page {
    deliveries: Vec<Shown>,
    next: Option<u64>,
}

#[derive(Serialize)]
struct Shown {
    seq: u64,
    id: String,
    sink: String,
    state: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    namespace: &'static str,
    name: String,
    at: Option<String>,
    episode: u32,
    from: &'static str,
    to: &'static str,
    reason: String,
    attempts: u32,
    next: Option<String>,
    message: Option<String>,
    problem: String,
    ended: Option<String>,
}

#[derive(Serialize)]
struct Count {
    deliveries: usize,
}

impl Deliveries {
    pub(super) fn read(text: &str) -> Result<Self, Answer> {
        let known = ["state", "sink", "limit", "after"];
        let [state, sink, limit, after] = query::read(text, known)?;
        let state_of = |word: &str| {
            Standing::from_word(word)
                .ok_or_else(|| refusal::value("state must be waiting, muted or dead"))
        };
        let message = "after must be the seq of a delivery";
        Ok(Self {
            state: state.as_deref().map(state_of).transpose()?,
            sink: sink.map(|sink| sink.into()),
            limit: query::limit(limit.as_deref())?,
            after: query::number(after.as_deref().unwrap_or("0"))
                .ok_or_else(|| refusal::value(message))?,
            authority: Box::default(),
        })
    }

    /// For a token of this authority.
    pub(super) fn of(self, authority: &str) -> Self {
        Self {
            authority: authority.into(),
            ..self
        }
    }

    /// Of what the token's authority covers.
    pub fn answer(&self, outbox: &Outbox) -> Answer {
        let mut deliveries = Vec::new();
        let mut next = None;
        let mut last = None;
        for (at, row) in outbox.rows(self.after).enumerate() {
            if deliveries.len() == self.limit || at == MOST_LOOKED_AT {
                next = last;
                break;
            }
            last = Some(row.seq);
            let is_it = self.state.is_none_or(|state| state == row.standing)
                && reaches(&self.authority, row);
            if !is_it {
                continue;
            }
            let sink = shown(&row.sink);
            if self.sink.as_deref().is_none_or(|wanted| wanted == sink) {
                deliveries.push(Shown::new(row, sink));
            }
        }
        json::answer(200, &Page { deliveries, next })
    }
}

impl Resend {
    pub(super) fn one(path: &str) -> Result<Self, Answer> {
        let (id, sink) = path.split_once('/').ok_or_else(refusal::no_delivery)?;
        let digits = id.strip_prefix(EVENT).unwrap_or(id);
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() != 32 || !digits.bytes().all(is_digit) {
            return Err(refusal::value(
                "the path's id must be that of a delivery: evt_ and 32 digits",
            ));
        }
        let id = u128::from_str_radix(digits, 16);
        Ok(Self {
            id: Some(id.map_err(|_| refusal::no_delivery())?),
            ..Self::all(sink)
        })
    }

    pub(super) fn all(sink: &str) -> Self {
        Self {
            id: None,
            sink: sink.into(),
            authority: Box::default(),
        }
    }

    /// For a token of this authority.
    pub(super) fn of(self, authority: &str) -> Self {
        Self {
            authority: authority.into(),
            ..self
        }
    }

    pub(super) fn is_all(&self) -> bool {
        self.id.is_none()
    }

    /// Does it; the answer may be sent when it is stored.
    ///
    /// # Errors
    ///
    /// The answer, if there is nothing of that kind that the token reaches.
    pub fn done(&self, outbox: &mut Outbox, look: &Look<'_>) -> Result<Answer, Answer> {
        let count = match self.id {
            None => outbox.resend_all(&self.sink, look),
            Some(id) => {
                let row = outbox.find(id, &self.sink);
                row.filter(|row| reaches(&self.authority, row))
                    .ok_or_else(refusal::no_delivery)?;
                outbox.resend(id, &self.sink, look)
            }
        };
        let deliveries = count.ok_or_else(refusal::no_delivery)?;
        Ok(json::answer(200, &Count { deliveries }))
    }
}

/// Of names that are not anybody's none but the operator is told.
fn reaches(authority: &str, row: &outbox::Delivery) -> bool {
    let key = &row.news.key;
    authority.is_empty() || key.namespace() == Namespace::Named && covers(authority, key.name())
}

impl Shown {
    fn new(row: &outbox::Delivery, sink: String) -> Self {
        let news = &row.news;
        let evt = |id: u128| format!("{EVENT}{id:032x}");
        Self {
            seq: row.seq,
            id: evt(news.id),
            sink,
            state: row.standing.word(),
            kind: news.kind.word(),
            namespace: news.key.namespace().word(),
            name: news.key.shown().into_owned(),
            at: rfc3339(news.at),
            episode: news.episode,
            from: news.from.word(),
            to: news.to.word(),
            reason: String::from(&*news.reason),
            attempts: row.attempt,
            next: (row.next != NEVER).then(|| rfc3339(row.next)).flatten(),
            message: row.message.map(evt),
            problem: String::from(&*row.problem),
            ended: row.ended.and_then(rfc3339),
        }
    }
}

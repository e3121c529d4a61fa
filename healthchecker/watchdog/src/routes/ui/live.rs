//! What changes, sent to whoever looks at a page.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, sleep, sleep_until};

use super::super::{Head, Reply, Routes};
use super::gather::{gather, server};
use super::looker::Looker;
use super::refuse;
use crate::feed::Listening;
use crate::routes::House;
use crate::ui::{self, Ask, Card, MOST_KICKS, MOST_ROWS, Part, Pick, Picked, Row};
use crate::watches::{Key, Millis, Namespace};

/// What happens so shortly after one another is sent as one.
const GATHER: Duration = Duration::from_millis(250);

/// So many rows are sent at once; where more have changed, the page is asked for anew.
const MOST: usize = 200;

/// A tree of so many rows is sent anew; a larger one is asked for anew, so long after.
const TREE: usize = 1_000;
const LATER: u32 = 2_000;

/// Of so many watches the states are counted after each change, of more now and then.
const COUNTED: usize = 20_000;

/// How often it is looked who was kicked: a millisecond for each watch there is, within these bounds.
const OFTEN: Duration = Duration::from_secs(2);
const SELDOM: Duration = Duration::from_secs(300);

/// Without anything to send, so often a peer that has gone is noticed.
const ALIVE: Duration = Duration::from_secs(15);

/// What is looked at.
enum Subject {
    List(Ask),
    Watch(Key),
}

struct Stream {
    house: Arc<House>,
    looker: Looker,
    subject: Subject,
    /// The last event that the page knows of.
    number: u64,
    /// Up to when the page knows who was kicked.
    kicked: Millis,
    /// What was sent last of pieces that change without an event.
    server: String,
    counts: String,
    card: String,
    /// Why what is down is so: another reason is no event.
    reasons: Option<HashMap<u64, Box<str>>>,
    to: mpsc::Sender<Bytes>,
    _place: OwnedSemaphorePermit,
}

/// The peer has gone, or is told to ask anew.
struct End;

impl Routes {
    pub(super) fn events(&self, head: &Head<'_>, looker: Looker) -> Reply {
        let mut number = None;
        let mut kicked = None;
        let mut subject = None;
        for (name, value) in form_urlencoded::parse(head.query.as_bytes()) {
            match &*name {
                "after" => number = value.parse().ok(),
                "at" => kicked = value.parse().ok(),
                "watch" => {
                    let found = value.split_once('/').and_then(|(namespace, name)| {
                        Key::new(Namespace::from_word(namespace)?, name).ok()
                    });
                    match found.filter(|key| looker.sees(key)) {
                        Some(key) => subject = Some(Subject::Watch(key)),
                        None => return refuse(404, "No such watch", "There is none.", "").into(),
                    }
                }
                _ => {}
            }
        }
        let subject = match subject.map_or_else(|| Ask::read(head.query).map(Subject::List), Ok) {
            Ok(subject) => subject,
            Err(problem) => {
                return refuse(400, "Not understood", &format!("{problem}."), "").into();
            }
        };
        // A browser that comes back says itself where it was.
        let known = head.headers.get("last-event-id");
        let known = known.and_then(|value| value.to_str().ok()?.parse().ok());
        let Ok(place) = Arc::clone(&self.house.page.streams).try_acquire_owned() else {
            let text = "Too many pages are open. Ask again in a moment.";
            return refuse(503, "Busy", text, "")
                .with("retry-after", "10")
                .into();
        };
        let (to, events) = mpsc::channel(1);
        if head.method == "HEAD" {
            return Reply::Events(events);
        }
        let stream = Stream {
            looker,
            subject,
            number: known.or(number).unwrap_or_else(|| self.house.feed.last()),
            kicked: kicked.unwrap_or_else(|| self.house.owner.now().wall),
            house: Arc::clone(&self.house),
            server: String::new(),
            counts: String::new(),
            card: String::new(),
            reasons: None,
            to,
            _place: place,
        };
        tokio::spawn(stream.run());
        Reply::Events(events)
    }
}

impl Stream {
    async fn run(mut self) {
        let listening = self.house.feed.listen();
        // It ends with the peer, or with the server.
        let _ = self.go_on(listening).await;
    }

    async fn go_on(&mut self, mut listening: Listening) -> Result<(), End> {
        self.send("retry: 2000\n\n".into()).await?;
        let mut tick = Instant::now();
        let mut alive = Instant::now() + ALIVE;
        loop {
            tokio::select! {
                biased;
                () = self.to.closed() => return Err(End),
                () = sleep_until(tick) => {
                    let begun = Instant::now();
                    if self.look().await? || begun >= alive {
                        alive = begun + ALIVE;
                    }
                    tick = Instant::now() + self.pause();
                }
                is_more = listening.after(self.number) => {
                    if !is_more {
                        return Err(End);
                    }
                    sleep(GATHER).await;
                    self.changed().await?;
                    alive = Instant::now() + ALIVE;
                }
                () = sleep_until(alive) => {
                    self.send(":\n\n".into()).await?;
                    alive = Instant::now() + ALIVE;
                }
            }
        }
    }

    fn pause(&self) -> Duration {
        let watches = match self.subject {
            Subject::List(_) => self.house.owner.read(|desk, _| desk.table.len()),
            Subject::Watch(_) => 1,
        };
        Duration::from_millis(watches as u64).clamp(OFTEN, SELDOM)
    }

    /// Something has happened.
    async fn changed(&mut self) -> Result<(), End> {
        let Some(events) = self.house.feed.since(self.number) else {
            return self.resync(0).await;
        };
        let mut changed = BTreeMap::new();
        for (number, event) in events {
            self.number = number;
            // What was only said has changed no row, and is no reason to read a page anew.
            let is_only_said = event.from == event.to && matches!(self.subject, Subject::Watch(_));
            if self.looker.sees(&event.key) && !is_only_said {
                changed
                    .entry(event.key.clone())
                    .or_insert_with(Vec::new)
                    .push(event.id);
            }
        }
        if !self.may_go_on() {
            return Err(End);
        }
        let ask = match &self.subject {
            Subject::Watch(key) => {
                return match changed.contains_key(key) {
                    true => self.resync(0).await,
                    false => Ok(()),
                };
            }
            Subject::List(ask) => ask.clone(),
        };
        if changed.is_empty() {
            return Ok(());
        }
        let mut parts = Vec::new();
        if ask.is_tree {
            let picked = gather(&self.house, ask.clone(), &self.looker.authority, MOST_ROWS).await;
            if picked.rows.len() > TREE {
                return self.resync(LATER).await;
            }
            parts.push(Part::Piece(ui::tree(&picked, self.house.owner.now().wall)));
        } else if changed.len() > MOST {
            return self.resync(0).await;
        } else {
            self.rows(&ask, &changed, &mut parts);
        }
        if self.house.owner.read(|desk, _| desk.table.len()) <= COUNTED {
            let picked = gather(&self.house, ask, &self.looker.authority, 1).await;
            self.count(ui::counts(&picked), &mut parts);
        }
        self.tell(&parts).await
    }

    /// The rows that have changed, as they are now.
    fn rows(&self, ask: &Ask, changed: &BTreeMap<Key, Vec<u64>>, parts: &mut Vec<Part>) {
        let mut rows = Vec::new();
        let now = self.house.owner.read(|desk, now| {
            for (key, ids) in changed {
                let row = desk.table.get(key).map(|watch| Row::new(watch, now));
                let row = row.filter(|row| Pick::matches(ask, row));
                let shown = row.as_ref().map(|row| row.id);
                let gone = ids.iter().filter(|id| shown != Some(**id));
                parts.extend(gone.map(|&id| Part::Gone(id)));
                rows.extend(row);
            }
            now
        });
        let pieces = rows
            .iter()
            .map(|row| Part::Piece(ui::row(row, ask, now.wall)));
        parts.extend(pieces);
    }

    /// What changes without an event; whether anything was sent.
    async fn look(&mut self) -> Result<bool, End> {
        if !self.may_go_on() {
            return Err(End);
        }
        let now = self.house.owner.now();
        let mut parts = Vec::new();
        let server = ui::server(&server(&self.house, now, String::new()), now.wall);
        if self.server != server.0 {
            self.server.clone_from(&server.0);
            parts.push(Part::Piece(server));
        }
        match &self.subject {
            Subject::Watch(key) => {
                let card = self
                    .house
                    .owner
                    .read(|desk, now| desk.table.get(key).map(|watch| Card::new(watch, now)));
                if let Some(card) = card {
                    let card = ui::card(&card, now.wall);
                    if self.card != card.0 {
                        self.card.clone_from(&card.0);
                        parts.push(Part::Piece(card));
                    }
                }
            }
            Subject::List(ask) if ask.is_tree => {}
            Subject::List(ask) => {
                let ask = ask.clone();
                let picked = gather(&self.house, ask, &self.looker.authority, MOST_ROWS).await;
                self.count(ui::counts(&picked), &mut parts);
                self.reason(&picked, now.wall, &mut parts);
                let mut kicked: Vec<_> = picked
                    .rows
                    .iter()
                    .filter(|row| row.was_kicked_after(self.kicked))
                    .collect();
                kicked.sort_unstable_by_key(|row| row.last_kick());
                kicked.truncate(MOST_KICKS);
                if let Some(last) = kicked.last() {
                    self.kicked = last.last_kick();
                    parts.push(ui::kicks(kicked));
                }
            }
        }
        self.tell(&parts).await?;
        Ok(!parts.is_empty())
    }

    /// The rows whose reason is another one than it was.
    fn reason(&mut self, picked: &Picked, now: Millis, parts: &mut Vec<Part>) {
        let rows = picked.rows.iter().filter(|row| !row.reason().is_empty());
        if let Some(before) = &self.reasons {
            let is_other =
                |row: &&Row| before.get(&row.id).is_none_or(|old| **old != *row.reason());
            let others = rows.clone().filter(is_other).take(MOST);
            parts.extend(others.map(|row| Part::Piece(ui::row(row, &picked.ask, now))));
        }
        let reasons = rows.map(|row| (row.id, row.reason().into()));
        self.reasons = Some(reasons.collect());
    }

    fn count(&mut self, counts: maud::Markup, parts: &mut Vec<Part>) {
        if self.counts != counts.0 {
            self.counts.clone_from(&counts.0);
            parts.push(Part::Piece(counts));
        }
    }

    fn may_go_on(&self) -> bool {
        self.house
            .owner
            .read(|desk, now| self.looker.may(desk, now))
    }

    async fn resync(&mut self, after: u32) -> Result<(), End> {
        self.tell(&[Part::Resync(after)]).await?;
        Err(End)
    }

    async fn tell(&mut self, parts: &[Part]) -> Result<(), End> {
        if parts.is_empty() {
            return Ok(());
        }
        let mut text = String::new();
        for part in parts {
            part.write(&mut text, self.number);
        }
        self.send(text.into()).await
    }

    /// A peer that reads slowly is waited for, until its connection has stalled for too long; what happens
    /// meanwhile is sent as one afterwards.
    async fn send(&mut self, bytes: Bytes) -> Result<(), End> {
        self.to.send(bytes).await.map_err(|_| End)
    }
}

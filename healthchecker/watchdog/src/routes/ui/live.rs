//! What changes, sent to whoever looks at a page.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, sleep, sleep_until};

use super::super::{Head, Reply, Routes};
use super::looker::Looker;
use super::refuse;
use crate::feed::Listening;
use crate::routes::House;
use crate::ui::{Ask, Part};
use crate::watches::{Key, Millis, Namespace};

mod changes;

/// What happens so shortly after one another is sent as one.
const GATHER: Duration = Duration::from_millis(250);

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

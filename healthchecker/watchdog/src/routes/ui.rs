//! The page: who may see it, and what of it.

mod gather;
mod live;
mod looker;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, HOST};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::{Head, Reply, Routes};
use crate::dialects::{Answer, heartbeat};
use crate::store::Reader;
use crate::ui::{self, Ask, MOST_ROWS, POLICY, Server};
use crate::watches::Now;
use looker::Looker;

/// So many pages are made at a time.
const AT_ONCE: usize = 2;

/// How long a page waits until it is made.
const PATIENCE: Duration = Duration::from_secs(4);

/// So many listen to what changes at a time.
const STREAMS: usize = 128;

/// Of an absence is told for so long, in milliseconds.
const OF_LATE: u64 = 15 * 60 * 1_000;

/// What the page stands on beside the table.
#[derive(Debug)]
pub(crate) struct Page {
    /// `None`: nothing is known of what has happened.
    reader: Option<Reader>,
    places: Semaphore,
    streams: Arc<Semaphore>,
}

impl Page {
    pub(crate) fn new(reader: Option<Reader>) -> Self {
        Self {
            reader,
            places: Semaphore::new(AT_ONCE),
            streams: Arc::new(Semaphore::new(STREAMS)),
        }
    }

    /// Makes something on a thread for that; `None`: too many are at it.
    async fn make<T: Send + 'static>(
        &self,
        make: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let _place = timeout(PATIENCE, self.places.acquire()).await.ok()?.ok()?;
        spawn_blocking(make).await.ok()
    }
}

impl Routes {
    /// `None`: it is no path of the page's.
    pub(super) async fn ui(&self, head: &Head<'_>) -> Option<Reply> {
        let path = match head.path {
            "/" if !heartbeat::has_id(head.query) && is_browser(head) => {
                return Some(see("ui/").into());
            }
            "/ui" => return Some(see("ui/").into()),
            path => path.strip_prefix("/ui/")?,
        };
        if !matches!(head.method, "GET" | "HEAD") {
            let answer = Answer::text(405, "method not allowed\n").with("allow", "GET, HEAD");
            return Some(answer.into());
        }
        let looker = match self.looker(head) {
            Ok(looker) => looker,
            Err(refused) => return Some(refused.into()),
        };
        Some(match path {
            "" => self.overview(head, &looker).await.into(),
            "events" => self.events(head, looker),
            _ => match path.strip_prefix("watch/") {
                Some(rest) => self.watch(head, rest, &looker).await.into(),
                None => refuse(
                    404,
                    "No such page",
                    "There is no such page here.",
                    &up(path),
                )
                .into(),
            },
        })
    }

    async fn overview(&self, head: &Head<'_>, looker: &Looker) -> Answer {
        let ask = match Ask::read(head.query) {
            Ok(ask) => ask,
            Err(problem) => return refuse(400, "Not understood", &format!("{problem}."), ""),
        };
        // What happens from here on is told, so that nothing is missed.
        let after = self.house.feed.last();
        let picked = gather::gather(&self.house, ask, &looker.authority, MOST_ROWS).await;
        let now = self.house.owner.now();
        let server = self.server(head, now, looker);
        let made = self
            .house
            .page
            .make(move || ui::list(&picked, &server, now.wall, after));
        made.await.map_or_else(busy, shown)
    }

    fn server(&self, head: &Head<'_>, now: Now, looker: &Looker) -> Server {
        let scheme = if self.peer.is_tls { "https" } else { "http" };
        let is_plain = |host: &&str| {
            let is_good = |byte: u8| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']')
            };
            (1..=262).contains(&host.len()) && host.bytes().all(is_good)
        };
        let own = || self.listener().address.to_string();
        let host = head
            .header(HOST)
            .filter(is_plain)
            .map_or_else(own, str::to_owned);
        let base = format!("{scheme}://{host}");
        gather::server(&self.house, now, base, &looker.authority)
    }
}

fn is_browser(head: &Head<'_>) -> bool {
    matches!(head.method, "GET" | "HEAD")
        && head
            .header(ACCEPT)
            .is_some_and(|accept| accept.contains("text/html"))
}

/// Elsewhere, as seen from the path that was asked for.
fn see(path: &'static str) -> Answer {
    protected(Answer::new(303).with("location", path))
}

/// The way from a path beneath `/ui/` to that.
fn up(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

fn shown(page: String) -> Answer {
    html(200, page)
}

fn html(status: u16, page: String) -> Answer {
    protected(Answer {
        body: page.into_bytes().into(),
        ..Answer::new(status)
    })
    .with("content-type", "text/html; charset=utf-8")
}

fn refuse(status: u16, title: &str, text: &str, up: &str) -> Answer {
    html(status, ui::refusal(title, text, up))
}

fn busy() -> Answer {
    let text = "Too many pages are asked for just now. Ask again in a moment.";
    refuse(503, "Busy", text, "").with("retry-after", "5")
}

/// What a browser is to keep to.
fn protected(answer: Answer) -> Answer {
    answer
        .with("content-security-policy", POLICY.as_str())
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "no-referrer")
        .with("cross-origin-resource-policy", "same-origin")
        .with("cache-control", "no-store")
}

#[cfg(test)]
mod tests;

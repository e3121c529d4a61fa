//! The page of one watch.

use maud::{Markup, html};

use super::events::{BODY, body, events};
use super::kick::how;
use super::list::{Server, server};
use super::page::{Live, page};
use super::row::{Row, tone};
use super::strip::{days, strip};
use super::text::{block, encoded, name, path, span, time};
use crate::store::History;
use crate::watches::{Millis, NEVER, Namespace, Now, State, Watch};
use crate::words;

/// A watch with all that is shown of it but its past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) row: Row,
    kind: &'static str,
    timeout: Millis,
    grace: Millis,
    episode: u32,
    labels: Box<str>,
    /// Until when it is held, by the wall; [`NEVER`]: until it is released.
    hold: Option<Millis>,
    /// Since when a run is under way.
    run: Option<Millis>,
    /// Its state, held or not, and since when.
    state: State,
}

impl Card {
    pub(crate) fn new(watch: &Watch, now: Now) -> Self {
        let until = |moment| match moment {
            NEVER => NEVER,
            moment => now.wall_of(moment),
        };
        Self {
            row: Row::new(watch, now),
            kind: watch.kind.word(),
            timeout: watch.timeout,
            grace: watch.grace,
            episode: watch.episode,
            labels: watch
                .extra
                .as_deref()
                .map_or("", |extra| &extra.labels)
                .into(),
            hold: watch.hold().map(|hold| until(hold.until)),
            run: watch.run().map(|run| now.wall_of(run.at)),
            state: watch.state,
        }
    }
}

/// What is known of its past.
#[derive(Clone, Debug)]
pub(crate) struct Past {
    /// `None`: it could not be read.
    pub(crate) history: Option<History>,
    /// Whether that is not the latest of it.
    pub(crate) is_older: bool,
}

/// The page.
///
/// `up` is its way to `/ui/`.
pub(crate) fn watch(
    card: &Card,
    past: &Past,
    of: &Server,
    now: Millis,
    after: u64,
    up: &str,
) -> String {
    let key = &card.row.key;
    let shown = name(key);
    // A name of dots is in the query of a path that ends with a slash.
    let here = match path(key).split_once('?') {
        Some((_, query)) => format!("?{query}&"),
        None => "?".to_owned(),
    };
    let older = past
        .history
        .as_ref()
        .and_then(|history| history.next)
        .map(|next| format!("{here}before={next}"));
    let newer = past.is_older.then(|| here.trim_end_matches('&').to_owned());
    let live = Live {
        up: up.to_owned(),
        query: format!(
            "?watch={}",
            encoded(&format!("{}/{}", key.namespace().word(), key.name()))
        ),
        after,
    };
    let main = html! {
        h1 { bdi { (shown) } }
        (server(of, now))
        (self::card(card, now))
        @match &past.history {
            Some(history) => {
                (strip(&days(card.row.state, card.row.since, &history.turns, history.complete, now)))
                @if let Some(last) = &history.body {
                    section aria-labelledby="body" {
                        h2 #body { "What came last with a kick" }
                        p { (time(last.at, now)) }
                        (body(&last.body, last.length))
                    }
                }
                (events(&history.events, older.as_deref(), newer.as_deref(), now))
            }
            None => p.late { span.state { "no history" } " It cannot be read just now. Ask again in a moment." }
        }
        (how(key, &of.base))
    };
    let title = format!("{} · {shown} · watchdog", card.row.state.word());
    page(&title, tone(card.row.state), now, Some(&live), main)
}

/// Its state and its numbers, which are sent anew when they change.
pub(crate) fn card(card: &Card, now: Millis) -> Markup {
    let row = &card.row;
    let is_known = |moment: Millis| moment != NEVER;
    html! {
        section #card class=(tone(row.state)) aria-label="Now" {
            p.big { span.state { (row.state.word()) } }
            @if !row.reason.is_empty() { p.why { bdi { (words::one_line(&row.reason)) } } }
            dl {
                dt { "Since" } dd { (time(row.since, now)) }
                @if let Some(until) = card.hold {
                    dt { "Held until" }
                    dd { @if is_known(until) { (time(until, now)) } @else { "it is released" } }
                    dt { "Otherwise" } dd { (card.state.word()) }
                }
                @if let Some(due) = row.due { dt { "Next due" } dd { (time(due, now)) } }
                dt { "Last kick" }
                dd { @if let Some(last) = row.last { (time(last, now)) } @else { "never" } }
                @if let Some(run) = card.run { dt { "Runs since" } dd { (time(run, now)) } }
                dt { "Down in all" }
                dd { @if row.down > 0 || row.is_down { (row.downtime(now)) } @else { "never" } }
                dt { "Times down" } dd { (card.episode) }
                dt { "Timeout" } dd { (span(card.timeout)) }
                dt { "Grace" } dd { (span(card.grace)) }
                dt { "Kind" } dd { (card.kind) }
                dt { "Namespace" } dd { (row.key.namespace().word()) }
                @if !card.labels.is_empty() {
                    dt { "Labels" }
                    dd { bdi { (block(card.labels.as_bytes(), BODY).0) } }
                }
                @if row.key.namespace() == Namespace::Named {
                    dt { "Beside it" } dd { a href={ "../../?view=tree&prefix=" (family(row.key.name())) } { "its family" } }
                }
            }
        }
    }
}

/// The label with which its family's names begin.
fn family(name: &str) -> String {
    encoded(name.split('.').next().unwrap_or(name))
}

//! What has happened to a watch.

use maud::{Markup, html};

use super::row::tone;
use super::text::{block, grouped, time};
use crate::store::Happened;
use crate::watches::Millis;
use crate::words;

/// So much of what came with an event is shown, in bytes.
pub(super) const BODY: usize = 4_000;

/// A page of it, the latest first.
pub(super) fn events(
    events: &[Happened],
    older: Option<&str>,
    newer: Option<&str>,
    now: Millis,
) -> Markup {
    html! {
        section aria-labelledby="events" {
            h2 #events { "Events" }
            @if events.is_empty() {
                p.empty { "Nothing has happened to it yet that is kept. Events are kept for 90 days unless "
                    code { "[store] events_for" } " says otherwise." }
            } @else {
                table.events {
                    caption { "The latest first. Times are UTC." }
                    thead {
                        tr {
                            th scope="col" { "When" }
                            th scope="col" { "What" }
                            th scope="col" { "Reason" }
                        }
                    }
                    tbody { @for event in events { (row(event, now)) } }
                }
            }
            nav aria-label="Pages of events" {
                @if let Some(link) = newer { a href=(link) { "The latest" } " " }
                @if let Some(link) = older { a href=(link) { "Older" } }
            }
        }
    }
}

fn row(event: &Happened, now: Millis) -> Markup {
    html! {
        tr class=(tone(event.to)) {
            th scope="row" { (time(event.at, now)) }
            td {
                @if event.from == event.to {
                    "said"
                } @else {
                    (event.from.word()) " → " span.state { (event.to.word()) }
                }
                @if !event.is_told && event.from != event.to { " " small { "told to nobody" } }
            }
            td {
                bdi { (words::one_line(&event.reason)) }
                @if event.length > 0 {
                    details { summary { (grouped(event.length)) " bytes came with it" } (body(&event.body, event.length)) }
                }
            }
        }
    }
}

/// What came with an event, as text.
pub(super) fn body(bytes: &[u8], length: usize) -> Markup {
    let (text, _) = block(bytes, BODY);
    html! {
        pre tabindex="0" { (text) }
        @if bytes.len().min(BODY) < length {
            p { "The first " (grouped(bytes.len().min(BODY))) " of " (grouped(length)) " bytes." }
        }
    }
}

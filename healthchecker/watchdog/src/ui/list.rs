//! The page of all watches.

use maud::{Markup, PreEscaped, html};

use super::ask::{Ask, DOWN, STATES, Sort};
use super::page::{Live, page};
use super::pick::Picked;
use super::row::tone;
use super::text::{grouped, span, time};
use super::tree::branches;
use crate::watches::Millis;

/// How the server itself fares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) is_lost: bool,
    /// Its last absence by the wall, if that was of late, and how many watches have more time for it, for
    /// whoever may see all of them.
    pub(crate) absence: Option<(Millis, Millis, Option<usize>)>,
    /// By which scheme, host and port it is asked.
    pub(crate) base: String,
}

/// The list, or the tree.
pub(crate) fn list(picked: &Picked, server: &Server, now: Millis, after: u64) -> String {
    let ask = &picked.ask;
    let live = Live::list(ask, after);
    let down = picked.down();
    let late = picked.of(crate::watches::State::Late);
    let (title, tone) = match (picked.all(), down, late) {
        _ if server.is_lost => ("store lost".to_owned(), "down"),
        (0, ..) => ("no watches".to_owned(), "rest"),
        (_, 0, 0) => ("all up".to_owned(), "good"),
        (_, 0, late) => (format!("{} late", grouped(late)), "late"),
        (_, down, _) => (format!("{} down", grouped(down)), "down"),
    };
    let main = html! {
        h1 { "Watches" }
        (self::server(server, now))
        (counts(picked))
        @if picked.all() == 0 && !ask.is_narrow() {
            (nothing(&server.base))
        } @else {
            (form(ask))
            @if picked.rows.is_empty() {
                p.empty {
                    "None of " (grouped(picked.all())) " watches with such a name is so. "
                    a href="./" { "Show all watches" }
                }
            }
            @if ask.is_tree {
                (branches(picked, now))
            } @else {
                (table(picked, now))
            }
            @if picked.found > picked.rows.len() {
                p.more {
                    (grouped(picked.found - picked.rows.len())) " more are not shown. \
                     Say what names begin with or have in them, or choose a state above."
                }
            }
        }
    };
    page(&format!("{title} · watchdog"), tone, now, Some(&live), main)
}

/// What the server says of itself.
pub(crate) fn server(server: &Server, now: Millis) -> Markup {
    html! {
        section #server aria-label="The server" aria-live="polite" {
            @if server.is_lost {
                p.down { span.state { "store lost" } " Nothing is acknowledged and nobody is called down \
                    until it is back. The server's log and " code { "/health" } " say why." }
            }
            @if let Some((from, to, moved)) = server.absence {
                p.late {
                    span.state { "absent" } " This server heard nothing for " (span(to.saturating_sub(from)))
                    " until " (time(to, now)) ": "
                    @if let Some(moved) = moved { (grouped(moved)) " watches have more time." }
                    @else { "whoever was awaited has more time." }
                }
            }
        }
    }
}

/// How many watches are in which state, each a link to them.
pub(crate) fn counts(picked: &Picked) -> Markup {
    let ask = &picked.ask;
    let link = |states: u16, word: &str, count: usize, tone: &str| {
        let of = ask.of(states);
        html! {
            li class=(tone) {
                a href=(of.link()) aria-current=[(ask.states == states).then_some("true")] {
                    span.state { (word) } " " b { (grouped(count)) }
                }
            }
        }
    };
    html! {
        nav #counts aria-label="By state" {
            ul {
                (link(0, "all", picked.all(), "rest"))
                (link(DOWN, "down", picked.down(), "down"))
                @for (at, state) in STATES.into_iter().enumerate() {
                    @if picked.counts[at] > 0 {
                        (link(1 << at, state.word(), picked.counts[at], tone(state)))
                    }
                }
            }
        }
    }
}

fn form(ask: &Ask) -> Markup {
    let states = ask.state_words();
    html! {
        form method="get" action="./" role="search" {
            label { "Name has " input type="search" name="q" value=(ask.part) maxlength="200"; }
            label { "begins with " input type="text" name="prefix" value=(ask.prefix) maxlength="200"; }
            label {
                "Order "
                select name="sort" {
                    @for sort in Sort::ALL {
                        option value=(sort.word()) selected[sort == ask.sort] { (said(sort)) }
                    }
                }
            }
            label {
                "As "
                select name="view" {
                    option value="list" selected[!ask.is_tree] { "list" }
                    option value="tree" selected[ask.is_tree] { "tree" }
                }
            }
            @if !states.is_empty() { input type="hidden" name="state" value=(states); }
            button { "Show" }
        }
    }
}

fn said(sort: Sort) -> &'static str {
    match sort {
        Sort::Worst => "worst first",
        Sort::Name => "by name",
        Sort::Due => "next due first",
        Sort::Since => "last changed first",
        Sort::Down => "longest down first",
    }
}

fn table(picked: &Picked, now: Millis) -> Markup {
    let ask = &picked.ask;
    let head = |sort: Sort, text: &str, order: &str| {
        let link = Ask {
            sort,
            ..ask.clone()
        };
        html! {
            th scope="col" aria-sort=[(sort == ask.sort).then_some(order)] {
                a href=(link.link()) { (text) }
            }
        }
    };
    // All rows into one text: as markup in markup each would be copied once more for every level.
    let mut rows = String::with_capacity(picked.rows.len() * 640);
    for row in &picked.rows {
        rows.push_str(&row.row(ask.sort, now).into_string());
    }
    html! {
        table {
            caption { "Times are UTC." }
            thead {
                tr {
                    (head(Sort::Worst, "State", "descending"))
                    (head(Sort::Name, "Name", "ascending"))
                    (head(Sort::Since, "Since", "descending"))
                    (head(Sort::Due, "Next due", "ascending"))
                    (head(Sort::Down, "Down in all", "descending"))
                    th scope="col" { "Reason" }
                    th scope="col" { "Last kick" }
                }
            }
            tbody { (PreEscaped(rows)) }
        }
    }
}

/// Nobody is watched yet.
fn nothing(base: &str) -> Markup {
    html! {
        section.empty {
            h2 { "Nothing is watched yet" }
            p { "The first kick makes a watch. A heartbeat, where this listener takes them:" }
            pre { "curl -fsS '" (base) "/?id=worker'" }
            p { "Or with a token, which " code { "watchdog auth" } " makes:" }
            pre {
                "curl -fsS -X POST -H \"Authorization: Bearer $TOKEN\" \\\n  '" (base)
                "/api/watchdog/v1/watches/jobs.backup/kick'"
            }
            p { "This page shows it within a second." }
        }
    }
}

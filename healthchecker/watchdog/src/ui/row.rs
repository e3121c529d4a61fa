//! One watch as a row.

use std::cmp::Ordering;

use maud::{Markup, html};

use super::ask::{Ask, Sort, place};
use super::text::{name, path, span, time};
use crate::watches::{Key, Millis, NEVER, Now, State, Watch};
use crate::words;

/// A watch as it is shown. Moments are by the wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: u64,
    pub(crate) key: Key,
    pub(super) state: State,
    pub(super) since: Millis,
    /// When the next kick must have come, where one is awaited.
    pub(super) due: Option<Millis>,
    pub(super) last: Option<Millis>,
    /// For how long it was down in all.
    pub(super) down: Millis,
    /// Whether it is down now, held or not.
    pub(super) is_down: bool,
    pub(super) reason: Box<str>,
}

impl Row {
    pub(crate) fn new(watch: &Watch, now: Now) -> Self {
        let state = watch.shown();
        let is_awaited = matches!(
            state,
            State::New | State::Up | State::Late | State::Restarting
        );
        let due = watch.deadline;
        Self {
            id: watch.id,
            key: watch.key.clone(),
            state,
            since: now.wall_of(watch.since),
            due: (is_awaited && due != NEVER).then(|| now.wall_of(due)),
            last: (watch.last != 0).then(|| watch.heard(now)),
            down: watch.down(now.mono),
            is_down: watch.state.is_down(),
            reason: watch.reason().into(),
        }
    }

    /// Where it stands, the least first; a script compares it, so that it is less than 2⁵³.
    pub(super) fn rank(&self, sort: Sort) -> u64 {
        const SPAN: u64 = 100_000_000_000_000;
        let back = |number: u64| SPAN - 1 - number.min(SPAN - 1);
        match sort {
            Sort::Name => 0,
            Sort::Due => self.due.map_or(SPAN, |due| due.min(SPAN - 1)),
            Sort::Since => back(self.since),
            Sort::Down => back(self.down),
            Sort::Worst => {
                let worst = place(self.state).unwrap_or_default() as u64;
                let is_news = self.state.is_down() || self.state == State::Late;
                // What is down is so in one way or another: the latest first.
                let worst = if self.state.is_down() { 0 } else { worst };
                worst * SPAN + if is_news { back(self.since) } else { 0 }
            }
        }
    }

    pub(super) fn compare(&self, other: &Self, sort: Sort) -> Ordering {
        self.rank(sort)
            .cmp(&other.rank(sort))
            .then_with(|| self.key.cmp(&other.key))
    }

    pub(crate) fn reason(&self) -> &str {
        &self.reason
    }

    /// When it was last kicked, 0 if never.
    pub(crate) fn last_kick(&self) -> Millis {
        self.last.unwrap_or_default()
    }

    pub(crate) fn was_kicked_after(&self, moment: Millis) -> bool {
        self.last_kick() > moment
    }

    /// As the list has it.
    pub(super) fn row(&self, sort: Sort, now: Millis) -> Markup {
        html! {
            tr id={ "w" (self.id) } class=(tone(self.state)) data-rank=(self.rank(sort)) {
                td { span.state { (self.state.word()) } }
                th scope="row" { (self.link()) }
                td { (time(self.since, now)) }
                td { @if let Some(due) = self.due { (time(due, now)) } }
                td { (self.downtime(now)) }
                td { bdi { (words::one_line(&self.reason)) } }
                td { @if let Some(last) = self.last { (time(last, now)) } }
            }
        }
    }

    /// As the tree has it, after the labels that are said above it.
    pub(super) fn leaf(&self, label: &str, now: Millis) -> Markup {
        html! {
            li id={ "w" (self.id) } class=(tone(self.state)) {
                span.state { (self.state.word()) } " "
                a href={ "watch/" (path(&self.key)) } { bdi { (words::one_line(label)) } }
                " " (time(self.since, now))
                @if !self.reason.is_empty() { " " bdi { (words::one_line(&self.reason)) } }
            }
        }
    }

    fn link(&self) -> Markup {
        let key = &self.key;
        html! {
            a href={ "watch/" (path(key)) } { bdi { (name(key)) } }
            @if key.namespace() != crate::watches::Namespace::Named {
                " " small { (key.namespace().word()) }
            }
        }
    }

    /// For how long it was down in all; a script goes on counting while it is.
    pub(super) fn downtime(&self, now: Millis) -> Markup {
        html! {
            @if self.is_down {
                span data-from=(now.saturating_sub(self.down)) { (span(self.down)) }
            } @else if self.down > 0 {
                (span(self.down))
            }
        }
    }
}

/// A row of the list that is asked for, as a piece to be sent.
pub(crate) fn row(row: &Row, ask: &Ask, now: Millis) -> Markup {
    row.row(ask.sort, now)
}

/// The class of a state: its colour, and the shape beside its word.
pub(super) fn tone(state: State) -> &'static str {
    match state {
        State::Up => "good",
        State::Late => "late",
        state if state.is_down() => "down",
        _ => "rest",
    }
}

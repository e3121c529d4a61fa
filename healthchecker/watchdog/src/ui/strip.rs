//! The last 90 days as a strip: of each, for how much of it the watch was down.

use maud::{Markup, html};

use super::text::{DAY, exact, span};
use crate::store::Turned;
use crate::watches::{Millis, State};

/// So many days are shown.
pub(crate) const DAYS: usize = 90;

/// What is known of one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Day {
    /// When it begins.
    pub(super) begins: Millis,
    /// Of so much of it something is known.
    pub(super) known: Millis,
    /// For so long it was down.
    pub(super) down: Millis,
}

/// What is known of each day, the oldest first.
///
/// `state` has lasted since `since`; `turns` are what came before, the latest first, and nothing is missing
/// among them back to `complete`.
pub(super) fn days(
    state: State,
    since: Millis,
    turns: &[Turned],
    complete: Millis,
    now: Millis,
) -> Vec<Day> {
    let today = now / DAY * DAY;
    let first = today.saturating_sub((DAYS as Millis - 1) * DAY);
    let mut days: Vec<_> = (0..DAYS as Millis)
        .map(|day| Day {
            begins: first + day * DAY,
            ..Day::default()
        })
        .collect();
    let mut end = now;
    for turn in turns {
        add(&mut days, turn.at, end, turn.to);
        end = end.min(turn.at);
    }
    match turns.last() {
        Some(oldest) => add(&mut days, complete, end, oldest.from),
        None => add(&mut days, since, end, state),
    }
    days
}

/// A state from one moment to another.
fn add(days: &mut [Day], from: Millis, to: Millis, state: State) {
    if matches!(state, State::New | State::Retired) {
        return;
    }
    let Some(first) = days.first().map(|day| day.begins) else {
        return;
    };
    let at = usize::try_from(from.saturating_sub(first) / DAY).unwrap_or(usize::MAX);
    for day in days.iter_mut().skip(at) {
        if day.begins >= to {
            break;
        }
        let lasts = to
            .min(day.begins + DAY)
            .saturating_sub(from.max(day.begins));
        day.known += lasts;
        if state.is_down() {
            day.down += lasts;
        }
    }
}

/// Days as a picture, and the same in words.
pub(super) fn strip(days: &[Day]) -> Markup {
    let known: Millis = days.iter().map(|day| day.known).sum();
    let down: Millis = days.iter().map(|day| day.down).sum();
    let bad: Vec<_> = days.iter().filter(|day| day.down > 0).collect();
    let dated = days.iter().filter(|day| day.known > 0).count();
    let all = if known == 0 {
        format!("Nothing is known of the last {DAYS} days.")
    } else {
        format!(
            "Known of {dated} of the last {DAYS} days: up for {}, down for {} on {} of them.",
            share(known - down, known),
            span(down),
            bad.len()
        )
    };
    html! {
        section aria-labelledby="days" {
            h2 #days { "The last " (DAYS) " days" }
            svg.strip viewBox={ "0 0 " (DAYS * 4) " 40" } preserveAspectRatio="none" role="img" aria-label=(all) {
                @for (at, day) in days.iter().enumerate() { (bar(at, day)) }
            }
            p { (all) }
            @if !bad.is_empty() {
                details {
                    summary { "Days on which it was down" }
                    ul {
                        @for day in bad.iter().rev() {
                            li { (date(day)) ": " (span(day.down)) }
                        }
                    }
                }
            }
        }
    }
}

/// Down from below, up above it; a short line where nothing is known.
fn bar(at: usize, day: &Day) -> Markup {
    const HEIGHT: Millis = 40;
    let x = at * 4;
    // A second of it is to be seen, too.
    let down = match day.down {
        0 => 0,
        down => (down * HEIGHT).div_ceil(DAY).clamp(4, HEIGHT),
    };
    html! {
        g {
            title {
                (date(day)) ": "
                @if day.known == 0 { "no data" }
                @else if day.down == 0 { "up" }
                @else { "down for " (span(day.down)) }
            }
            @if day.known == 0 {
                rect.none x=(x) y="36" width="3" height="4" {}
            } @else {
                rect.up x=(x) y="0" width="3" height=(HEIGHT - down) {}
                @if down > 0 { rect.down x=(x) y=(HEIGHT - down) width="3" height=(down) {} }
            }
        }
    }
}

fn date(day: &Day) -> String {
    exact(day.begins)[..10].to_owned()
}

/// Of less than all, never 100 %.
fn share(part: Millis, whole: Millis) -> String {
    let thousandths = u128::from(part) * 100_000 / u128::from(whole.max(1));
    format!("{}.{:03} %", thousandths / 1_000, thousandths % 1_000)
}

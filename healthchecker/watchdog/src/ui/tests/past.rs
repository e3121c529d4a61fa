//! The strip of days.

use super::strip::{Day, days};
use super::text::DAY;
use super::*;
use crate::store::Turned;

const HOUR: Millis = 3_600_000;

/// From midnight to midnight, and now is noon of the last.
fn noon() -> Millis {
    WALL / DAY * DAY + 12 * HOUR
}

fn found(
    turns: &[(Millis, State, State)],
    state: State,
    since: Millis,
    complete: Millis,
) -> Vec<Day> {
    let turns: Vec<_> = turns
        .iter()
        .map(|&(at, from, to)| Turned::new(at, from, to))
        .collect();
    days(state, since, &turns, complete, noon())
}

/// Of the last days, the latest first: hours known, and hours down.
fn last<const N: usize>(days: &[Day]) -> [(Millis, Millis); N] {
    std::array::from_fn(|back| {
        let day = days[days.len() - 1 - back];
        (day.known / HOUR, day.down / HOUR)
    })
}

#[test]
fn days_without_data_differ_from_good_ones() {
    let start = noon() - 30 * HOUR;
    let all = found(&[(start, State::New, State::Up)], State::Up, start, 0);
    assert_eq!(all.len(), DAYS);
    assert_eq!(last(&all), [(12, 0), (18, 0), (0, 0)]);
    // Nothing has ever happened.
    assert_eq!(last(&found(&[], State::New, start, 0)), [(0, 0), (0, 0)]);
    // What began it is not kept any more.
    assert_eq!(
        last(&found(&[], State::Up, start, noon())),
        [(12, 0), (18, 0), (0, 0)]
    );
}

#[test]
fn what_was_down_counts_on_each_of_its_days() {
    let (down, up) = (noon() - 20 * HOUR, noon() - 2 * HOUR);
    let turns = [
        (up, State::Timeout, State::Up),
        (down, State::Late, State::Timeout),
        (down - HOUR, State::Up, State::Late),
    ];
    let all = found(&turns, State::Up, up, 0);
    assert_eq!(last(&all), [(12, 10), (24, 8), (24, 0)]);
    assert_eq!(all[0].known, DAY, "it was up since before the first day");
    // Still down, and what was before is not known.
    let turns = [(down, State::Up, State::Fault)];
    let all = found(&turns, State::Fault, down, down - HOUR);
    assert_eq!(last(&all), [(12, 12), (9, 8), (0, 0)]);
}

#[test]
fn clocks_that_went_back_do_no_harm() {
    let ahead = noon() + 5 * DAY;
    let turns = [
        (ahead, State::Fault, State::Up),
        (noon() - HOUR, State::Up, State::Fault),
        (ahead + HOUR, State::New, State::Up),
    ];
    let all = found(&turns, State::Up, ahead, 0);
    assert!(
        all.iter()
            .all(|day| day.known <= DAY && day.down <= day.known)
    );
    let _ = strip::strip(&all);
    let _ = strip::strip(&found(&[], State::Up, Millis::MAX, Millis::MAX));
    let _ = days(State::Up, 0, &[], 0, 0);
}

#[test]
fn it_is_said_in_words() {
    let down = noon() - 36 * HOUR;
    let turns = [
        (down + HOUR, State::Fault, State::Up),
        (down, State::Up, State::Fault),
        (down - HOUR, State::New, State::Up),
    ];
    let text = strip::strip(&found(&turns, State::Up, down + HOUR, 0)).into_string();
    assert!(
        text.contains("Known of 3 of the last 90 days: up for 97.297 %, down for 1h on 1 of them."),
        "{text}"
    );
    assert_eq!(text.matches("no data").count(), 87);
    assert_eq!(text.matches(": up</title>").count(), 2);
    assert_eq!(text.matches("down for 1h</title>").count(), 1);
    let none = strip::strip(&found(&[], State::New, 0, 0)).into_string();
    assert!(none.contains("Nothing is known of the last 90 days."));
}

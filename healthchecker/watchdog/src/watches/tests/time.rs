//! When silence is seen, and when it is not taken for one.

use super::*;

#[test]
fn late_at_the_deadline_and_down_after_the_grace() {
    let mut bench = Bench::new();
    bench.one("a", kick());
    bench.pass(60 * SECOND);
    assert_eq!(bench.entered(State::Late), Some(10 * SECOND));
    assert_eq!(bench.entered(State::Timeout), Some(15 * SECOND));
    assert_eq!(bench.watch("a").down(at(bench.now).mono), 45 * SECOND);
}

#[test]
fn a_kick_only_stores_the_deadline() {
    let mut bench = Bench::new();
    bench.one("a", kick());
    for second in 1..1_000 {
        bench.pass(second * SECOND);
        let effects = bench.one("a", kick());
        assert!(matches!(effects.changes[..], [Change::Kick { id: 1, .. }]));
        assert_eq!(effects.events, []);
        assert_eq!(bench.table.timers.len(), 1);
    }
}

#[test]
fn a_deadline_that_jumps_about_leaves_no_entries() {
    let mut bench = Bench::new();
    for _ in 0..20_000 {
        bench.one("a", kick_for(LONGEST_TIMEOUT));
        bench.one("a", kick_for(SECOND));
        bench.one("a", kick_for(LONGEST_TIMEOUT));
        bench.pass(bench.now + SECOND);
    }
    assert!(bench.table.timers.len() < 2_000);
    assert_eq!(bench.watch("a").state, State::Up);
}

#[test]
fn shorter_and_longer_timeouts_count_from_the_kick() {
    let mut bench = Bench::new();
    bench.one("a", kick_for(100 * SECOND));
    bench.one("a", kick_for(2 * SECOND));
    bench.pass(7 * SECOND);
    assert_eq!(bench.entered(State::Timeout), Some(7 * SECOND));
}

#[test]
fn what_holds_at_each_start_takes_nothing_from_a_kick_that_was_acknowledged() {
    let at_start = Settings {
        timeout: Some(10 * SECOND),
        is_at_start: true,
        ..Settings::default()
    };
    let mut bench = Bench::new();
    bench.one("a", kick_for(300 * SECOND));
    bench.pass(SECOND);
    bench.one("a", Deed::Configure(at_start));
    bench.pass(298 * SECOND);
    assert_eq!(bench.watch("a").state, State::Up);
    // A kick without a timeout of its own is by what was configured.
    let plain = Deed::kick();
    bench.one("a", plain);
    assert_eq!(
        bench.watch("a").deadline,
        bench.watch("a").last + 10 * SECOND
    );
}

#[test]
fn bounds_are_refused_whole() {
    let mut bench = Bench::new();
    let configure = |settings| Deed::Configure(settings);
    for deed in [
        kick_for(0),
        kick_for(999),
        kick_for(LONGEST_TIMEOUT + 1),
        configure(Settings {
            grace: Some(NEVER),
            ..Settings::default()
        }),
        configure(Settings {
            first: Some(NEVER),
            ..Settings::default()
        }),
        Deed::Restart { grace: NEVER },
    ] {
        let effects = bench.one("a", deed);
        assert_eq!(effects.outcome, Outcome::Bounds);
        assert!(bench.table.is_empty() && effects.changes.is_empty());
    }
}

#[test]
fn what_is_configured_must_be_kicked_in_time_for_the_first_time() {
    let mut bench = Bench::new();
    let first = Some(60 * SECOND);
    let settings = Settings {
        first,
        ..Settings::default()
    };
    assert_eq!(
        bench.one("a", Deed::Configure(settings.clone())).outcome,
        Outcome::Created
    );
    bench.pass(30 * SECOND);
    // Configured again, as by a restart.
    assert_eq!(bench.one("a", Deed::Configure(settings)).changes, []);
    bench.pass(90 * SECOND);
    assert_eq!(bench.entered(State::Timeout), Some(60 * SECOND));
}

#[test]
fn a_new_timeout_breaks_no_promise() {
    let configured = |timeout| {
        let mut bench = Bench::new();
        bench.one("a", kick());
        bench.pass(8 * SECOND);
        let timeout = Some(timeout);
        let settings = Settings {
            timeout,
            ..Settings::default()
        };
        bench.one("a", Deed::Configure(settings));
        bench.pass(60 * SECOND);
        bench.entered(State::Late).unwrap()
    };
    assert_eq!(configured(30 * SECOND), 30 * SECOND);
    assert_eq!(configured(SECOND), 9 * SECOND);
    assert_eq!(configured(9 * SECOND), 10 * SECOND);
}

#[test]
fn an_absence_excuses_what_fell_into_it() {
    let mut bench = Bench::new();
    bench.apply(one("short", 1, kick()));
    bench.apply(one("long", 2, kick_for(60 * MINUTE)));
    bench.apply(one("hours", 3, kick_for(600 * MINUTE)));
    bench.now = 60 * MINUTE;
    let effects = bench.apply(EXPIRE);
    assert_eq!(effects.events, []);
    let (absence, moved) = effects.absence.unwrap();
    assert_eq!((absence.from, absence.to), (DAWN.mono, at(bench.now).mono));
    assert_eq!(moved, 2);
    bench.pass(900 * MINUTE);
    let gone: Vec<_> = bench
        .events
        .iter()
        .filter(|(_, event)| event.to == State::Late)
        .map(|(when, event)| (event.id, *when))
        .collect();
    assert_eq!(
        gone,
        [
            (1, 60 * MINUTE + 10 * SECOND),
            (2, 75 * MINUTE),
            // Far from the absence, it counts as it was.
            (3, 600 * MINUTE),
        ]
    );
}

#[test]
fn a_kick_refused_in_an_absence_is_excused_too() {
    let mut bench = Bench::new();
    bench.one("a", kick_for(60 * SECOND));
    bench.now = 59 * SECOND;
    bench.apply(EXPIRE);
    bench.pass(200 * SECOND);
    assert_eq!(bench.entered(State::Late), Some(119 * SECOND));
}

#[test]
fn ten_seconds_are_no_absence() {
    let mut bench = Bench::new();
    bench.one("a", kick());
    bench.now = ABSENCE;
    assert_eq!(bench.apply(EXPIRE).absence, None);
    assert_eq!(bench.watch("a").state, State::Late);
}

#[test]
fn an_absence_counts_again_after_a_crash() {
    let mut bench = Bench::new();
    let kicked = bench.one("a", kick());
    bench.now = MINUTE;
    let effects = bench.apply(EXPIRE);
    let mut shelf = shelf::Shelf::default();
    shelf.keep(&kicked);
    shelf.keep(&effects);
    // It is back, and gone again before any row was written: no gap that could be noticed.
    let watches = shelf.watches.into_values().collect();
    let seen = at(bench.now);
    bench.table = Table::restore(Limits::default(), watches, seen, &shelf.absences);
    bench.now += SECOND;
    assert_eq!(bench.apply(EXPIRE).events, []);
    bench.pass(2 * MINUTE);
    assert_eq!(bench.entered(State::Late), Some(MINUTE + 10 * SECOND));
}

#[test]
fn a_clock_that_goes_back_stands_still() {
    let mut bench = Bench::new();
    bench.one("a", kick());
    bench.pass(5 * SECOND);
    bench.now = 0;
    bench.one("a", kick());
    assert_eq!(bench.watch("a").deadline, DAWN.mono + 15 * SECOND);
}

#[test]
fn steps_of_the_wall_clock_change_nothing() {
    let mut bench = Bench::new();
    bench.one("a", kick());
    for (mono, wall) in [(2, 3_602), (4, 4), (6, u64::MAX)] {
        let now = Now {
            mono: DAWN.mono + mono * SECOND,
            wall,
        };
        let effects = apply(&mut bench.table, now, EXPIRE);
        assert_eq!((effects.events, effects.absence), (vec![], None));
    }
}

#[test]
fn clearing_forgets_the_time_down_even_while_down() {
    let mut bench = Bench::new();
    bench.one("a", fault("disk"));
    bench.pass(30 * SECOND);
    assert_eq!(bench.watch("a").down(at(bench.now).mono), 30 * SECOND);
    bench.one("a", Deed::Sweep(Sweep::Clear));
    assert_eq!(bench.watch("a").down(at(bench.now).mono), 0);
    bench.pass(35 * SECOND);
    bench.one("a", kick());
    bench.pass(40 * SECOND);
    assert_eq!(bench.watch("a").down(at(bench.now).mono), 5 * SECOND);
    bench.one("a", Deed::Sweep(Sweep::Clear));
    assert_eq!(bench.watch("a").down(at(bench.now).mono), 0);
}

#[test]
fn what_goes_down_while_it_is_held_is_told_when_it_is_released() {
    let mut bench = Bench::new();
    bench.one("a", kick());
    bench.one("a", hold());
    bench.pass(MINUTE);
    bench.one("a", fault("disk"));
    assert_eq!(bench.watch("a").shown(), State::Paused);
    assert!(bench.events.iter().all(|(_, event)| !event.opens()));
    let released = bench.one("a", Deed::Sweep(Sweep::Release));
    assert!(released.events[0].opens());
    assert_eq!(&*released.events[0].reason, "disk");
    assert!(bench.one("a", kick()).events[0].closes());
}

#[test]
fn a_hold_ends_by_itself_and_leaves_time_for_a_kick() {
    let mut bench = Bench::new();
    bench.one("a", kick());
    let until = DAWN.mono + MINUTE;
    let is_maintenance = true;
    bench.one(
        "a",
        Deed::Sweep(Sweep::Hold {
            is_maintenance,
            until,
        }),
    );
    assert_eq!(bench.watch("a").shown(), State::Maintenance);
    bench.pass(2 * MINUTE);
    assert_eq!(bench.entered(State::Late), Some(MINUTE + 10 * SECOND));
}

#[test]
fn one_summary_counts_all_whom_a_gap_and_a_lost_store_have_moved() {
    let mut bench = Bench::new();
    bench.one("a", kick_for(20 * SECOND));
    bench.now += 30 * SECOND;
    let (from, to) = (DAWN.mono + SECOND, DAWN.mono + bench.now);
    let effects = bench.apply(Command::Absent(Absence { from, to }));
    let (absence, moved) = effects.absence.unwrap();
    assert_eq!((absence.from, absence.to, moved), (DAWN.mono, to, 1));
}

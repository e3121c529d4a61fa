//! What is configured anew of watches that are there already.

use super::*;

#[test]
fn a_longer_timeout_is_for_what_is_late_too() {
    for (timeout, state, late) in [
        (9, State::Late, 15),
        (11, State::Late, 16),
        (30, State::Up, 35),
    ] {
        let mut bench = Bench::new();
        bench.one("a", kick());
        bench.pass(12 * SECOND);
        let settings = Settings {
            timeout: Some(timeout * SECOND),
            ..Settings::default()
        };
        let effects = bench.one("a", Deed::Configure(settings));
        assert!(effects.events.iter().all(|event| !event.is_told));
        assert!(matches!(effects.changes[..], [Change::Put(_)]));
        assert_eq!(bench.watch("a").state, state, "{timeout}");
        bench.pass(60 * SECOND);
        assert_eq!(bench.entered(State::Timeout), Some(late * SECOND));
    }
}

fn first(first: Option<Millis>, is_at_start: bool) -> Deed {
    Deed::Configure(Settings {
        first,
        is_at_start,
        ..Settings::default()
    })
}

#[test]
fn the_time_for_the_first_kick_can_be_changed_and_taken_back() {
    for (again, is_at_start, due) in [
        (Some(200), false, Some(200)),
        (Some(200), true, Some(200)),
        (Some(45), false, Some(45)),
        (Some(45), true, Some(45)),
        // It was there for longer than that: the timeout is left to it, but not more than the new time.
        (Some(20), false, Some(40)),
        (Some(5), true, Some(35)),
        (None, false, Some(60)),
        (None, true, None),
    ] {
        let mut bench = Bench::new();
        bench.one("a", first(Some(60 * SECOND), false));
        bench.pass(30 * SECOND);
        let again = first(again.map(|seconds| seconds * SECOND), is_at_start);
        bench.one("a", again.clone());
        bench.pass(31 * SECOND);
        assert_eq!(bench.one("a", again).changes, [], "it says nothing new");
        bench.pass(300 * SECOND);
        assert_eq!(
            bench.entered(State::Timeout),
            due.map(|seconds| seconds * SECOND)
        );
    }
}

#[test]
fn at_a_start_no_time_for_the_first_kick_ends_at_once() {
    let mut bench = Bench::new();
    bench.one("a", first(Some(60 * SECOND), true));
    // Away beyond it, as the configuration still has it.
    bench.now = 10 * MINUTE;
    bench.one("a", first(Some(60 * SECOND), true));
    bench.pass(20 * MINUTE);
    assert_eq!(
        bench.entered(State::Timeout),
        Some(10 * MINUTE + 10 * SECOND)
    );
    // One that is kicked is not concerned.
    bench.one("a", kick());
    bench.one("a", first(None, true));
    assert_ne!(bench.watch("a").deadline, NEVER);
}

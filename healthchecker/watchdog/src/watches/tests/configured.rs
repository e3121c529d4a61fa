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

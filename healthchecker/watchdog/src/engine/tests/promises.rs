//! What is promised: when a hang is acted on, and what is never taken for one.

use super::*;
use proptest::prelude::*;

fn refused() -> Result<(), String> {
    Err(String::from("connection refused"))
}

#[test]
fn a_hang_is_seen_within_the_failures_and_a_timeout() {
    let mut machine = started(by_checks());
    // Healthy until 42 s.
    let log = pass(&mut machine, seconds(200), |now| {
        if now < seconds(42) { Ok(()) } else { refused() }
    });
    let silent = log.iter().find(|(_, effect)| is_silent(effect)).unwrap();
    assert!(silent.0 <= seconds(42 + 3 * 10 + 2), "{silent:?}");
    assert!(silent.0 > seconds(42 + 2 * 10), "{silent:?}");
}

#[test]
fn a_round_that_does_not_end_is_a_failure() {
    let mut machine = started(by_checks());
    pass(&mut machine, seconds(5), |_| Ok(()));
    assert_eq!(machine.phase(), Phase::Up);
    let mut rounds = 0;
    while machine.phase() == Phase::Up {
        let due = machine.due().unwrap();
        assert!(due < seconds(60));
        rounds += machine.step(due, Event::Due).len();
    }
    assert!(rounds > 3);
    assert_eq!(machine.phase(), Phase::Stopping);
}

#[test]
fn failures_of_the_start_period_do_not_count() {
    let mut machine = started(by_checks());
    let log = pass(&mut machine, seconds(29), |_| refused());
    assert_eq!(machine.phase(), Phase::Starting);
    assert!(log.len() >= 28, "it is asked each second: {}", log.len());
    let log = pass(&mut machine, seconds(55), |_| refused());
    assert!(log.iter().any(|(_, effect)| is_silent(effect)));
}

#[test]
fn the_start_period_ends_with_the_first_success() {
    let mut machine = started(by_checks());
    let mut first = true;
    pass(&mut machine, seconds(32), |_| {
        if std::mem::take(&mut first) {
            Ok(())
        } else {
            refused()
        }
    });
    assert_eq!(machine.phase(), Phase::Stopping);
}

#[test]
fn a_success_between_failures_begins_anew() {
    let mut machine = started(by_checks());
    let mut turn = 0;
    let log = pass(&mut machine, seconds(3000), |_| {
        turn += 1;
        if turn % 3 == 0 { Ok(()) } else { refused() }
    });
    assert!(!log.iter().any(|(_, effect)| is_silent(effect)));
}

#[test]
fn a_verdict_of_another_round_is_none() {
    let mut machine = started(by_checks());
    machine.step(machine.due().unwrap(), Event::Due);
    for round in [0, 7, u32::MAX] {
        assert!(
            machine
                .step(
                    seconds(2),
                    Event::Verdict {
                        round,
                        result: Ok(())
                    }
                )
                .is_empty()
        );
    }
    assert_eq!(machine.phase(), Phase::Starting);
    machine.step(seconds(2), Event::Absent);
    let round = machine.round;
    machine.step(
        seconds(3),
        Event::Verdict {
            round,
            result: Ok(()),
        },
    );
    assert_eq!(
        machine.phase(),
        Phase::Starting,
        "it was under way while nobody was there"
    );
}

#[test]
fn a_kick_has_its_whole_time_from_the_last_one() {
    let mut machine = started(by_messages());
    machine.step(seconds(5), Event::Ready);
    assert_eq!(machine.due(), Some(seconds(35)));
    machine.step(seconds(34), Event::Kick);
    assert_eq!(machine.due(), Some(seconds(64)));
    assert!(machine.step(seconds(63), Event::Due).is_empty());
    machine.step(seconds(64), Event::Due);
    assert_eq!(machine.phase(), Phase::Stopping);
}

#[test]
fn a_kick_before_ready_is_no_ready() {
    let mut machine = started(by_messages());
    machine.step(seconds(80), Event::Kick);
    machine.step(seconds(90), Event::Due);
    assert_eq!(machine.phase(), Phase::Stopping);
}

#[test]
fn an_extension_never_shortens() {
    let mut machine = started(by_messages());
    machine.step(seconds(1), Event::Extend(seconds(2)));
    assert_eq!(machine.due(), Some(seconds(90)));
    machine.step(seconds(80), Event::Extend(seconds(20)));
    assert_eq!(machine.due(), Some(seconds(100)));
    machine.step(seconds(81), Event::Extend(Duration::from_micros(u64::MAX)));
    assert!(machine.due() > Some(seconds(1_000_000)));
}

#[test]
fn an_unread_message_makes_a_difference_when_one_is_due() {
    let mut machine = started(by_messages());
    assert!(!machine.misses_message(seconds(89)));
    assert!(machine.misses_message(seconds(90)), "READY=1");
    machine.step(seconds(90), Event::Ready);
    assert!(!machine.misses_message(seconds(119)));
    assert!(machine.misses_message(seconds(120)), "WATCHDOG=1");
    machine.step(seconds(120), Event::Stopping);
    assert!(machine.misses_message(seconds(210)), "EXTEND_TIMEOUT_USEC=");
    machine.step(seconds(210), Event::Due);
    assert!(!machine.misses_message(seconds(1000)), "it is killed");
    assert!(!started(by_checks()).misses_message(seconds(1000)));
}

#[test]
fn an_absence_never_shortens() {
    let mut machine = started(by_messages());
    machine.step(seconds(1), Event::Extend(seconds(600)));
    machine.step(seconds(100), Event::Absent);
    assert_eq!(machine.due(), Some(seconds(601)));
    machine.step(seconds(590), Event::Absent);
    assert_eq!(machine.due(), Some(seconds(680)));
    machine.step(seconds(600), Event::Ready);
    machine.step(seconds(601), Event::Extend(seconds(600)));
    machine.step(seconds(700), Event::Absent);
    assert_eq!(machine.due(), Some(seconds(1201)));
    machine.step(seconds(1190), Event::Absent);
    assert_eq!(machine.due(), Some(seconds(1220)));
    machine.step(seconds(1200), Event::Stopping);
    machine.step(seconds(1201), Event::Extend(seconds(600)));
    machine.step(seconds(1300), Event::Absent);
    assert_eq!(machine.due(), Some(seconds(1801)));
}

#[test]
fn what_is_killed_has_time_to_end() {
    let mut plan = by_messages();
    plan.kill_after = Duration::from_millis(1);
    let mut machine = started(plan);
    machine.step(seconds(1), Event::Trigger);
    machine.step(seconds(2), Event::Due);
    assert_eq!(machine.phase(), Phase::Killing);
    assert_eq!(machine.due(), Some(seconds(7)));
    machine.step(seconds(6), Event::Absent);
    assert_eq!(machine.due(), Some(seconds(11)));
}

#[test]
fn what_hangs_cannot_extend_its_own_end() {
    let mut machine = started(by_messages());
    machine.step(seconds(1), Event::Trigger);
    let due = machine.due();
    for event in [
        Event::Extend(seconds(1000)),
        Event::Kick,
        Event::Ready,
        Event::Stopping,
    ] {
        assert!(machine.step(seconds(2), event).is_empty());
    }
    assert_eq!(machine.due(), due);
}

#[test]
fn another_time_between_kicks_ends_with_the_process() {
    let mut machine = started(by_messages());
    machine.step(seconds(1), Event::Ready);
    machine.step(seconds(2), Event::Period(Duration::ZERO));
    assert_eq!(machine.due(), None);
    machine.step(seconds(3), Event::Trigger);
    machine.step(seconds(4), Event::Exited(ended(1)));
    machine.step(seconds(4), Event::Gone);
    machine.step(seconds(4), Event::Started);
    machine.step(seconds(5), Event::Ready);
    assert_eq!(machine.due(), Some(seconds(35)));
}

#[test]
fn who_asked_for_the_end_gets_the_command_s_code() {
    let mut machine = started(by_messages());
    machine.step(seconds(1), Event::Trigger);
    machine.step(seconds(2), Event::Asked(15));
    machine.step(seconds(3), Event::Exited(ended(9)));
    let effects = machine.step(seconds(3), Event::Gone);
    assert_eq!(effects.last(), Some(&Effect::Exit(9)));
}

#[test]
fn an_asked_end_has_no_limit_here() {
    let mut machine = started(by_messages());
    machine.step(seconds(1), Event::Ready);
    machine.step(seconds(2), Event::Asked(15));
    machine.step(seconds(3), Event::Stopping);
    assert_eq!((machine.phase(), machine.due()), (Phase::Leaving, None));
}

#[test]
fn an_end_by_itself_has_a_limit() {
    let mut machine = started(by_messages());
    machine.step(seconds(1), Event::Ready);
    machine.step(seconds(2), Event::Stopping);
    assert_eq!(machine.due(), Some(seconds(92)));
    machine.step(seconds(92), Event::Due);
    assert_eq!(machine.phase(), Phase::Stopping);
}

#[test]
fn what_cannot_be_killed_is_given_up() {
    let mut machine = started(by_messages());
    machine.step(seconds(0), Event::Trigger);
    assert_eq!(
        machine.step(seconds(10), Event::Due).last(),
        Some(&Effect::Kill)
    );
    assert_eq!(
        machine.step(seconds(20), Event::Due).last(),
        Some(&Effect::Exit(70))
    );
}

#[test]
fn what_is_left_of_it_does_not_hold_up_a_restart_for_ever() {
    let mut machine = started(by_messages());
    machine.step(seconds(0), Event::Trigger);
    machine.step(seconds(1), Event::Exited(ended(0)));
    machine.step(seconds(10), Event::Due);
    assert_eq!(
        machine.step(seconds(20), Event::Due).last(),
        Some(&Effect::Start)
    );
}

#[test]
fn sigabrt_is_followed_by_the_stop_signal_for_the_rest() {
    let mut machine = started(Plan {
        abort: true,
        ..by_messages()
    });
    assert_eq!(
        machine.step(seconds(0), Event::Trigger).last(),
        Some(&Effect::Abort)
    );
    assert_eq!(
        machine.step(seconds(1), Event::Exited(ended(134))),
        [Effect::Stop]
    );
}

#[test]
fn six_hangs_are_five_restarts_and_the_end() {
    let mut machine = started(by_checks());
    let log = {
        let mut log = Vec::new();
        let mut now = Duration::ZERO;
        while machine.phase() != Phase::Over {
            let passed = pass(&mut machine, now, |_| refused());
            if passed.iter().any(|(_, effect)| is_silent(effect)) {
                machine.step(now, Event::Exited(ended(143)));
                let effects = machine.step(now, Event::Gone);
                if effects.contains(&Effect::Start) {
                    machine.step(now, Event::Started);
                }
                log.extend(effects);
            }
            now += Duration::from_millis(500);
        }
        log
    };
    let pauses: Vec<u64> = log
        .iter()
        .filter_map(|effect| match effect {
            Effect::Tell(Told::Restarting { pause, .. }) => Some(pause.as_secs()),
            _ => None,
        })
        .collect();
    assert_eq!(pauses, [0, 5, 10, 20, 40]);
    assert_eq!(log.last(), Some(&Effect::Exit(70)));
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(Event::Started),
        Just(Event::NotStarted(ended(127))),
        Just(Event::Exited(ended(3))),
        Just(Event::Gone),
        (0..5_u32).prop_map(|round| Event::Verdict {
            round,
            result: Ok(())
        }),
        (0..5_u32).prop_map(|round| Event::Verdict {
            round,
            result: refused()
        }),
        Just(Event::Ready),
        Just(Event::Reloading),
        Just(Event::Stopping),
        Just(Event::Kick),
        Just(Event::Trigger),
        any::<u64>().prop_map(|micros| Event::Period(Duration::from_micros(micros))),
        any::<u64>().prop_map(|micros| Event::Extend(Duration::from_micros(micros))),
        (1..65).prop_map(Event::Asked),
        Just(Event::Due),
        Just(Event::Absent),
    ]
}

proptest! {
    /// Whatever comes in whatever order: it never panics, what is to be waited for always has an end,
    /// and after the end there is nothing.
    #[test]
    fn any_sequence(events in proptest::collection::vec((0..20_000_u64, any_event()), 0..200)) {
        let mut plan = by_checks();
        plan.notify = by_messages().notify;
        let mut machine = started(plan);
        let mut now = Duration::ZERO;
        for (millis, event) in events {
            now += Duration::from_millis(millis);
            let was_over = machine.phase() == Phase::Over;
            let effects = machine.step(now, event);
            if was_over {
                prop_assert_eq!(machine.phase(), Phase::Over);
                prop_assert!(effects.is_empty());
            }
            if matches!(machine.phase(), Phase::Stopping | Phase::Killing | Phase::Starting) {
                prop_assert!(machine.due().is_some());
            }
            let exits = effects.iter().filter(|effect| matches!(effect, Effect::Exit(_)));
            prop_assert_eq!(exits.count() == 1, !was_over && machine.phase() == Phase::Over);
        }
    }
}

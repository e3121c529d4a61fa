//! The machine by table and by what it promises in time.

mod promises;
mod table;

use std::time::Duration;

use super::{Budget, Checks, Effect, End, Event, Machine, Notify, Phase, Plan, Restarts, Told};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// By checks alone: every 10 s, three failures, a start period of 30 s.
fn by_checks() -> Plan {
    Plan {
        checks: Some(Checks {
            every: seconds(10),
            timeout: seconds(2),
            failures: 3,
            start_period: seconds(30),
        }),
        notify: None,
        kill_after: seconds(10),
        abort: false,
        budget: Budget {
            max: Restarts::AtMost(5),
            per: seconds(600),
        },
    }
}

/// By messages alone: a kick in 30 s, ready in 90 s.
fn by_messages() -> Plan {
    Plan {
        checks: None,
        notify: Some(Notify {
            watchdog: seconds(30),
            start_timeout: seconds(90),
        }),
        ..by_checks()
    }
}

fn ended(code: u8) -> End {
    End {
        code,
        words: format!("exit code {code}"),
    }
}

/// A machine that was started at 0.
fn started(plan: Plan) -> Machine {
    let (mut machine, effect) = Machine::new(plan);
    assert_eq!(effect, Effect::Start);
    machine.step(Duration::ZERO, Event::Started);
    assert_eq!(machine.phase(), Phase::Starting);
    machine
}

/// Lets the time pass up to `until`, with a verdict for each round that is begun. The effects, each
/// with its time.
fn pass(
    machine: &mut Machine,
    until: Duration,
    mut verdict: impl FnMut(Duration) -> Result<(), String>,
) -> Vec<(Duration, Effect)> {
    let mut log = Vec::new();
    while let Some(due) = machine.due().filter(|&due| due <= until) {
        let mut effects: Vec<_> = machine.step(due, Event::Due);
        if let Some(&Effect::Check { round }) = effects.last() {
            let result = verdict(due);
            effects.extend(machine.step(due, Event::Verdict { round, result }));
        }
        for effect in effects {
            if effect == Effect::Start {
                log.push((due, effect));
                machine.step(due, Event::Started);
            } else {
                log.push((due, effect));
            }
        }
        assert!(log.len() < 100_000, "it does not come to rest");
    }
    log
}

fn is_silent(effect: &Effect) -> bool {
    matches!(effect, Effect::Tell(Told::Silent { .. }))
}

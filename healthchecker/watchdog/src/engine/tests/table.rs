//! The table of the documentation, drawn from the machine.

use super::*;

const PHASES: [Phase; 7] = [
    Phase::Starting,
    Phase::Up,
    Phase::Reloading,
    Phase::Leaving,
    Phase::Stopping,
    Phase::Killing,
    Phase::Waiting,
];

/// A row: what it is called, the plan that it is about, and what happens when.
type Row = (&'static str, Plan, fn(&Machine) -> (Duration, Event));

/// Long after the beginning, and before anything is due.
const NOW: Duration = Duration::from_secs(1000);

fn rows() -> Vec<Row> {
    vec![
        ("it runs", by_messages(), |_| (NOW, Event::Started)),
        ("it cannot be started", by_messages(), |_| {
            (NOW, Event::NotStarted(ended(127)))
        }),
        ("`READY=1`", by_messages(), |_| (NOW, Event::Ready)),
        ("`RELOADING=1`", by_messages(), |_| (NOW, Event::Reloading)),
        ("`WATCHDOG=1`", by_messages(), |_| (NOW, Event::Kick)),
        ("`WATCHDOG_USEC=`", by_messages(), |_| {
            (NOW, Event::Period(seconds(5)))
        }),
        ("`EXTEND_TIMEOUT_USEC=`", by_messages(), |_| {
            (NOW, Event::Extend(seconds(1000)))
        }),
        ("`STOPPING=1`", by_messages(), |_| (NOW, Event::Stopping)),
        ("`WATCHDOG=trigger`", by_messages(), |_| {
            (NOW, Event::Trigger)
        }),
        (
            "no `WATCHDOG=1` in time, or its phase's limit",
            by_messages(),
            |machine| (machine.due().unwrap_or(NOW), Event::Due),
        ),
        ("a check is due", by_checks(), |machine| {
            (machine.due().unwrap_or(NOW), Event::Due)
        }),
        ("a check succeeds", by_checks(), |machine| {
            (NOW, verdict(machine, Ok(())))
        }),
        ("a check fails", by_checks(), |machine| {
            (NOW, verdict(machine, Err(String::from("refused"))))
        }),
        (
            "the last check of `--failures` fails",
            one_failure(),
            |machine| (NOW, verdict(machine, Err(String::from("refused")))),
        ),
        ("a signal asks for the end", by_messages(), |_| {
            (NOW, Event::Asked(15))
        }),
        ("its process ends", by_messages(), |_| {
            (NOW, Event::Exited(ended(3)))
        }),
        ("nothing of it is left", by_messages(), |_| {
            (NOW, Event::Gone)
        }),
        ("nothing is left, the budget is spent", spent(), |_| {
            (NOW, Event::Gone)
        }),
        ("the watchdog was stopped itself", by_messages(), |_| {
            (NOW + seconds(1), Event::Absent)
        }),
    ]
}

fn one_failure() -> Plan {
    let mut plan = by_checks();
    plan.checks.as_mut().unwrap().failures = 1;
    plan
}

fn spent() -> Plan {
    let mut plan = by_messages();
    plan.budget.max = Restarts::AtMost(0);
    plan
}

fn verdict(machine: &Machine, result: Result<(), String>) -> Event {
    Event::Verdict {
        round: machine.round,
        result,
    }
}

/// A machine in that phase at `NOW`, with a round of checks under way where there are any.
fn machine_in(phase: Phase, plan: &Plan, is_gone: bool) -> Machine {
    let (mut machine, _) = Machine::new(plan.clone());
    machine.step(NOW - seconds(40), Event::Started);
    let is_up = |machine: &mut Machine| {
        if machine.plan.notify.is_some() {
            machine.step(NOW, Event::Ready);
        } else {
            machine.asking = Some(NOW);
            let event = verdict(machine, Ok(()));
            machine.step(NOW, event);
        }
    };
    match phase {
        Phase::Starting => {}
        Phase::Up => is_up(&mut machine),
        Phase::Reloading => {
            is_up(&mut machine);
            machine.step(NOW, Event::Reloading);
        }
        Phase::Leaving => drop(machine.step(NOW, Event::Stopping)),
        Phase::Stopping => drop(machine.step(NOW, Event::Trigger)),
        Phase::Killing => {
            machine.step(NOW, Event::Trigger);
            machine.step(NOW + machine.plan.kill_after, Event::Due);
        }
        Phase::Waiting => {
            // The second restart is the first with a pause.
            for event in [
                Event::Trigger,
                Event::Exited(ended(1)),
                Event::Gone,
                Event::Started,
            ] {
                machine.step(NOW, event);
            }
            for event in [Event::Trigger, Event::Exited(ended(1)), Event::Gone] {
                machine.step(NOW, event);
            }
        }
        Phase::Over => unreachable!("nothing happens any more"),
    }
    if machine.is_watched() && machine.plan.checks.is_some() {
        machine.asking = Some(NOW + seconds(2));
    }
    if is_gone && matches!(phase, Phase::Stopping | Phase::Killing) {
        machine.end = Some(ended(1));
    }
    machine
}

/// What an event makes of a machine: the next phase, what is done, and whether a deadline moves.
fn cell(mut machine: Machine, now: Duration, event: Event) -> String {
    let (phase, due) = (machine.phase(), machine.due());
    let effects = machine.step(now, event);
    let mut parts: Vec<String> = effects.iter().filter_map(word).collect();
    if parts.is_empty() && machine.due() != due && machine.phase() == phase {
        parts.push(String::from("⏱"));
    }
    if machine.phase() != phase && machine.phase() != Phase::Over {
        parts.insert(0, format!("**{:?}**", machine.phase()));
    }
    parts.join(", ")
}

fn word(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Start => String::from("start"),
        Effect::Check { .. } => String::from("check"),
        Effect::Stop => String::from("stop it"),
        Effect::Abort => String::from("abort it"),
        Effect::Kill => String::from("kill it"),
        Effect::Forward(_) => String::from("pass on"),
        Effect::Exit(code) => format!("exit {code}"),
        Effect::Tell(told) => String::from(match told {
            Told::Ready { .. } => "“ready”",
            Told::Silent { .. } => "“silent”",
            Told::GaveUp { .. } => "“gave up”",
            Told::Restarting { .. } => "“restarted”",
            Told::Alive => "alive",
            _ => return None,
        }),
    })
}

fn table() -> String {
    let mut table = String::from("| |");
    for phase in PHASES {
        table.push_str(&format!(" {phase:?} |"));
    }
    table.push_str("\n|---|");
    table.push_str(&"---|".repeat(PHASES.len()));
    table.push('\n');
    for (name, plan, event) in rows() {
        table.push_str(&format!("| {name} |"));
        for phase in PHASES {
            let by_messages_only = matches!(phase, Phase::Reloading | Phase::Leaving);
            let has_phase = plan.notify.is_some() || !by_messages_only && phase as u8 <= 1;
            let is_start = name == "it runs" || name == "it cannot be started";
            if !has_phase
                || is_start != (phase == Phase::Waiting) && is_start
                || phase == Phase::Waiting && plan.budget.max == Restarts::AtMost(0)
            {
                table.push_str(" |");
                continue;
            }
            let machine = machine_in(phase, &plan, name.starts_with("nothing"));
            let (now, event) = event(&machine);
            table.push_str(&format!(" {} |", cell(machine, now, event)).replace("  ", " "));
        }
        table.push('\n');
    }
    table
}

#[test]
fn is_the_one_of_the_documentation() {
    let table = table();
    assert!(
        include_str!("../../../docs/run.md").contains(&table),
        "docs/run.md has another table than this:\n\n{table}"
    );
}

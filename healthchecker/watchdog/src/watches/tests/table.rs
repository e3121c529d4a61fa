//! What each command makes of each state: the table of the documentation, drawn from the code.

use super::*;

const STATES: [State; 8] = [
    State::New,
    State::Up,
    State::Late,
    State::Timeout,
    State::Fault,
    State::Restarting,
    State::GaveUp,
    State::Paused,
];

fn rows() -> Vec<(&'static str, Command)> {
    let deed = |deed| one("a", 1, deed);
    let shorter = Settings {
        timeout: Some(9 * SECOND),
        ..Settings::default()
    };
    let longer = Settings {
        timeout: Some(30 * SECOND),
        ..Settings::default()
    };
    vec![
        ("kick", deed(kick())),
        ("kick with another timeout", deed(kick_for(20 * SECOND))),
        ("fault", deed(fault("other"))),
        ("a run starts", deed(Deed::Start { rid: None })),
        ("it is due", EXPIRE),
        ("restart", deed(Deed::Restart { grace: SECOND })),
        (
            "restarts are spent",
            deed(Deed::GiveUp {
                reason: "5 in a row".into(),
            }),
        ),
        (
            "a shorter timeout is configured",
            deed(Deed::Configure(shorter)),
        ),
        (
            "a longer timeout is configured",
            deed(Deed::Configure(longer)),
        ),
        ("hold", deed(hold())),
        ("release", deed(Deed::Sweep(Sweep::Release))),
        ("clear", deed(Deed::Sweep(Sweep::Clear))),
        ("retire", deed(Deed::Sweep(Sweep::Retire))),
        (
            "the watchdog was away",
            Command::Absent(Absence {
                from: 0,
                to: DAWN.mono + 100 * SECOND,
            }),
        ),
    ]
}

/// A watch in a state, by the commands that lead there.
fn bench_in(state: State) -> Bench {
    let mut bench = Bench::new();
    let first = Some(MINUTE);
    let settings = Settings {
        first,
        ..Settings::default()
    };
    bench.one("a", Deed::Configure(settings));
    if !matches!(state, State::New | State::Fault) {
        bench.one("a", kick());
    }
    match state {
        State::Late => bench.pass(10 * SECOND),
        State::Timeout | State::Restarting | State::GaveUp => bench.pass(15 * SECOND),
        _ => {}
    }
    let deed = match state {
        State::Fault => fault("disk"),
        State::Restarting => Deed::Restart { grace: MINUTE },
        State::GaveUp => Deed::GiveUp {
            reason: "spent".into(),
        },
        State::Paused => hold(),
        _ => kick_if(state == State::Up),
    };
    bench.one("a", deed);
    assert_eq!(bench.watch("a").shown(), state);
    bench
}

fn kick_if(is_up: bool) -> Deed {
    if is_up {
        kick()
    } else {
        Deed::Log {
            body: Box::default(),
        }
    }
}

fn cell(state: State, name: &str, command: Command) -> String {
    let mut bench = bench_in(state);
    let due = bench.watch("a").due();
    if name == "it is due" {
        if due == NEVER {
            return String::new();
        }
        bench.pass(due - DAWN.mono - 1);
        bench.now += 1;
    } else {
        bench.now += SECOND;
    }
    let effects = bench.apply(command);
    let mut parts = Vec::new();
    let after = bench.table.get(&named("a"));
    if after.is_none_or(|watch| watch.shown() != state) {
        let shown = after.map_or(State::Retired, Watch::shown);
        parts.push(format!("**{}**", heading(shown)));
    }
    for event in &effects.events {
        if event.opens() {
            parts.push("“down”".into());
        } else if event.closes() {
            parts.push("“up”".into());
        }
    }
    if after.is_some_and(|watch| watch.due() != due && watch.shown() == state) {
        parts.push("⏱".into());
    }
    for change in &effects.changes {
        parts.push(String::from(match change {
            Change::Kick { .. } => "journal",
            Change::Put(_) => "row",
            Change::Retire(_) => "tombstone",
            Change::Absence(_) => continue,
        }));
    }
    parts.join(", ")
}

fn heading(state: State) -> &'static str {
    match state {
        State::New => "New",
        State::Up => "Up",
        State::Late => "Late",
        State::Timeout => "Timeout",
        State::Fault => "Fault",
        State::Restarting => "Restarting",
        State::GaveUp => "GaveUp",
        State::Paused => "Paused",
        State::Maintenance => "Maintenance",
        State::Retired => "Retired",
    }
}

#[test]
fn is_the_one_of_the_documentation() {
    let mut table = String::from("| |");
    for state in STATES {
        table.push_str(&format!(" {} |", heading(state)));
    }
    table.push_str(&format!("\n|---|{}\n", "---|".repeat(STATES.len())));
    for (name, command) in rows() {
        table.push_str(&format!("| {name} |"));
        for state in STATES {
            let cell = format!(" {} |", cell(state, name, command.clone()));
            table.push_str(&cell.replace("  ", " "));
        }
        table.push('\n');
    }
    assert!(
        include_str!("../../../docs/watches.md").contains(&table),
        "docs/watches.md has another table than this:\n\n{table}"
    );
}

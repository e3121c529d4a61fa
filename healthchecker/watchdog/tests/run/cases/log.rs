//! Lines for machines.

use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use super::{Case, hold, twice};
use crate::watch::{Outcome, Place, Run};

pub(super) fn trials() -> Vec<Trial> {
    twice(&[
        ("--log json", json as Case),
        ("--log json of odd words", odd),
        ("--log json of lines that nobody read", lost),
    ])
}

/// Every line is an object with a time and an event; the events.
fn events(outcome: &Outcome) -> Result<Vec<(String, Value)>, Failed> {
    let mut events = Vec::new();
    for line in &outcome.err {
        let value: Value =
            serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))?;
        let time = value["time"].as_str().ok_or("no time")?;
        humantime::parse_rfc3339(time)?;
        let event = value["event"].as_str().ok_or("no event")?.to_owned();
        events.push((event, value));
    }
    Ok(events)
}

fn json(place: Place) -> Result<(), Failed> {
    let line = "--notify --log=json --max=1 -- act pid ready say=WATCHDOG=trigger hang";
    let outcome = Run::new(place, line).finish()?;
    let found = events(&outcome)?;
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    let round = ["started", "ready", "silent", "stopped"];
    let all: Vec<&str> = [&round[..], &["restarted"], &round, &["gave up"]].concat();
    hold(outcome.code == 70 && names == all, &outcome)?;
    let pid = format!("pid {}", found[0].1["pid"]);
    hold(outcome.out[0] == pid, &outcome)?;
    let reason = found[2].1["text"].as_str();
    hold(
        reason == Some("it asked for it by WATCHDOG=trigger"),
        &reason,
    )
}

fn odd(place: Place) -> Result<(), Failed> {
    let line = "--notify --log=json --exit -- act say=STATUS=\"\\\u{1b}{\u{202e} say=WATCHDOG=trigger hang";
    let outcome = Run::new(place, line).finish()?;
    let found = events(&outcome)?;
    let silent = found[1].1["text"].as_str().unwrap_or_default();
    hold(silent.contains("it last said: \"\\ {"), &outcome)?;
    let outcome = Run::of(
        place,
        ["run", "--once", "--log=json", "--", "/no\n\"such\u{7f}"],
    )
    .finish()?;
    let found = events(&outcome)?;
    hold(outcome.code == 127 && found.len() == 1, &outcome)
}

/// The command fills the pipe first, so that the watchdog's own lines wait for a reader.
fn lost(place: Place) -> Result<(), Failed> {
    let (errors, errors_write) = std::io::pipe()?;
    let (out, out_write) = std::io::pipe()?;
    let round = "say=RELOADING=1 ready ".repeat(100);
    let line = format!("--notify --log=json -- act ready fill {round} barrier await=USR1 exit=3");
    let run = Run::new(place, &line);
    let mut watch = run
        .with(
            std::process::Stdio::null(),
            [out_write.into(), errors_write.into()],
        )
        .start();
    watch.out = crate::stream::Stream::read(out);
    watch.out.next("barrier 0")?;
    watch.out.next("awaiting")?;
    watch.err = crate::stream::Stream::read(errors);
    watch.err.count("\"reload", 60)?;
    watch.signal(nix::sys::signal::Signal::SIGUSR1)?;
    let mut outcome = watch.end()?;
    outcome.err.retain(|line| line != &"x".repeat(line.len()));
    let found = events(&outcome)?;
    // In the order of what happened.
    let last: Vec<&str> = found
        .iter()
        .rev()
        .map(|(name, _)| name.as_str())
        .take(3)
        .collect();
    hold(
        outcome.code == 3 && last[..2] == ["exited", "lost"] && last[2].starts_with("reload"),
        &found,
    )
}

//! How often a command is restarted, and what a signal makes of a restart.

use libtest_mimic::{Failed, Trial};
use nix::sys::signal::Signal;

use super::{Case, expect, hold, twice};
use crate::watch::{Place, Run};

/// Hangs at once.
const HANGS: &str = "act note=run say=WATCHDOG=trigger hang";

pub(super) fn trials() -> Vec<Trial> {
    twice(&[
        ("--max 0, --exit, --once: no restart", none as Case),
        ("--max 2: two restarts, and exit 70", two),
        ("--max unlimited", unlimited),
        (
            "asked to end while the next start waits",
            asked_while_waiting,
        ),
        (
            "asked to end while it is being stopped",
            asked_while_stopping,
        ),
        ("asked to end while it runs", asked),
        ("gone when it is to be restarted", gone),
    ])
}

fn none(place: Place) -> Result<(), Failed> {
    for options in ["--max=0", "--exit", "--once"] {
        let outcome = Run::new(place, &format!("--notify {options} -- {HANGS}")).finish()?;
        let lines = [
            "started",
            "silent",
            "stopped: ended by SIGTERM",
            "gave up: it is not to be restarted",
        ];
        expect(&outcome, 70, &lines)?;
        hold(outcome.out == ["run"], &outcome)?;
    }
    Ok(())
}

fn two(place: Place) -> Result<(), Failed> {
    let outcome = Run::new(place, &format!("--notify --max=2 --per=60m -- {HANGS}")).finish()?;
    let lines = [
        "started",
        "silent",
        "stopped",
        "restarted: restart 1",
        "started",
        "silent",
        "stopped",
        "restarted: restart 2, in 5s",
        "started",
        "silent",
        "stopped",
        "gave up: 2 restarts within 1h or without getting ready did not help",
    ];
    expect(&outcome, 70, &lines)?;
    hold(
        outcome.out == ["run"; 3] && outcome.elapsed.as_secs() >= 5,
        &outcome,
    )
}

fn unlimited(place: Place) -> Result<(), Failed> {
    let watch = Run::new(place, &format!("--notify --max=unlimited -- {HANGS}")).start();
    for restart in ["restart 1", "restart 2, in 5s", "restart 3, in 10s"] {
        watch.err.next(restart)?;
    }
    watch.signal(Signal::SIGTERM)?;
    let outcome = watch.end()?;
    hold(outcome.code == 143, &outcome)
}

fn asked_while_waiting(place: Place) -> Result<(), Failed> {
    for (signal, code) in [(Signal::SIGTERM, 143), (Signal::SIGINT, 130)] {
        let watch = Run::new(place, &format!("--notify --max=2 -- {HANGS}")).start();
        watch.err.next("restart 2, in 5s")?;
        watch.signal(signal)?;
        let outcome = watch.end()?;
        hold(
            outcome.code == code && outcome.elapsed.as_secs() < 5,
            &outcome,
        )?;
        let stopping = format!("stopping: asked by {signal}");
        hold(
            outcome
                .err
                .last()
                .is_some_and(|line| line.contains(&stopping)),
            &outcome,
        )?;
    }
    Ok(())
}

fn asked_while_stopping(place: Place) -> Result<(), Failed> {
    let line =
        "--notify --kill-after=20s -- act ignore=TERM say=WATCHDOG=trigger await=USR2 exit=9";
    let watch = Run::new(place, line).start();
    watch.err.next("silent")?;
    watch.out.next("awaiting")?;
    watch.signal(Signal::SIGTERM)?;
    watch.err.next("stopping: asked by SIGTERM")?;
    watch.signal(Signal::SIGUSR2)?;
    let lines = ["started", "silent", "stopping", "stopped: exit code 9"];
    expect(&watch.end()?, 9, &lines)
}

fn asked(place: Place) -> Result<(), Failed> {
    for (wish, exit, code) in [
        ("TERM", "exit=0", 0),
        ("INT", "exit=7", 7),
        ("USR1", "exit=1", 143),
    ] {
        let line = format!("--notify --watchdog=500ms -- act ready until={wish},50 {exit}");
        let watch = Run::new(place, &line).start();
        watch.err.next("ready")?;
        watch.out.next("kick")?;
        watch.signal(match wish {
            "INT" => Signal::SIGINT,
            // To a command that knows nothing of SIGTERM.
            _ => Signal::SIGTERM,
        })?;
        let outcome = watch.end()?;
        hold(
            outcome.code == code && !outcome.err.iter().any(|line| line.contains("silent")),
            &outcome,
        )?;
    }
    Ok(())
}

fn gone(place: Place) -> Result<(), Failed> {
    let directory = super::ends::Directory::new("gone");
    let program = directory.0.join("program");
    std::os::unix::fs::symlink(std::env::current_exe()?, &program)?;
    let line = format!(
        "--notify -- {} act await=USR1 say=WATCHDOG=trigger hang",
        program.display()
    );
    // Not this program's own path, so the word `act` is given as it is.
    let words = std::iter::once("run").chain(line.split_whitespace());
    let watch = Run::of(place, words).start();
    watch.out.next("awaiting")?;
    std::fs::remove_file(&program)?;
    watch.signal(Signal::SIGUSR1)?;
    let outcome = watch.end()?;
    let is_told = outcome
        .err
        .last()
        .is_some_and(|line| line.contains("not started: "));
    hold(outcome.code == 127 && is_told, &outcome)
}

//! At a terminal: the command has it, and what is typed reaches the command alone.

use std::fs::File;
use std::io::Write;
use std::process::Stdio;

use libtest_mimic::{Failed, Trial};
use nix::pty::{OpenptyResult, openpty};
use nix::sys::signal::{Signal, kill};

use crate::cases::{Case, expect, hold, once, twice};
use crate::processes::children;
use crate::watch::{Place, Run, Watch};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = twice(&[
        ("the command has the terminal", has_it as Case),
        ("Ctrl-C reaches the command, once", interrupt),
        ("Ctrl-C while the next start waits", interrupt_while_waiting),
        ("the terminal after a job", after_a_job),
        (
            "lines to a terminal that stops who is in the background",
            tostop,
        ),
    ]);
    trials.push(once("Ctrl-Z stops both, and fg resumes both", suspend));
    trials
}

/// A terminal, and the watchdog as the leader of its session.
fn at_terminal(run: Run, words: &[&str]) -> Result<(File, Watch), Failed> {
    let OpenptyResult { master, slave } = openpty(None, None)?;
    let (out, out_writer) = std::io::pipe()?;
    let (errors, errors_writer) = std::io::pipe()?;
    let words = ["setsid", "--ctty"]
        .into_iter()
        .chain(words.iter().copied());
    let run = run.through(words);
    let streams = [out_writer.into(), errors_writer.into()];
    let mut watch = run.with(Stdio::from(slave), streams).start();
    watch.out = crate::stream::Stream::read(out);
    watch.err = crate::stream::Stream::read(errors);
    Ok((File::from(master), watch))
}

fn has_it(place: Place) -> Result<(), Failed> {
    // At every start, and for who asks at once.
    let run = Run::new(
        place,
        "--notify --max=1 -- act read ready group say=WATCHDOG=trigger hang",
    );
    let (mut master, watch) = at_terminal(run, &[])?;
    for _ in 0..2 {
        master.write_all(b"hello\n")?;
        watch.out.next("read Ok(6) hello")?;
        watch.out.next("leads true foreground true")?;
    }
    let outcome = watch.end()?;
    hold(outcome.code == 70, &outcome)
}

fn interrupt(place: Place) -> Result<(), Failed> {
    let run = Run::new(place, "--once -- act count=INT await=USR1 exit=3");
    let (mut master, watch) = at_terminal(run, &[])?;
    watch.out.next("awaiting")?;
    master.write_all(b"\x03")?;
    watch.out.next("got SIGINT")?;
    watch.signal(Signal::SIGUSR1)?;
    let outcome = watch.end()?;
    expect(&outcome, 3, &["started", "exit code 3"])?;
    let count = outcome
        .out
        .iter()
        .filter(|line| line.contains("SIGINT"))
        .count();
    hold(count == 1, &outcome)
}

fn interrupt_while_waiting(place: Place) -> Result<(), Failed> {
    let run = Run::new(place, "--notify -- act say=WATCHDOG=trigger hang");
    let (mut master, watch) = at_terminal(run, &[])?;
    watch.err.next("restart 2, in 5s")?;
    master.write_all(b"\x03")?;
    let outcome = watch.end()?;
    let is_asked = outcome
        .err
        .last()
        .is_some_and(|line| line.contains("asked by SIGINT"));
    hold(outcome.code == 130 && is_asked, &outcome)
}

fn after_a_job(place: Place) -> Result<(), Failed> {
    let run = Run::new(place, "--once -- act group exit=3");
    let script = "\"$0\" \"$@\"; read -r line; echo \"shell read $line\"; exit 4";
    let (mut master, watch) = at_terminal(run, &["sh", "-c", script])?;
    watch.err.next("exited")?;
    master.write_all(b"hello\n")?;
    watch.out.next("shell read hello")?;
    expect(&watch.end()?, 4, &["started", "exit code 3"])
}

fn tostop(place: Place) -> Result<(), Failed> {
    let run = Run::new(place, "--notify --watchdog=300ms --exit -- act ready hang");
    // A group of its own with a shell above it, or the kernel would refuse the lines instead.
    let script = "set -m; stty tostop; \"$0\" \"$@\" 2>&0; exit $?";
    let OpenptyResult { master, slave } = openpty(None, None)?;
    let reader = crate::stream::Stream::read(File::from(master));
    let run = run.through(["setsid", "--ctty", "sh", "-c", script]);
    let outcome = run
        .with(Stdio::from(slave), [Stdio::null(), Stdio::null()])
        .finish()?;
    hold(outcome.code == 70, &outcome)?;
    reader.next("gave up").map(drop)
}

fn suspend(place: Place) -> Result<(), Failed> {
    let words = "ready group until=USR1,50 group exit=3";
    let run = Run::new(place, &format!("--notify --watchdog=1s -- act {words}"));
    let script = "set -m; \"$0\" \"$@\"; echo shell $?; read -r line; fg; exit $?";
    let (mut master, watch) = at_terminal(run, &["sh", "-c", script])?;
    watch.out.next("leads true foreground true")?;
    watch.out.next("kick")?;
    master.write_all(b"\x1a")?;
    // SIGSTOP, which nobody can catch.
    watch.out.next("shell 147")?;
    master.write_all(b"go on\n")?;
    let kicks = watch.out.so_far().len();
    watch.out.count("kick", kicks + 10)?;
    let watchdog = *children(watch.pid()).first().ok_or("no watchdog")?;
    kill(watchdog, Signal::SIGUSR1)?;
    watch.out.next("leads true foreground true")?;
    let outcome = watch.end()?;
    hold(
        outcome.code == 3 && !outcome.err.iter().any(|line| line.contains("silent")),
        &outcome,
    )
}

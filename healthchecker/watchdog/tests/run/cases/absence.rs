//! The watchdog itself is stopped for a while: no false alarm when it wakes, and none missed after.

use std::thread;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use nix::sys::signal::{Signal, kill};

use super::{Case, hold, twice};
use crate::server::{Answer, Server};
use crate::watch::{Place, Run, Watch};

/// Longer than any deadline here.
const AWAY: Duration = Duration::from_millis(2500);

pub(super) fn trials() -> Vec<Trial> {
    twice(&[
        ("stopped alone", alone as Case),
        ("stopped with its command", with_command),
        ("stopped before it is ready", before_ready),
        ("stopped between checks", between_checks),
    ])
}

/// Then it is found that the command hangs, which has done so since.
fn hangs(watch: Watch) -> Result<(), Failed> {
    let lines = watch.err.so_far();
    hold(!lines.iter().any(|line| line.contains("silent")), &lines)?;
    watch.signal(Signal::SIGUSR2)?;
    watch.err.next("silent: no WATCHDOG=1 for 1s")?;
    let outcome = watch.end()?;
    hold(outcome.code == 70, &outcome)
}

fn alone(place: Place) -> Result<(), Failed> {
    let line = "--notify --watchdog=1s --exit -- act ready until=USR2,50 hang";
    let watch = Run::new(place, line).start();
    watch.err.next("ready")?;
    watch.signal(Signal::SIGSTOP)?;
    thread::sleep(AWAY);
    watch.signal(Signal::SIGCONT)?;
    watch.err.next("absent: ")?;
    // The command was held up by a full queue.
    let kicks = watch.out.so_far().len();
    watch.out.count("kick", kicks + 30)?;
    hangs(watch)
}

fn with_command(place: Place) -> Result<(), Failed> {
    let line = "--notify --watchdog=1s --exit -- act ready until=USR2,50 hang";
    let watch = Run::new(place, line).start();
    watch.err.next("ready")?;
    let command = watch.command()?;
    watch.signal(Signal::SIGSTOP)?;
    kill(command, Signal::SIGSTOP)?;
    thread::sleep(AWAY);
    let kicks = watch.out.so_far().len();
    watch.signal(Signal::SIGCONT)?;
    watch.err.next("absent: ")?;
    kill(command, Signal::SIGCONT)?;
    watch.out.count("kick", kicks + 30)?;
    hangs(watch)
}

fn before_ready(place: Place) -> Result<(), Failed> {
    let line = "--notify --start-timeout=2s --exit -- act note=up await=USR1 ready exit=3";
    let watch = Run::new(place, line).start();
    watch.out.next("awaiting")?;
    watch.signal(Signal::SIGSTOP)?;
    thread::sleep(AWAY);
    watch.signal(Signal::SIGCONT)?;
    watch.err.next("absent: ")?;
    watch.signal(Signal::SIGUSR1)?;
    let outcome = watch.end()?;
    hold(
        outcome.code == 3 && !outcome.err.iter().any(|line| line.contains("silent")),
        &outcome,
    )
}

fn between_checks(place: Place) -> Result<(), Failed> {
    let target = Server::start(Answer::Status(200));
    let options = format!(
        "--check={} --every=1s --timeout=1s --failures=1",
        target.url()
    );
    let watch = Run::new(place, &format!("{options} --exit -- act hang")).start();
    watch.err.next("ready")?;
    watch.signal(Signal::SIGSTOP)?;
    thread::sleep(AWAY);
    watch.signal(Signal::SIGCONT)?;
    watch.err.next("absent: ")?;
    let asked = target.asked().len();
    target.wait(|all| all.len() >= asked + 2)?;
    target.answer(Answer::Status(503));
    watch.err.next("silent: ")?;
    let outcome = watch.end()?;
    hold(outcome.code == 70, &outcome)
}

//! Between two periods nothing wakes up.

use std::fs;
use std::thread;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};

use super::{Case, hold, twice};
use crate::server::{Answer, Server};
use crate::watch::{Place, Run, Watch};

/// Long enough for whoever wakes up every second.
const WHILE: Duration = Duration::from_millis(2500);

pub(super) fn trials() -> Vec<Trial> {
    twice(&[
        ("no wake-up with --notify", notify as Case),
        ("no wake-up with --check", check),
        ("no wake-up with a deadline beyond all", beyond),
    ])
}

/// How often the watchdog's threads have waited for something.
fn waits(watch: &Watch) -> Result<u64, Failed> {
    let mut sum = 0;
    for task in fs::read_dir(format!("/proc/{}/task", watch.pid()))? {
        let status = fs::read_to_string(task?.path().join("status"))?;
        for line in status.lines() {
            if let Some(count) = line.strip_prefix("voluntary_ctxt_switches:") {
                sum += count.trim().parse::<u64>()?;
            }
        }
    }
    Ok(sum)
}

fn is_idle(watch: Watch) -> Result<(), Failed> {
    // The last line is written by a thread that then waits for the next.
    let mut before = waits(&watch)?;
    loop {
        thread::sleep(Duration::from_millis(100));
        let now = waits(&watch)?;
        if now == before {
            break;
        }
        before = now;
    }
    thread::sleep(WHILE);
    let after = waits(&watch)?;
    watch.signal(nix::sys::signal::Signal::SIGTERM)?;
    let outcome = watch.end()?;
    hold(
        outcome.code == 143 && after == before,
        &(before, after, outcome),
    )
}

fn notify(place: Place) -> Result<(), Failed> {
    let watch = Run::new(place, "--notify --watchdog=60m -- act ready hang").start();
    watch.err.next("ready")?;
    is_idle(watch)
}

fn check(place: Place) -> Result<(), Failed> {
    let (target, pings) = (
        Server::start(Answer::Status(200)),
        Server::start(Answer::Status(200)),
    );
    let line = format!(
        "--check={} --every=60m --kick={} -- act hang",
        target.url(),
        pings.url()
    );
    let watch = Run::new(place, &line).start();
    watch.err.next("ready")?;
    pings.wait(|asked| asked.len() == 2)?;
    is_idle(watch)
}

fn beyond(place: Place) -> Result<(), Failed> {
    let more = "say=EXTEND_TIMEOUT_USEC=18446744073709551614";
    let line =
        format!("--notify -- act {more} ready {more} say=WATCHDOG_USEC=18446744073709551614 hang");
    let watch = Run::new(place, &line).start();
    watch.err.next("ready")?;
    is_idle(watch)
}

//! Standard streams that are closed, full or read by nobody.

use std::io::pipe;
use std::process::Stdio;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use nix::sys::signal::Signal;

use super::{Case, expect, hold, twice};
use crate::processes::wait_until;
use crate::server::{Answer, Server};
use crate::watch::{Place, Run};

pub(super) fn trials() -> Vec<Trial> {
    twice(&[
        (
            "a command that closes its streams",
            closed_by_command as Case,
        ),
        ("started without streams", started_without),
        ("a command that floods what nobody reads", unread),
        ("a job that floods what nobody reads", unread_job),
        ("stderr that its reader has closed", closed_by_reader),
    ])
}

fn closed_by_command(place: Place) -> Result<(), Failed> {
    let line = "--notify --watchdog=1s -- act close=0,1,2 ready kicks=5,10 exit=4";
    expect(
        &Run::new(place, line).finish()?,
        4,
        &["started", "ready", "exit code 4"],
    )
}

fn started_without(place: Place) -> Result<(), Failed> {
    for (options, closed) in [
        ("--once", "<&- >&- 2>&-"),
        ("--notify", "<&-"),
        ("--notify", "2>&-"),
    ] {
        // Each is a device of characters, /dev/null, or the pipe that it was.
        let test =
            "for n in 0 1 2; do [ -c /dev/fd/$n ] || [ -p /dev/fd/$n ] || exit 9; done; exit 4";
        let run = Run::of(place, ["run", options, "--", "sh", "-c", test]);
        let outcome = run.shell(&format!("exec {closed}")).finish()?;
        hold(outcome.code == 4, &outcome)?;
    }
    Ok(())
}

fn unread(place: Place) -> Result<(), Failed> {
    for to in ["out", "err"] {
        let (_reader, writer) = pipe()?;
        let streams = [writer.try_clone()?.into(), writer.into()];
        let line = format!("--notify --watchdog=300ms --max=1 -- act ready flood={to}");
        let outcome = Run::new(place, &line)
            .with(Stdio::null(), streams)
            .finish()?;
        hold(
            outcome.code == 70 && outcome.elapsed < Duration::from_secs(8),
            &outcome,
        )?;
    }
    Ok(())
}

/// Its output goes through the watchdog, which keeps the end of it.
fn unread_job(place: Place) -> Result<(), Failed> {
    let pings = Server::start(Answer::Status(200));
    let (_reader, writer) = pipe()?;
    let streams = [writer.try_clone()?.into(), writer.into()];
    let line = format!("--once --kick={} -- act flood=out", pings.url());
    let watch = Run::new(place, &line).with(Stdio::null(), streams).start();
    pings.wait(|asked| asked.len() == 1)?;
    let command = watch.command()?;
    let writes = || {
        let waits = std::fs::read_to_string(format!("/proc/{command}/wchan")).unwrap_or_default();
        waits.contains("pipe")
    };
    wait_until("the pipes are full", writes)?;
    watch.signal(Signal::SIGTERM)?;
    let outcome = watch.end()?;
    hold(
        outcome.code == 143 && outcome.elapsed < Duration::from_secs(10),
        &outcome,
    )?;
    let asked = pings.asked();
    hold(
        asked[1].line == "POST /p/143" && asked[1].body.len() == 10_000,
        &asked.len(),
    )
}

fn closed_by_reader(place: Place) -> Result<(), Failed> {
    let (reader, writer) = pipe()?;
    drop(reader);
    let (out, out_writer) = pipe()?;
    let line = "--notify --watchdog=1s --max=1 -- act ready kicks=5,20 say=WATCHDOG=trigger hang";
    let streams = [out_writer.into(), writer.into()];
    let mut watch = Run::new(place, line).with(Stdio::null(), streams).start();
    watch.out = crate::stream::Stream::read(out);
    let outcome = watch.end()?;
    hold(outcome.code == 70 && outcome.out.len() == 10, &outcome)
}

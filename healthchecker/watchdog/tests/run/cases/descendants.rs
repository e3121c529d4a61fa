//! What comes of a command: orphans, and who does not want to end.

use std::process::Stdio;

use libtest_mimic::{Failed, Trial};
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::ends::Directory;
use super::{Case, expect, hold, init, twice};
use crate::processes::{processes, wait_until};
use crate::server::{Answer, Server};
use crate::stream::Stream;
use crate::watch::{Place, Run};

pub(super) fn trials() -> Vec<Trial> {
    let mut trials = twice(&[
        ("a thousand orphans are reaped", reaped as Case),
        ("who ignores the stop signal is killed", killed),
        ("none of it survives a restart", none_survives_restart),
        ("none of it survives its end", none_survives_end),
        ("who is stopped hangs", stopped),
        ("--abort", abort),
        ("--abort is ignored", abort_ignored),
        ("--stop INT", stop_int),
        ("generations that outrun their end", outrun),
    ]);
    trials.push(init("no /proc", without_proc));
    trials
}

/// How many end as children of the watchdog: each subshell leaves one behind that ends later.
const ORPHANS: &str = "i=0; while [ $i -lt 1000 ]; do (: &); i=$((i+1)); done; echo done; exec cat";

fn reaped(place: Place) -> Result<(), Failed> {
    let target = Server::start(Answer::Hang);
    let check = format!("--check={}", target.url());
    let words = [
        "run",
        &check,
        "--every=60m",
        "--timeout=60m",
        "--",
        "sh",
        "-c",
        ORPHANS,
    ];
    // cat hangs, since nobody writes to it.
    let (read, write) = std::io::pipe()?;
    let (out, out_write) = std::io::pipe()?;
    let run = Run::of(place, words).with(read.into(), [out_write.into(), Stdio::null()]);
    let watch = run.start();
    Stream::read(out).next("done")?;
    target.wait(|asked| !asked.is_empty())?;
    let watchdog = watch.pid();
    let ours = || {
        processes()
            .filter(|process| process.parent == watchdog)
            .count()
    };
    wait_until("one child, the command", || ours() == 1)?;
    drop(write);
    let outcome = watch.end()?;
    hold(outcome.code == 0, &outcome)
}

fn killed(place: Place) -> Result<(), Failed> {
    let line = "--notify --exit --kill-after=100ms -- act ignore=TERM say=WATCHDOG=trigger hang";
    let lines = [
        "started",
        "silent: it asked for it by WATCHDOG=trigger",
        "killed: it had not ended 100ms after",
        "stopped: ended by SIGKILL",
        "gave up: it is not to be restarted",
    ];
    expect(&Run::new(place, line).finish()?, 70, &lines)
}

/// One in another session, one whose parent has ended, one of the same group; none ends by itself.
const FAMILY: &str = "spawn ( setsid ignore=TERM,HUP note=up hang ) \
    spawn ( spawn ( ignore=TERM note=up hang ) ) \
    spawn ( ignore=TERM note=up hang )";

fn none_survives_restart(place: Place) -> Result<(), Failed> {
    let options = "--notify --kill-after=100ms --max=1";
    let rest = "await=USR1 say=WATCHDOG=trigger hang";
    let watch = Run::new(place, &format!("{options} -- act {FAMILY} {rest}")).start();
    watch.out.count("up", 3)?;
    watch.out.next("awaiting")?;
    let first = watch.processes();
    let watchdog = watch.pid();
    hold(first.len() >= 5, &first)?;
    watch.signal(Signal::SIGUSR1)?;
    watch.err.next("restarted")?;
    watch.err.next("started")?;
    let left: Vec<_> = watch
        .processes()
        .into_iter()
        .filter(|pid| first.contains(pid))
        .collect();
    let is_ours = |pid: Pid| pid == watchdog || pid.as_raw() as u32 == watch.child.id();
    hold(left.iter().all(|pid| is_ours(*pid)), &(&left, &first))?;
    watch.out.count("up", 6)?;
    watch.out.next("awaiting")?;
    watch.signal(Signal::SIGUSR1)?;
    let outcome = watch.end()?;
    hold(outcome.code == 70, &outcome)
}

fn none_survives_end(place: Place) -> Result<(), Failed> {
    let watch = Run::new(place, &format!("--once -- act {FAMILY} await=USR1 exit=5")).start();
    watch.out.count("up", 3)?;
    watch.out.next("awaiting")?;
    watch.signal(Signal::SIGUSR1)?;
    expect(&watch.end()?, 5, &["started", "exit code 5"])
}

fn stopped(place: Place) -> Result<(), Failed> {
    let line = "--notify --watchdog=300ms --exit -- act ready raise=STOP hang";
    let lines = [
        "started",
        "ready",
        "silent: no WATCHDOG=1 for 300ms",
        "stopped: ended by SIGTERM",
        "gave up",
    ];
    expect(&Run::new(place, line).finish()?, 70, &lines)
}

fn abort(place: Place) -> Result<(), Failed> {
    let line = "--notify --exit --abort -- act say=WATCHDOG=trigger hang";
    let outcome = Run::new(place, line).shell("ulimit -c 0").finish()?;
    expect(
        &outcome,
        70,
        &["started", "silent", "stopped: ended by SIGABRT", "gave up"],
    )
}

fn abort_ignored(place: Place) -> Result<(), Failed> {
    let line = "--notify --exit --abort --kill-after=200ms \
        -- act count=ABRT,TERM say=WATCHDOG=trigger hang";
    let outcome = Run::new(place, line).finish()?;
    let lines = [
        "started",
        "silent",
        "killed",
        "stopped: ended by SIGKILL",
        "gave up",
    ];
    expect(&outcome, 70, &lines)?;
    hold(outcome.out == ["counting", "got SIGABRT"], &outcome)
}

fn stop_int(place: Place) -> Result<(), Failed> {
    let line = "--notify --exit --stop=INT --kill-after=200ms \
        -- act count=INT,TERM say=WATCHDOG=trigger hang";
    let outcome = Run::new(place, line).finish()?;
    hold(
        outcome.code == 70 && outcome.out == ["counting", "got SIGINT"],
        &outcome,
    )
}

/// Each generation starts the next one and ends.
fn outrun(place: Place) -> Result<(), Failed> {
    let directory = Directory::new("outrun");
    let next = "trap '' TERM; echo on; (sh \"$0\" &); exit 0\n";
    let next = directory.file("next", next, 0o644);
    let main = format!(
        "for n in 1 2 3 4; do sh {}; done; read -r line; exit 5",
        next.display()
    );
    let (read, write) = std::io::pipe()?;
    let (out, out_write) = std::io::pipe()?;
    let run = Run::of(place, ["run", "--once", "--", "sh", "-c", &main]);
    let streams = [out_write.into(), Stdio::null()];
    let watch = run.with(read.into(), streams).start();
    Stream::read(out).count("on", 30)?;
    drop(write);
    let outcome = watch.end()?;
    hold(outcome.code == 5, &outcome)
}

/// Nobody can be found there, but it is known whom the watchdog has started.
fn without_proc(place: Place) -> Result<(), Failed> {
    let line = "--notify --exit --kill-after=20s -- act say=WATCHDOG=trigger hang";
    let run = Run::new(place, line).shell("mount -t tmpfs none /proc");
    let lines = ["started", "silent", "stopped: ended by SIGTERM", "gave up"];
    expect(&run.finish()?, 70, &lines)
}

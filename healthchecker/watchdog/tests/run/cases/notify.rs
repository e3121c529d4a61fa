//! What a command says by systemd's messages, and who may say it.

use std::fs;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use libtest_mimic::{Failed, Trial};

use super::ends::Directory;
use super::{Case, expect, hold, twice};
use crate::watch::{Place, Run, Watch};

pub(super) fn trials() -> Vec<Trial> {
    twice(&[
        ("ready, reloading, stopping", states as Case),
        ("each silence has its reason", silences),
        ("the last status is in the reason", status),
        ("more time", extended),
        ("a barrier is lifted", barrier),
        ("MAINPID", main_pid),
        (
            "another process is heard only with --notify-access all",
            access,
        ),
        ("nobody from outside is heard", outside),
        ("last words count", last_words),
        ("--notify-socket", at_path),
        ("--notify-socket where a file is", at_file),
    ])
}

fn states(place: Place) -> Result<(), Failed> {
    let line = "--notify -- act ready ready say=RELOADING=1 ready say=STOPPING=1 exit=3";
    let lines = [
        "started",
        "ready: after ",
        "reloading",
        "reloaded",
        "stopping: by itself: STOPPING=1",
        "exited: exit code 3",
    ];
    expect(&Run::new(place, line).finish()?, 3, &lines)
}

fn silences(place: Place) -> Result<(), Failed> {
    let cases = [
        (
            "--start-timeout=200ms",
            "hang",
            "silent: not ready within 200ms",
        ),
        (
            "--start-timeout=200ms",
            "kick=50",
            "silent: not ready within 200ms",
        ),
        (
            "--watchdog=200ms",
            "ready hang",
            "silent: no WATCHDOG=1 for 200ms",
        ),
        (
            "--watchdog=0",
            "ready say=WATCHDOG_USEC=300000 hang",
            "silent: no WATCHDOG=1 for 300ms",
        ),
        (
            "",
            "say=WATCHDOG_USEC=300000 ready hang",
            "silent: no WATCHDOG=1 for 300ms",
        ),
        (
            "",
            "say=WATCHDOG=trigger hang",
            "silent: it asked for it by WATCHDOG=trigger",
        ),
        (
            "--start-timeout=200ms --watchdog=0",
            "say=STOPPING=1 hang",
            "silent: it said STOPPING=1 and did not end",
        ),
    ];
    for (options, words, silent) in cases {
        let line = format!("--notify --exit {options} -- act {words}");
        let outcome = Run::new(place, &line).finish()?;
        let is_told = outcome.err.iter().any(|line| line.contains(silent));
        hold(outcome.code == 70 && is_told, &outcome)?;
    }
    Ok(())
}

fn status(place: Place) -> Result<(), Failed> {
    let line = "--notify --exit -- act say=STATUS=Reading~all;READY=1 say=WATCHDOG=trigger hang";
    let silent = "WATCHDOG=trigger; it last said: Reading all (pid ";
    let lines = ["started", "ready", silent, "stopped", "gave up"];
    expect(&Run::new(place, line).finish()?, 70, &lines)?;
    let line = "--notify --exit -- act say=STATUS=x say=STATUS= say=WATCHDOG=trigger hang";
    expect(
        &Run::new(place, line).finish()?,
        70,
        &["started", "WATCHDOG=trigger (pid", "stopped", "gave up"],
    )?;
    // Another start has said nothing yet.
    let directory = Directory::new("status");
    let first = directory.0.join("first");
    let line = format!(
        "--notify --max=1 -- act first={} say=STATUS=old say=WATCHDOG=trigger hang",
        first.display()
    );
    let outcome = Run::new(place, &line).finish()?;
    let silences = outcome.err.iter().filter(|line| line.contains("silent"));
    let are_told: Vec<bool> = silences.map(|line| line.contains("old")).collect();
    hold(are_told == [true, false], &outcome)
}

fn extended(place: Place) -> Result<(), Failed> {
    // Kicks count only once it is ready.
    let line = "--notify --start-timeout=400ms --watchdog=400ms -- act \
        say=EXTEND_TIMEOUT_USEC=20000000 kicks=8,100 ready \
        say=EXTEND_TIMEOUT_USEC=20000000 pause=800 say=STOPPING=1 \
        say=EXTEND_TIMEOUT_USEC=20000000 pause=800 exit=4";
    expect(
        &Run::new(place, line).finish()?,
        4,
        &["started", "ready", "stopping", "exit code 4"],
    )
}

fn barrier(place: Place) -> Result<(), Failed> {
    for access in ["main", "all"] {
        let line = format!("--notify --notify-access={access} -- act ready barrier exit=6");
        let outcome = Run::new(place, &line).finish()?;
        expect(&outcome, 6, &["started", "ready", "exit code 6"])?;
        hold(outcome.out == ["barrier 0"], &outcome)?;
    }
    Ok(())
}

fn main_pid(place: Place) -> Result<(), Failed> {
    let outcome = Run::new(place, "--notify -- act mainpid ready").finish()?;
    expect(&outcome, 0, &["started", "ready", "exit code 0"])?;
    let outcome = Run::new(place, "--notify -- act say=MAINPID=1;READY=1").finish()?;
    let refused = "refused: MAINPID=1 is not the command's own process";
    expect(&outcome, 0, &["started", refused, "ready", "exit code 0"])
}

fn access(place: Place) -> Result<(), Failed> {
    // A child, and an orphan that is nobody's child any more but the watchdog's.
    for family in [
        "spawn ( ready barrier hang )",
        "spawn ( spawn ( ready barrier hang ) )",
    ] {
        let words = format!("act {family} await=USR1 exit=2");
        let watch = Run::new(place, &format!("--notify -- {words}")).start();
        watch.err.next("refused: process ")?;
        watch.out.next("barrier 0")?;
        watch.out.count("awaiting", 1)?;
        watch.signal(nix::sys::signal::Signal::SIGUSR1)?;
        let outcome = watch.end()?;
        let refused = "may not speak for the command (--notify-access)";
        expect(&outcome, 2, &["started", refused, "exit code 2"])?;
        let watch = Run::new(place, &format!("--notify --notify-access=all -- {words}")).start();
        watch.err.next("ready")?;
        watch.out.count("awaiting", 1)?;
        watch.signal(nix::sys::signal::Signal::SIGUSR1)?;
        expect(&watch.end()?, 2, &["started", "ready", "exit code 2"])?;
    }
    Ok(())
}

/// Where the command of a run may speak, which has the word `env`.
pub(super) fn address_of(watch: &Watch) -> Result<SocketAddr, Failed> {
    let line = watch.out.next("NOTIFY_SOCKET=@")?;
    let (_, name) = line.split_once('@').ok_or("no abstract name")?;
    Ok(SocketAddr::from_abstract_name(name)?)
}

fn outside(place: Place) -> Result<(), Failed> {
    let line = "--notify --notify-access=all -- act env await=USR1 exit=2";
    let watch = Run::new(place, line).start();
    let address = address_of(&watch)?;
    watch.out.next("awaiting")?;
    UnixDatagram::unbound()?.send_to_addr(b"READY=1", &address)?;
    let who = match place {
        Place::Ordinary => format!("process {} may not speak", std::process::id()),
        Place::Init => String::from("a process from outside may not speak"),
    };
    watch.err.next(&format!("refused: {who} for the command"))?;
    watch.signal(nix::sys::signal::Signal::SIGUSR1)?;
    expect(&watch.end()?, 2, &["started", &who, "exit code 2"])
}

fn last_words(place: Place) -> Result<(), Failed> {
    // They may all be there when its end is noticed.
    let line = "--notify -- act say=RELOADING=1 ready say=STATUS=bye say=STOPPING=1 exit=1";
    let lines = ["started", "ready", "stopping: by itself", "exit code 1"];
    expect(&Run::new(place, line).finish()?, 1, &lines)
}

fn at_path(place: Place) -> Result<(), Failed> {
    let directory = Directory::new("socket");
    let path = directory.0.join("notify");
    // A stale one: nobody receives there any more.
    drop(UnixDatagram::bind(&path)?);
    hold(fs::symlink_metadata(&path)?.file_type().is_socket(), &path)?;
    let name = path.display();
    let line = format!(
        "--notify --notify-socket={name} --max=1 -- act env barrier ready say=WATCHDOG=trigger hang"
    );
    let outcome = Run::new(place, &line).finish()?;
    let starts = outcome
        .out
        .iter()
        .filter(|line| **line == format!("NOTIFY_SOCKET={name}"));
    hold(outcome.code == 70 && starts.count() == 2, &outcome)?;
    let readies = outcome
        .err
        .iter()
        .filter(|line| line.contains("ready: "))
        .count();
    hold(readies == 2, &outcome)?;
    hold(fs::symlink_metadata(&path).is_err(), &"it is left behind")
}

fn at_file(place: Place) -> Result<(), Failed> {
    let directory = Directory::new("no-socket");
    let file = directory.file("notify", "precious", 0o644);
    let line = format!(
        "--notify --notify-socket={} -- act note=run",
        file.display()
    );
    let outcome = Run::new(place, &line).finish()?;
    expect(
        &outcome,
        126,
        &["not started: there is no socket for its messages: "],
    )?;
    let problem = format!(
        "{}: is there and is not a socket; remove it",
        file.display()
    );
    hold(
        outcome.out.is_empty() && outcome.err[0].contains(&problem),
        &outcome,
    )?;
    hold(fs::read_to_string(&file)? == "precious", &file)?;
    let line = "--notify --notify-socket=/no/such/directory/notify -- act note=run";
    let outcome = Run::new(place, line).finish()?;
    expect(
        &outcome,
        126,
        &["not started: there is no socket for its messages: /no/such/directory/notify: "],
    )?;
    hold(outcome.out.is_empty(), &outcome)
}

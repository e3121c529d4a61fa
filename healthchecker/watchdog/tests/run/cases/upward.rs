//! What the watchdog tells who has started it, as a service tells the watchdog.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use nix::sys::signal::{Signal, kill};

use super::ends::Directory;
use super::{Case, hold, twice};
use crate::processes::children;
use crate::stream::BOUND;
use crate::watch::{Place, Run};

pub(super) fn trials() -> Vec<Trial> {
    twice(&[
        ("its state is told upward", told as Case),
        ("a socket above that nobody reads", unread),
        ("a socket above that is read late", read_late),
        ("a watchdog under a watchdog", nested),
    ])
}

/// The messages up to one that holds this text.
fn until(socket: &UnixDatagram, text: &str) -> Result<Vec<String>, Failed> {
    let mut all = Vec::new();
    loop {
        let mut bytes = [0; 4096];
        let len = socket
            .recv(&mut bytes)
            .map_err(|error| format!("{error}: {all:?}"))?;
        let message = String::from_utf8_lossy(&bytes[..len]).into_owned();
        let is_last = message.contains(text);
        all.push(message);
        if is_last {
            return Ok(all);
        }
    }
}

fn told(place: Place) -> Result<(), Failed> {
    let directory = Directory::new("upward");
    let path = directory.0.join("notify");
    let socket = UnixDatagram::bind(&path)?;
    socket.set_read_timeout(Some(BOUND))?;
    let line = "--notify --watchdog=10s --max=1 -- act await=USR1 ready say=STATUS=serving \
        say=RELOADING=1 ready await=USR2 say=WATCHDOG=trigger hang";
    let run = Run::new(place, line).variable("NOTIFY_SOCKET", &path);
    let watch = run.variable("WATCHDOG_USEC", "400000").start();
    // It lives, though its command is not ready.
    until(&socket, "WATCHDOG=1")?;
    watch.out.next("awaiting USR1")?;
    watch.signal(Signal::SIGUSR1)?;
    let first = until(&socket, "READY=1")?;
    hold(
        first
            .iter()
            .all(|text| text == "WATCHDOG=1" || text == "READY=1"),
        &first,
    )?;
    until(&socket, "STATUS=serving")?;
    until(&socket, "RELOADING=1\nMONOTONIC_USEC=")?;
    until(&socket, "READY=1")?;
    watch.out.next("awaiting USR2")?;
    watch.signal(Signal::SIGUSR2)?;
    until(
        &socket,
        "STATUS=restarting: it asked for it by WATCHDOG=trigger",
    )?;
    watch.out.next("awaiting USR1")?;
    watch.signal(Signal::SIGTERM)?;
    until(&socket, "STOPPING=1")?;
    let outcome = watch.end()?;
    hold(outcome.code == 143, &outcome)
}

/// Nobody takes a message off the queue, and the watchdog waits for nobody.
fn unread(place: Place) -> Result<(), Failed> {
    let directory = Directory::new("upward");
    let path = directory.0.join("notify");
    let _socket = UnixDatagram::bind(&path)?;
    let words = "say=STATUS=x ".repeat(50);
    let line = format!("--notify --watchdog=300ms --max=1 -- act ready {words} hang");
    let run = Run::new(place, &line).variable("NOTIFY_SOCKET", &path);
    let outcome = run.variable("WATCHDOG_USEC", "2000").finish()?;
    hold(
        outcome.code == 70 && outcome.elapsed < Duration::from_secs(8),
        &outcome,
    )
}

/// Its queue is full of states when the command gets ready.
fn read_late(place: Place) -> Result<(), Failed> {
    let directory = Directory::new("upward");
    let path = directory.0.join("notify");
    let socket = UnixDatagram::bind(&path)?;
    socket.set_read_timeout(Some(BOUND))?;
    // More than net.unix.max_dgram_qlen, as systemd sets it.
    let words = "say=STATUS=x ".repeat(600);
    let line = format!("--notify --watchdog=0 -- act {words} ready hang");
    let run = Run::new(place, &line).variable("NOTIFY_SOCKET", &path);
    let watch = run.start();
    watch.err.next("ready")?;
    until(&socket, "READY=1")?;
    watch.signal(Signal::SIGTERM)?;
    until(&socket, "STOPPING=1")?;
    let outcome = watch.end()?;
    hold(outcome.code == 143, &outcome)
}

fn nested(place: Place) -> Result<(), Failed> {
    let line = "--notify --watchdog=1s --exit --kill-after=300ms -- \
        watchdog run --notify --watchdog=0 -- act await=USR1 ready kicks=25,100 hang";
    let watch = Run::new(place, line).start();
    watch.out.next("awaiting")?;
    watch.signal(Signal::SIGUSR1)?;
    watch.err.next("ready")?;
    watch.err.next("ready")?;
    watch.out.count("kick", 25)?;
    let lines = watch.err.so_far();
    hold(!lines.iter().any(|line| line.contains("silent")), &lines)?;
    // The inner one kicks for itself; once it is stopped it does so no more.
    kill(
        *children(watch.pid()).first().ok_or("no inner one")?,
        Signal::SIGSTOP,
    )?;
    watch.err.next("silent: no WATCHDOG=1 for 1s")?;
    let outcome = watch.end()?;
    hold(outcome.code == 70, &outcome)
}

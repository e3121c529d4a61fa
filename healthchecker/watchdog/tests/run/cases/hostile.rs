//! Messages that nobody should send: too long, too many, with descriptors, from strangers.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use nix::sys::signal::Signal;

use super::notify::address_of;
use super::{Case, expect, hold, twice};
use crate::watch::{Place, Run, Watch};

pub(super) fn trials() -> Vec<Trial> {
    twice(&[
        ("messages that are none", none as Case),
        ("descriptors that come along are closed", descriptors),
        ("a flood by a stranger hides no kick", kicks_in_a_flood),
        ("a flood by a stranger hides no silence", silence_in_a_flood),
        ("a flood by a child hides no kick", kicks_beside_a_child),
        ("a flood of other words is silence", own_flood),
        ("refused messages are told of once a minute", refused_once),
    ])
}

fn none(place: Place) -> Result<(), Failed> {
    let cases = [
        ("long=4097", "refused: a message is longer than 4096 bytes"),
        ("long=60000", "refused: a message is longer than 4096 bytes"),
        ("binary", "refused: a message has a NUL byte in it"),
        (
            "say=BARRIER=1",
            "refused: BARRIER=1 must come with exactly one descriptor",
        ),
    ];
    for (words, refused) in cases {
        let outcome = Run::new(place, &format!("--notify -- act {words} ready")).finish()?;
        expect(&outcome, 0, &["started", refused, "ready", "exit code 0"])?;
    }
    // Empty, and with what this program does not know.
    let line = "--notify -- act say= say=;;; say=X_NOT=known;FDSTORE=1 long=4096 ready";
    expect(
        &Run::new(place, line).finish()?,
        0,
        &["started", "ready", "exit code 0"],
    )
}

fn descriptors(place: Place) -> Result<(), Failed> {
    let line = "--notify --watchdog=0 -- act ready await=USR1 along=300 await=USR2 exit=1";
    let watch = Run::new(place, line).start();
    watch.err.next("ready")?;
    watch.out.next("awaiting USR1")?;
    let open =
        |watch: &Watch| fs::read_dir(format!("/proc/{}/fd", watch.pid())).map(Iterator::count);
    let before = open(&watch)?;
    watch.signal(Signal::SIGUSR1)?;
    watch.out.next("sent along")?;
    watch.out.next("awaiting USR2")?;
    crate::processes::wait_until("all are closed", || open(&watch).ok() == Some(before))?;
    watch.signal(Signal::SIGUSR2)?;
    let outcome = watch.end()?;
    hold(outcome.code == 1, &outcome)
}

/// Strangers that send until this is dropped.
struct Flood(Arc<AtomicBool>, Vec<thread::JoinHandle<()>>);

impl Flood {
    fn start(watch: &Watch) -> Result<Self, Failed> {
        let address = address_of(watch)?;
        let is_over = Arc::new(AtomicBool::new(false));
        let mut threads = Vec::new();
        for text in ["WATCHDOG=trigger", "WATCHDOG=1", "READY=1", "STOPPING=1"] {
            let (address, is_over) = (address.clone(), Arc::clone(&is_over));
            let socket = UnixDatagram::unbound()?;
            // Nobody may receive any more.
            socket.set_write_timeout(Some(Duration::from_millis(100)))?;
            threads.push(thread::spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    let _ = socket.send_to_addr(text.as_bytes(), &address);
                }
            }));
        }
        Ok(Self(is_over, threads))
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        for thread in self.1.drain(..) {
            let _ = thread.join();
        }
    }
}

fn kicks_in_a_flood(place: Place) -> Result<(), Failed> {
    let line = "--notify --watchdog=2s -- act env await=USR1 ready kicks=40,100 exit=3";
    let watch = Run::new(place, line).start();
    let _flood = Flood::start(&watch)?;
    watch.out.next("awaiting")?;
    watch.signal(Signal::SIGUSR1)?;
    let outcome = watch.end()?;
    let has = |event: &str| outcome.err.iter().any(|line| line.contains(event));
    let is_unmoved = has("refused") && has("ready") && !has("silent");
    hold(outcome.code == 3 && is_unmoved, &outcome)
}

fn silence_in_a_flood(place: Place) -> Result<(), Failed> {
    let line = "--notify --notify-access=all --watchdog=300ms --max=1 -- act env ready hang";
    let watch = Run::new(place, line).start();
    let flood = Flood::start(&watch)?;
    watch.err.next("silent: no WATCHDOG=1 for 300ms")?;
    watch.err.next("restarted")?;
    drop(flood);
    let outcome = watch.end()?;
    hold(
        outcome.code == 70 && outcome.elapsed < Duration::from_secs(8),
        &outcome,
    )
}

fn kicks_beside_a_child(place: Place) -> Result<(), Failed> {
    let line = "--notify --watchdog=2s -- act spawn ( storm=WATCHDOG=trigger ) \
        ready kicks=40,100 exit=3";
    let outcome = Run::new(place, line).finish()?;
    hold(
        outcome.code == 3 && !outcome.err.iter().any(|line| line.contains("silent")),
        &outcome,
    )
}

fn own_flood(place: Place) -> Result<(), Failed> {
    let line = "--notify --watchdog=300ms --exit -- act ready storm=STATUS=busy";
    let outcome = Run::new(place, line).finish()?;
    let silent = "silent: no WATCHDOG=1 for 300ms; it last said: busy";
    expect(
        &outcome,
        70,
        &["started", "ready", silent, "stopped", "gave up"],
    )?;
    hold(outcome.elapsed < Duration::from_secs(8), &outcome)
}

fn refused_once(place: Place) -> Result<(), Failed> {
    let line = "--notify -- act long=5000 long=5000 long=5000 ready exit=3";
    expect(
        &Run::new(place, line).finish()?,
        3,
        &["started", "refused", "ready", "exited"],
    )
}

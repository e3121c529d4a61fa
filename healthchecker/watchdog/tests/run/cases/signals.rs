//! Signals, variables and descriptors: what reaches the command, and what it never sees.

use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use nix::sys::signal::{Signal, kill};

use super::{Case, expect, hold, twice};
use crate::server::{Answer, Server};
use crate::watch::{Place, Run};

pub(super) fn trials() -> Vec<Trial> {
    twice(&[
        ("every signal is passed on once", passed_on as Case),
        ("a storm of signals is no absence", storm),
        ("the command's signals are clean", clean),
        ("nohup stays", nohup),
        ("the signal of --stop asks for the end", stop_asks),
        ("variables: its own and no others", variables),
        ("no variables without --notify", no_variables),
        ("descriptors: those that were inherited", descriptors),
    ])
}

fn passed_on(place: Place) -> Result<(), Failed> {
    let passed = [
        Signal::SIGHUP,
        Signal::SIGUSR1,
        Signal::SIGUSR2,
        Signal::SIGALRM,
        Signal::SIGSTKFLT,
        Signal::SIGTSTP,
        Signal::SIGURG,
        Signal::SIGXCPU,
        Signal::SIGVTALRM,
        Signal::SIGPROF,
        Signal::SIGABRT,
        Signal::SIGWINCH,
        Signal::SIGIO,
        Signal::SIGPWR,
        Signal::SIGINT,
        Signal::SIGQUIT,
        Signal::SIGTERM,
    ];
    let names: Vec<&str> = passed.iter().map(|signal| &signal.as_str()[3..]).collect();
    let watch = Run::new(
        place,
        &format!("--once -- act count={} hang", names.join(",")),
    )
    .start();
    watch.out.next("counting")?;
    for signal in passed {
        watch.signal(signal)?;
        watch.out.next(&format!("got {signal}"))?;
    }
    kill(watch.command()?, Signal::SIGKILL)?;
    let outcome = watch.end()?;
    hold(outcome.out.len() == 1 + passed.len(), &outcome)?;
    // Who asks again is passed on, and told of once.
    expect(
        &outcome,
        137,
        &[
            "started",
            "stopping: asked by SIGINT",
            "exited: ended by SIGKILL",
        ],
    )
}

/// Less than the watchdog time, should nothing else get through.
const STORM: Duration = Duration::from_secs(4);

/// As many as can be sent while the command kicks for two seconds.
fn storm(place: Place) -> Result<(), Failed> {
    let signals = [
        Signal::SIGUSR1,
        Signal::SIGALRM,
        Signal::SIGURG,
        Signal::SIGIO,
        Signal::SIGCHLD,
    ];
    // Threads to which the kernel could give them: signal(7).
    let checks = "--check=tcp://127.0.0.1:1 ".repeat(6);
    let words = "act ignore=USR1,ALRM,URG,IO ready kicks=40,50 exit=3";
    let line = format!("--notify --watchdog=10s {checks} --every=60m -- {words}");
    let watch = Run::new(place, &line).start();
    watch.err.next("ready")?;
    let watchdog = watch.pid();
    let start = Instant::now();
    for signal in signals.into_iter().cycle() {
        let is_over = watch.out.so_far().len() > 40 || start.elapsed() > STORM;
        if is_over || kill(watchdog, signal).is_err() {
            break;
        }
    }
    expect(&watch.end()?, 3, &["started", "ready", "exit code 3"])
}

/// The sets in /proc/self/status of a program that touches none of them.
const STATUS: &str = "cat /proc/self/status";

/// Blocked, ignored and caught; without 32 and 33, which belong to the C library, and which only
/// who circumvents that can have set before.
fn sets(out: &[String]) -> Vec<u64> {
    let set = |name| out.iter().find_map(|line| line.strip_prefix(name));
    let sets = ["SigBlk:", "SigIgn:", "SigCgt:"]
        .into_iter()
        .filter_map(set);
    sets.filter_map(|bits| u64::from_str_radix(bits.trim(), 16).ok())
        .map(|bits| bits & !(0b11 << 31))
        .collect()
}

fn clean(place: Place) -> Result<(), Failed> {
    let own = std::env::current_exe()?;
    let own = own.to_str().expect("a path in UTF-8");
    for options in ["--once", "--notify", "--once --kick=http://127.0.0.1:1/"] {
        let line = "trap '' PIPE TERM USR1 USR2 ALRM CHLD WINCH; exec \"$0\" \"$@\"";
        let run = Run::new(place, &format!("{options} -- {STATUS}"));
        let outcome = run
            .through(["sh", "-c", line, own, "act", "blocked"])
            .finish()?;
        hold(outcome.code == 0 && sets(&outcome.out) == [0; 3], &outcome)?;
    }
    Ok(())
}

fn nohup(place: Place) -> Result<(), Failed> {
    let run = Run::new(place, &format!("--once -- {STATUS}"));
    let outcome = run.shell("trap '' HUP").finish()?;
    // Above PID 1 there is no shell that could have meant it.
    let ignored = if place == Place::Init { 0 } else { 1 };
    hold(sets(&outcome.out) == [0, ignored, 0], &outcome)?;
    if ignored == 0 {
        return Ok(());
    }
    let run = Run::new(place, "--once -- act await=USR1 exit=5");
    let watch = run.shell("trap '' HUP").start();
    watch.out.next("awaiting")?;
    watch.signal(Signal::SIGHUP)?;
    watch.signal(Signal::SIGUSR1)?;
    expect(&watch.end()?, 5, &["started", "exit code 5"])
}

fn stop_asks(place: Place) -> Result<(), Failed> {
    let watch = Run::new(place, "--notify --stop USR1 -- act await=USR1 exit=5").start();
    watch.out.next("awaiting")?;
    watch.signal(Signal::SIGUSR1)?;
    expect(
        &watch.end()?,
        5,
        &["started", "stopping: asked by SIGUSR1", "exit code 5"],
    )
}

fn variables(place: Place) -> Result<(), Failed> {
    let run = Run::new(
        place,
        "--notify --watchdog=1.5s --max=1 -- act env note=end say=WATCHDOG=trigger hang",
    );
    let outcome = run
        .variable("NOTIFY_SOCKET", "/nobody/here")
        .variable("WATCHDOG_USEC", "3000000")
        .variable("WATCHDOG_PID", "1")
        .variable("LISTEN_PID", "1")
        .variable("LISTEN_FDS", "2")
        .variable("LISTEN_FDNAMES", "a:b")
        .finish()?;
    hold(outcome.code == 70, &outcome)?;
    let starts: Vec<&[String]> = outcome.out.split(|line| line == "end").collect();
    let [first, second, rest] = starts[..] else {
        return Err(format!("not two starts: {outcome:?}").into());
    };
    for start in [first, second] {
        let has = |start_of: &str| start.iter().any(|line| line.starts_with(start_of));
        let is_complete = has("NOTIFY_SOCKET=@") && has("WATCHDOG_USEC=1500000");
        hold(start.len() == 2 && is_complete, &outcome)?;
    }
    let is_fresh = !first
        .iter()
        .any(|line| line.starts_with("NOTIFY") && second.contains(line));
    hold(rest.is_empty() && is_fresh, &outcome)
}

fn no_variables(place: Place) -> Result<(), Failed> {
    let run = Run::new(place, "--once -- act env").variable("NOTIFY_SOCKET", "@nobody");
    hold(run.finish()?.out.is_empty(), &"variables")?;
    let outcome = Run::new(place, "--notify --watchdog=0 -- act env").finish()?;
    let is_sole = outcome.out.len() == 1 && outcome.out[0].starts_with("NOTIFY_SOCKET=@");
    hold(is_sole, &outcome)
}

fn descriptors(place: Place) -> Result<(), Failed> {
    // By the second start all of the watchdog's own are open.
    let (target, pings) = (Server::start(Answer::Hang), Server::start(Answer::Hang));
    let options = format!(
        "--check={} --every=50ms --notify --max=1 --kick={}",
        target.url(),
        pings.url()
    );
    let line = format!("{options} -- act fds await=USR1 say=WATCHDOG=trigger hang");
    let own = std::env::current_exe()?;
    let inherited = format!("exec 7</dev/null; {} act fds", own.display());
    let watch = Run::new(place, &line).shell(&inherited).start();
    let inherited = watch.out.next("descriptors [0, 1, 2, 7")?;
    for _ in 0..2 {
        let open = watch.out.next("descriptors")?;
        hold(open == inherited, &(&open, &inherited))?;
        let asked = target.asked().len();
        target.wait(|all| all.len() > asked)?;
        watch.out.next("awaiting")?;
        watch.signal(Signal::SIGUSR1)?;
    }
    let outcome = watch.end()?;
    hold(outcome.code == 70, &outcome)
}

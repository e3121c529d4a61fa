//! The command that is watched: it does what its words say, one after the other, and exits with 0.
//!
//! What it finds out is a line on stdout. Words in a word are separated by `,`; in a text `~` is a
//! space and `;` ends a line.

mod say;
mod signals;

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// After so long what it waits for never comes.
const BOUND: Duration = Duration::from_secs(10);

pub(crate) fn act(words: &[String]) -> ExitCode {
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let (verb, value) = word.split_once('=').unwrap_or((word, ""));
        match verb {
            "note" => note(&text(value)),
            "pid" => note(&format!("pid {}", std::process::id())),
            "env" => environment(),
            "fds" => descriptors(),
            "group" => group(),
            "say" => say::say(text(value).as_bytes()),
            "ready" => say::say(b"READY=1"),
            "kick" => loop {
                kick(value);
            },
            "kicks" => {
                let (count, every) = value.split_once(',').expect("kicks=COUNT,MS");
                for _ in 0..count.parse().expect("a number") {
                    kick(every);
                }
            }
            "until" => {
                let (signal, every) = value.split_once(',').expect("until=SIGNAL,MS");
                let came = signals::flag(signal);
                while !came() {
                    kick(every);
                }
            }
            "await" => {
                let came = signals::flag(value);
                note(&format!("awaiting {value}"));
                while !came() {
                    thread::sleep(Duration::from_millis(5));
                }
            }
            // The next word is for the first start alone.
            "first" => {
                if File::create_new(value).is_err() {
                    words.next();
                }
            }
            "pause" => pause(value),
            "mainpid" => say::say(format!("MAINPID={}", std::process::id()).as_bytes()),
            "barrier" => say::barrier(),
            "along" => say::with_descriptors(value.parse().expect("a number")),
            "long" => say::say(&vec![b'x'; value.parse().expect("a number")]),
            "binary" => say::say(b"WATCHDOG=1\0READY=1\xff\xfe\n\x1b[31m"),
            "storm" => say::storm(text(value).as_bytes()),
            "count" => signals::count(value),
            "ignore" => signals::ignore(value),
            "raise" => signals::raise(value),
            "blocked" => return signals::exec_with_all_blocked(words),
            "spawn" => spawn(&mut words),
            "setsid" => {
                nix::unistd::setsid().expect("a session");
            }
            "close" => value.split(',').for_each(close),
            "flood" => flood(value),
            "fill" => fill(),
            "write" => print!("{}", "0123456789".repeat(value.parse().expect("a number"))),
            "read" => {
                let mut line = String::new();
                let read = io::stdin().read_line(&mut line);
                note(&format!(
                    "read {:?} {}",
                    read.map_err(|error| error.kind()),
                    line.trim()
                ));
            }
            "hang" => loop {
                thread::park();
            },
            "exit" => return ExitCode::from(value.parse::<u8>().expect("an exit code")),
            _ => panic!("{word}: unknown"),
        }
    }
    ExitCode::SUCCESS
}

fn text(word: &str) -> String {
    word.replace('~', " ").replace(';', "\n")
}

/// A line that nobody may read.
fn note(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn kick(every: &str) {
    say::say(b"WATCHDOG=1");
    note("kick");
    pause(every);
}

fn pause(time: &str) {
    thread::sleep(Duration::from_millis(time.parse().expect("milliseconds")));
}

/// What a supervisor tells its service.
fn environment() {
    for (name, value) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if ["NOTIFY_", "WATCHDOG_", "LISTEN_"]
            .iter()
            .any(|start| name.starts_with(start))
        {
            note(&format!("{name}={}", value.to_string_lossy()));
        }
    }
}

/// The descriptors that are open, without the one that reads the directory.
fn descriptors() {
    let mut open: Vec<i32> = fs::read_dir("/proc/self/fd")
        .expect("/proc")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|number| fs::read_link(format!("/proc/self/fd/{number}")).is_ok_and(is_other))
        .collect();
    open.sort_unstable();
    note(&format!("descriptors {open:?}"));
}

fn is_other(link: std::path::PathBuf) -> bool {
    !link.starts_with(format!("/proc/{}/fd", std::process::id()))
}

/// Whether this process has the terminal. It may be given only after the start.
fn group() {
    let own = nix::unistd::getpgrp();
    let has_it = || nix::unistd::tcgetpgrp(io::stdin()) == Ok(own);
    let start = Instant::now();
    while !has_it() && start.elapsed() < BOUND {
        thread::yield_now();
    }
    note(&format!(
        "leads {} foreground {}",
        own == nix::unistd::getpid(),
        has_it()
    ));
}

/// `spawn ( WORDS )`: a child that does those, and is not waited for.
fn spawn<'a>(words: &mut impl Iterator<Item = &'a str>) {
    assert_eq!(words.next(), Some("("));
    let mut inner = Vec::new();
    let mut depth = 1;
    for word in words {
        depth += match word {
            "(" => 1,
            ")" => -1,
            _ => 0,
        };
        if depth == 0 {
            break;
        }
        inner.push(word);
    }
    let own = std::env::current_exe().expect("a path");
    #[expect(clippy::zombie_processes, reason = "orphans are what it is for")]
    Command::new(own)
        .arg0("child")
        .arg("act")
        .args(inner)
        .spawn()
        .expect("a child");
}

fn close(number: &str) {
    let number: i32 = number.parse().expect("a descriptor");
    nix::unistd::close(number).expect("it was open");
}

/// Writes without end.
fn flood(to: &str) {
    let bytes = [b'x'; 4096];
    loop {
        let _ = match to {
            "out" => io::stdout().write_all(&bytes),
            _ => io::stderr().write_all(&bytes),
        };
    }
}

/// Fills stderr, a pipe, to the last page, and ends the line.
fn fill() {
    let errors = io::stderr();
    let room = || {
        let mut ready = [PollFd::new(&errors, PollFlags::OUT)];
        poll(&mut ready, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
    };
    let mut page = [b'x'; 4096];
    page[4095] = b'\n';
    while room() {
        errors.lock().write_all(&page).expect("room for a page");
    }
    note("full");
}

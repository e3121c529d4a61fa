//! Command lines that cannot be followed: exit 1, one line that names the word and the remedy, and
//! nothing is started.

use libtest_mimic::{Failed, Trial};

use super::{expect, hold};
use crate::watch::{Place, Run};

/// What stands before the command, and what the line says.
const REFUSED: [(&str, &str); 44] = [
    (
        "",
        "nothing would show that the command hangs; give --check URL or --notify",
    ),
    ("--notfy", "\"--notfy\": unknown option; --help lists them"),
    ("--NOTIFY", "\"--NOTIFY\": unknown option"),
    ("-n", "\"-n\": unknown option"),
    (
        "notify",
        "\"notify\": a word without an option; the command comes behind --",
    ),
    ("--notify=yes", "--notify: takes no value"),
    ("--notify --notify", "\"--notify\": given more than once"),
    ("--once --exit=1", "--exit: takes no value"),
    ("--check", "--check: its value is missing"),
    ("--check=", "--check \"\": "),
    ("--check=localhost:80", "--check \"localhost:80\": "),
    ("--check=htp://localhost/", "--check \"htp://localhost/\": "),
    (
        "--check=http://localhost:99999/",
        "--check \"http://localhost:99999/\": ",
    ),
    (
        "--check=tcp://localhost:1 --every=0",
        "--every: \"0\" is not accepted; it takes ",
    ),
    (
        "--check=tcp://localhost:1 --every=-1s",
        "--every: \"-1s\" is not accepted",
    ),
    (
        "--check=tcp://localhost:1 --every=10",
        "--every: \"10\" is not accepted",
    ),
    (
        "--check=tcp://localhost:1 --every=61m",
        "--every: \"61m\" is not accepted",
    ),
    (
        "--check=tcp://localhost:1 --every=1s --every=2s",
        "--every: given more than once",
    ),
    (
        "--check=tcp://localhost:1 --timeout=11s",
        "--timeout: 11s is longer than --every 10s",
    ),
    (
        "--check=tcp://localhost:1 --failures=0",
        "--failures: \"0\" is not accepted; it takes a number",
    ),
    (
        "--check=tcp://localhost:1 --failures=1001",
        "--failures: \"1001\" is not accepted",
    ),
    (
        "--check=tcp://localhost:1 --failures=+1",
        "--failures: \"+1\" is not accepted",
    ),
    (
        "--check=tcp://localhost:1 --start-period=soon",
        "--start-period: \"soon\" is not accepted",
    ),
    (
        "--notify --every=1s",
        "--every: has no meaning without --check",
    ),
    (
        "--notify --timeout=1s",
        "--timeout: has no meaning without --check",
    ),
    (
        "--notify --failures=1",
        "--failures: has no meaning without --check",
    ),
    (
        "--notify --start-period=1s",
        "--start-period: has no meaning without --check",
    ),
    (
        "--once --watchdog=1s",
        "--watchdog: has no meaning without --notify",
    ),
    (
        "--once --start-timeout=1s",
        "--start-timeout: has no meaning without --notify",
    ),
    (
        "--once --notify-socket=/s",
        "--notify-socket: has no meaning without --notify",
    ),
    (
        "--once --notify-access=all",
        "--notify-access: has no meaning without --notify",
    ),
    (
        "--notify --watchdog=1d",
        "--watchdog: \"1d\" is not accepted; it takes 0, or ",
    ),
    (
        "--notify --start-timeout=0",
        "--start-timeout: \"0\" is not accepted",
    ),
    (
        "--notify --notify-socket=here",
        "--notify-socket: \"here\" is not accepted; it takes an absolute path",
    ),
    (
        "--notify --notify-access=none",
        "--notify-access: \"none\" is not accepted; it takes main or all",
    ),
    (
        "--notify --stop=TREM",
        "--stop: \"TREM\" is not accepted; it takes the name of a signal",
    ),
    ("--notify --stop=STOP", "--stop: \"STOP\" is not accepted"),
    ("--notify --stop=15", "--stop: \"15\" is not accepted"),
    (
        "--notify --stop=INT --abort",
        "--stop: --abort sends SIGABRT in its place",
    ),
    (
        "--notify --max=-1",
        "--max: \"-1\" is not accepted; it takes a number from 0 to 1000, or unlimited",
    ),
    ("--notify --max=1001", "--max: \"1001\" is not accepted"),
    ("--notify --exit --max=3", "--max: contradicts --exit"),
    ("--notify --kick=ftp://localhost/", "--kick: unknown scheme"),
    (
        "--notify --log=xml",
        "--log: \"xml\" is not accepted; it takes text or json",
    ),
];

pub(super) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("options that cannot be followed", options),
        Trial::test("no command, no subcommand", no_command),
        Trial::test("--help and --version", help),
    ]
}

fn refused(words: &[&str], problem: &str) -> Result<(), Failed> {
    let outcome = Run::of(Place::Ordinary, words.iter().copied()).finish()?;
    expect(&outcome, 1, &[&format!("watchdog: {problem}")])?;
    hold(outcome.out.is_empty(), &outcome)
}

fn options() -> Result<(), Failed> {
    for (words, problem) in REFUSED {
        let words = ["run"].into_iter().chain(words.split_whitespace());
        let words: Vec<&str> = words.chain(["--", "echo", "started"]).collect();
        refused(&words, problem)?;
    }
    Ok(())
}

fn no_command() -> Result<(), Failed> {
    // With more than one the list of them says it.
    let remedy = if cfg!(feature = "client") {
        "there is no subcommand; --help lists them"
    } else {
        "there is no subcommand; it takes run, as in: watchdog run "
    };
    refused(&[], remedy)?;
    refused(
        &["ran", "--", "echo"],
        "\"ran\": unknown subcommand; it takes run",
    )?;
    refused(
        &["run"],
        "there is no --; name it behind --, as in: watchdog run ",
    )?;
    refused(&["run", "--notify"], "there is no --; name it behind --")?;
    refused(
        &["run", "--notify", "--"],
        "there is no command behind --; name it",
    )?;
    refused(
        &["run", "--notify", "--", ""],
        "there is no command behind --; name it",
    )?;
    refused(
        &["run", "--notify", "--log", "--", "echo"],
        "--log: its value is missing",
    )?;
    // What could act on a terminal is escaped.
    let sharp = "\u{1b}[2J\n";
    refused(
        &["run", "--log", sharp, "--once", "--", "echo"],
        "--log: \"\\u{1b}[2J\\n\" is not accepted",
    )
}

fn help() -> Result<(), Failed> {
    for words in [&["--help"][..], &["run", "--help"], &["-h"]] {
        // With more than one subcommand it is a list of them.
        let is_list = cfg!(feature = "client") && words.len() == 1;
        let told = if is_list { "run " } else { "--notify-socket" };
        let outcome = Run::of(Place::Ordinary, words.iter().copied()).finish()?;
        expect(&outcome, 0, &[])?;
        hold(outcome.out.iter().any(|line| line.contains(told)), &outcome)?;
    }
    let outcome = Run::of(Place::Ordinary, ["--version"]).finish()?;
    expect(&outcome, 0, &[])?;
    hold(
        outcome.out == [concat!("watchdog ", env!("CARGO_PKG_VERSION"))],
        &outcome,
    )
}

use std::ffi::OsString;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::RunOptions;
use crate::engine::Restarts;
use crate::notify::{Access, Place};
use crate::tell::Format;

fn read(line: &str) -> Result<RunOptions, String> {
    let words = line.split_whitespace().map(OsString::from).collect();
    RunOptions::read(words).map_err(|misuse| misuse.to_string())
}

#[test]
fn the_least_has_the_documented_defaults() {
    let options = read("--check http://localhost:80 --notify -- /app -x --").unwrap();
    assert_eq!(options.command, ["/app", "-x", "--"]);
    let checks = options.plan.checks.unwrap();
    assert_eq!(checks.every, Duration::from_secs(10));
    assert_eq!(checks.timeout, Duration::from_secs(2));
    assert_eq!(checks.failures, 3);
    assert_eq!(checks.start_period, Duration::from_secs(30));
    let notify = options.plan.notify.unwrap();
    assert_eq!(notify.watchdog, Duration::from_secs(30));
    assert_eq!(notify.start_timeout, Duration::from_secs(90));
    assert_eq!(options.socket, Some((Place::Abstract, Access::Main)));
    assert_eq!(options.plan.kill_after, Duration::from_secs(10));
    assert_eq!(options.plan.budget.max, Restarts::AtMost(5));
    assert_eq!(options.plan.budget.per, Duration::from_secs(600));
    assert_eq!(options.stop, Signal::SIGTERM);
    assert_eq!(options.log, Format::Text);
    assert!(!options.plan.abort && !options.is_job && options.kicks.is_empty());
}

#[test]
fn every_option() {
    let options = read(
        "--check=tcp://localhost:1 --check unix:/run/x --every=1m --timeout 1s --failures=1 \
         --start-period=0 --notify --watchdog=0 --start-timeout=5s --notify-socket=/run/n \
         --notify-access all --stop=sigint --kill-after=1ms --max unlimited --per=1h \
         --kick=http://a/b --kick http://c/d --log=json -- app",
    )
    .unwrap();
    assert_eq!(options.probes.len(), 2);
    assert_eq!(options.kicks.len(), 2);
    assert_eq!(options.kick_every, Duration::from_secs(60));
    assert_eq!(options.plan.checks.unwrap().start_period, Duration::ZERO);
    assert_eq!(options.plan.notify.unwrap().watchdog, Duration::ZERO);
    assert_eq!(
        options.socket,
        Some((Place::Path("/run/n".into()), Access::All))
    );
    assert_eq!(options.stop, Signal::SIGINT);
    assert_eq!(options.plan.budget.max, Restarts::Unlimited);
    assert_eq!(options.log, Format::Json);
    assert!(read("--notify --abort -- app").unwrap().plan.abort);
    for word in ["--exit", "--once", "--max=0"] {
        let options = read(&format!("--notify {word} -- app")).unwrap();
        assert_eq!(options.plan.budget.max, Restarts::AtMost(0));
    }
}

#[test]
fn a_short_interval_has_a_short_timeout() {
    let options = read("--check tcp://localhost:1 --every=1s -- app").unwrap();
    assert_eq!(options.plan.checks.unwrap().timeout, Duration::from_secs(1));
}

/// Words, and what is said of them: each names the culprit and the remedy.
const REFUSED: [(&str, &str); 38] = [
    ("", "there is no --; name it behind --"),
    ("--notify", "there is no --;"),
    ("--notify --", "there is no command behind --;"),
    (
        "-- app",
        "nothing would show that the command hangs; give --check URL or --notify",
    ),
    (
        "--notify app",
        "\"app\": a word without an option; the command comes behind --",
    ),
    (
        "--notfy -- app",
        "\"--notfy\": unknown option; --help lists them",
    ),
    ("--secret=7 -- app", "\"--secret\": unknown option"),
    ("-n -- app", "\"-n\": unknown option"),
    (
        "--notify --notify -- app",
        "\"--notify\": given more than once",
    ),
    ("--notify=yes -- app", "--notify: takes no value"),
    ("--check -- app", "--check: its value is missing"),
    ("--check= -- app", "--check \"\":"),
    ("--check localhost -- app", "--check \"localhost\":"),
    (
        "--check htp://localhost -- app",
        "--check \"htp://localhost\":",
    ),
    (
        "--check http://localhost:99999 -- app",
        "--check \"http://localhost:99999\":",
    ),
    (
        "--check tcp://localhost -- app",
        "--check \"tcp://localhost\":",
    ),
    ("--check --every -- app", "--check \"--every\":"),
    (
        "--notify --every=1s -- app",
        "--every: has no meaning without --check",
    ),
    (
        "--notify --timeout=1s -- app",
        "--timeout: has no meaning without --check",
    ),
    (
        "--notify --failures=1 -- app",
        "--failures: has no meaning without --check",
    ),
    (
        "--once --watchdog=1s -- app",
        "--watchdog: has no meaning without --notify",
    ),
    (
        "--once --notify-access=all -- app",
        "--notify-access: has no meaning without --notify",
    ),
    (
        "--check tcp://localhost:1 --every=1s --timeout=2s -- app",
        "--timeout: 2s is longer than --every 1s",
    ),
    (
        "--check tcp://localhost:1 --failures=0 -- app",
        "--failures: \"0\" is not accepted; it takes a number from 1",
    ),
    (
        "--check tcp://localhost:1 --failures=+3 -- app",
        "--failures: \"+3\"",
    ),
    (
        "--notify --watchdog=30 -- app",
        "--watchdog: \"30\" is not accepted; it takes 0, or numbers with h, m, s",
    ),
    (
        "--notify --watchdog=1s --watchdog=2s -- app",
        "--watchdog: given more than once",
    ),
    ("--notify --kill-after=0 -- app", "--kill-after: \"0\""),
    (
        "--notify --max=-1 -- app",
        "--max: \"-1\" is not accepted; it takes a number from 0 to 1000, or unlimited",
    ),
    ("--notify --max=4294967296 -- app", "--max:"),
    (
        "--notify --max=3 --exit -- app",
        "--max: contradicts --exit",
    ),
    (
        "--notify --notify-socket=run -- app",
        "--notify-socket: \"run\" is not accepted; it takes an absolute path",
    ),
    (
        "--notify --stop=CONT -- app",
        "--stop: \"CONT\" is not accepted",
    ),
    (
        "--notify --stop=QUIT --abort -- app",
        "--stop: --abort sends SIGABRT in its place",
    ),
    (
        "--notify --stop=SEGV -- app",
        "--stop: \"SEGV\" is not accepted; it takes",
    ),
    ("--notify --kick=ftp://a -- app", "--kick: unknown scheme"),
    (
        "--notify --log=xml -- app",
        "--log: \"xml\" is not accepted; it takes text or json",
    ),
    (
        "--notify --notify-access=\u{1b}[31m -- app",
        "--notify-access: \"\\u{1b}[31m\"",
    ),
];

#[test]
fn what_is_refused_is_named_with_its_remedy() {
    for (line, expected) in REFUSED {
        let problem = read(line).expect_err(line);
        assert!(problem.contains(expected), "{line}: {problem}");
        assert!(!problem.contains('\n'), "{line}: {problem}");
    }
}

#[cfg(not(feature = "tls"))]
#[test]
fn what_the_build_lacks_is_named() {
    for line in [
        "--check https://localhost -- app",
        "--notify --kick=https://a/b -- app",
    ] {
        let problem = read(line).expect_err(line);
        assert!(problem.contains("tls"), "{problem}");
    }
}

#[test]
fn the_help_names_every_option() {
    for (option, _) in RunOptions::KNOWN {
        assert!(
            crate::command::HELP.contains(&format!(" {option} ")),
            "{option}"
        );
    }
}

#[test]
fn the_readme_has_the_help() {
    assert!(include_str!("../../README.md").contains(crate::command::HELP));
}

//! What `watchdog run` is asked for.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use healthchecker::{Kick, Probe};
use nix::sys::signal::Signal;

use super::arguments::{Arguments, Misuse, shown};
use crate::engine::{Budget, Checks, Notify, Plan, Restarts};
use crate::notify::{Access, Place};
use crate::tell::Format;
use crate::words;

/// More restarts than this are meant to be `unlimited`.
const MOST_RESTARTS: u32 = 1000;

/// The options of `watchdog run`.
#[derive(Debug)]
pub(crate) struct RunOptions {
    pub(crate) command: Vec<OsString>,
    pub(crate) plan: Plan,
    pub(crate) probes: Vec<Probe>,
    /// Where it may speak, and who may.
    pub(crate) socket: Option<(Place, Access)>,
    pub(crate) stop: Signal,
    pub(crate) kicks: Vec<Kick>,
    /// From one kick of a ping server to the next, at least.
    pub(crate) kick_every: Duration,
    pub(crate) is_job: bool,
    pub(crate) log: Format,
}

impl RunOptions {
    /// The options, and whether each takes a value.
    pub(crate) const KNOWN: [(&str, bool); 19] = [
        ("--check", true),
        ("--every", true),
        ("--timeout", true),
        ("--failures", true),
        ("--start-period", true),
        ("--notify", false),
        ("--watchdog", true),
        ("--start-timeout", true),
        ("--notify-socket", true),
        ("--notify-access", true),
        ("--stop", true),
        ("--abort", false),
        ("--kill-after", true),
        ("--max", true),
        ("--per", true),
        ("--exit", false),
        ("--once", false),
        ("--kick", true),
        ("--log", true),
    ];

    pub(crate) fn read(words: Vec<OsString>) -> Result<Self, Misuse> {
        let mut arguments = Arguments::new(words, &Self::KNOWN)?;
        let (checks, probes) = checks(&mut arguments)?;
        let spoken = notify(&mut arguments)?;
        let notify = spoken.as_ref().map(|(notify, ..)| *notify);
        let is_job = arguments.flag("--once");
        if checks.is_none() && notify.is_none() && !is_job {
            let problem = "nothing would show that the command hangs";
            return Err(Misuse(format!(
                "{problem}; give --check URL or --notify, or --once for a job"
            )));
        }
        let kick_every = checks.map_or(Duration::from_secs(10), |checks| checks.every);
        let plan = Plan {
            checks,
            notify,
            kill_after: arguments.duration("--kill-after", Duration::from_secs(10))?,
            abort: arguments.flag("--abort"),
            budget: budget(&mut arguments, is_job)?,
        };
        let accepted = "the name of a signal, such as TERM, INT or QUIT";
        let stop = arguments.read("--stop", accepted, signal)?;
        if stop.is_some() && plan.abort {
            return Err(Misuse(String::from(
                "--stop: --abort sends SIGABRT in its place",
            )));
        }
        let mut kicks = Vec::new();
        for url in arguments.values("--kick")? {
            kicks.push(Kick::new(url.into_vec()).map_err(|error| Misuse(error.to_string()))?);
        }
        let accepted = "text or json";
        let log = arguments.read("--log", accepted, |text| match text {
            "text" => Some(Format::Text),
            "json" => Some(Format::Json),
            _ => None,
        })?;
        Ok(Self {
            plan,
            probes,
            socket: spoken.map(|(_, place, access)| (place, access)),
            stop: stop.unwrap_or(Signal::SIGTERM),
            kicks,
            kick_every,
            is_job,
            log: log.unwrap_or_default(),
            command: arguments.finish()?,
        })
    }
}

fn checks(arguments: &mut Arguments) -> Result<(Option<Checks>, Vec<Probe>), Misuse> {
    let targets = arguments.values("--check")?;
    if targets.is_empty() {
        for option in ["--every", "--timeout", "--failures", "--start-period"] {
            has_no_meaning(arguments, option, "--check")?;
        }
        return Ok((None, Vec::new()));
    }
    let every = arguments.duration("--every", Duration::from_secs(10))?;
    let timeout = arguments.duration("--timeout", Duration::from_secs(2).min(every))?;
    if timeout > every {
        let (timeout, every) = (words::duration(timeout), words::duration(every));
        return Err(Misuse(format!(
            "--timeout: {timeout} is longer than --every {every}; a check must end before the next"
        )));
    }
    let accepted = "a number from 1 to 1000";
    let failures = arguments.read("--failures", accepted, |text| number(text, 1, 1000))?;
    let accepted = format!("0, or {}", healthchecker_core::duration::ACCEPTED);
    let start_period = arguments.read("--start-period", &accepted, duration_or_zero)?;
    let mut probes = Vec::new();
    for target in targets {
        let probe = Probe::builder(target.clone().into_vec())
            .timeout(timeout)
            .build();
        probes.push(probe.map_err(|error| Misuse(format!("--check {}: {error}", shown(&target))))?);
    }
    let checks = Checks {
        every,
        timeout,
        failures: failures.unwrap_or(3),
        start_period: start_period.unwrap_or(Duration::from_secs(30)),
    };
    Ok((Some(checks), probes))
}

fn notify(arguments: &mut Arguments) -> Result<Option<(Notify, Place, Access)>, Misuse> {
    if !arguments.flag("--notify") {
        for option in [
            "--watchdog",
            "--start-timeout",
            "--notify-socket",
            "--notify-access",
        ] {
            has_no_meaning(arguments, option, "--notify")?;
        }
        return Ok(None);
    }
    let accepted = format!("0, or {}", healthchecker_core::duration::ACCEPTED);
    let watchdog = arguments.read("--watchdog", &accepted, duration_or_zero)?;
    let notify = Notify {
        watchdog: watchdog.unwrap_or(Duration::from_secs(30)),
        start_timeout: arguments.duration("--start-timeout", Duration::from_secs(90))?,
    };
    let place = match arguments.value("--notify-socket")? {
        None => Place::Abstract,
        Some(path) if path.as_encoded_bytes().starts_with(b"/") => Place::Path(PathBuf::from(path)),
        Some(path) => {
            let path = shown(&path);
            return Err(Misuse(format!(
                "--notify-socket: {path} is not accepted; it takes an absolute path"
            )));
        }
    };
    let access = arguments.read("--notify-access", "main or all", |text| match text {
        "main" => Some(Access::Main),
        "all" => Some(Access::All),
        _ => None,
    })?;
    Ok(Some((notify, place, access.unwrap_or(Access::Main))))
}

fn budget(arguments: &mut Arguments, is_job: bool) -> Result<Budget, Misuse> {
    let accepted = "a number from 0 to 1000, or unlimited";
    let max = arguments.read("--max", accepted, |text| match text {
        "unlimited" => Some(Restarts::Unlimited),
        _ => number(text, 0, MOST_RESTARTS).map(Restarts::AtMost),
    })?;
    let is_once = arguments.flag("--exit") || is_job;
    if is_once && max.is_some() {
        let problem = "contradicts --exit and --once, which restart nothing";
        return Err(Misuse(format!("--max: {problem}")));
    }
    let max = if is_once {
        Restarts::AtMost(0)
    } else {
        max.unwrap_or(Restarts::AtMost(5))
    };
    Ok(Budget {
        max,
        per: arguments.duration("--per", Duration::from_secs(600))?,
    })
}

fn has_no_meaning(
    arguments: &mut Arguments,
    option: &'static str,
    other: &str,
) -> Result<(), Misuse> {
    match arguments.value(option)? {
        None => Ok(()),
        Some(_) => Err(Misuse(format!("{option}: has no meaning without {other}"))),
    }
}

fn duration_or_zero(text: &str) -> Option<Duration> {
    if matches!(text, "0" | "0s") {
        return Some(Duration::ZERO);
    }
    let millis = healthchecker_core::duration::millis(text.as_bytes())?;
    Some(Duration::from_millis(millis.into()))
}

fn number(text: &str, least: u32, most: u32) -> Option<u32> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_number)?;
    (least..=most).contains(&number).then_some(number)
}

/// A signal that can end a command: `TERM`, `SIGTERM`.
fn signal(text: &str) -> Option<Signal> {
    let text = text.to_ascii_uppercase();
    let name = if text.starts_with("SIG") {
        text
    } else {
        format!("SIG{text}")
    };
    let signal = Signal::from_str(&name).ok()?;
    // What this process does not take for itself, and could not pass on, and what ends nothing.
    let is_refused = matches!(
        signal,
        Signal::SIGILL
            | Signal::SIGTRAP
            | Signal::SIGBUS
            | Signal::SIGFPE
            | Signal::SIGSEGV
            | Signal::SIGPIPE
            | Signal::SIGCHLD
            | Signal::SIGCONT
            | Signal::SIGSTOP
            | Signal::SIGTSTP
            | Signal::SIGTTIN
            | Signal::SIGTTOU
            | Signal::SIGXFSZ
            | Signal::SIGSYS
    );
    (!is_refused).then_some(signal)
}

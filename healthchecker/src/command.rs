//! The command line as a function, for a service that offers it as a subcommand of its own.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;
use std::time::Duration;

use healthchecker_core::duration;

use crate::message;
use crate::options::{self, Arguments, Builder, Method, Misuse, OptionsError};
use crate::output;
use crate::probe::Probe;
use crate::verdict::Verdict;

/// What `--help` prints.
pub const HELP: &str = include_str!("help.txt");

const VERSION: &str = concat!("healthchecker ", env!("CARGO_PKG_VERSION"), "\n");

/// Follows a command line: its words without the program's name.
///
/// Reads `HEALTHCHECKER_ARGS` from the environment, makes the check and prints at most one line.
/// Success is for a healthy target (and for `--help` and `--version`), failure for everything else,
/// misuse included.
///
/// # Panics
/// Never. While it runs, a panic anywhere in the process ends the process with exit code 1 and a line
/// on stderr: Docker knows 0 and 1 only, and a panic would be 101, or 134 where it aborts. The panic
/// hook that was there before is there again afterwards.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// fn main() -> ExitCode {
///     let mut words = std::env::args_os().skip(1);
///     if words.next().is_some_and(|word| word == "healthcheck") {
///         return healthchecker::command::run(words);
///     }
///     // … the service itself
///     ExitCode::SUCCESS
/// }
/// ```
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let before = panic::take_hook();
    panic::set_hook(Box::new(exit_1));
    let code = follow(words.into_iter().collect());
    panic::set_hook(before);
    code
}

fn follow(words: Vec<OsString>) -> ExitCode {
    for (flag, text) in [("--help", HELP), ("--version", VERSION)] {
        if options::is_sole(&words, flag) {
            return if output::print(text) {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            };
        }
    }
    let variable = env::var_os("HEALTHCHECKER_ARGS");
    match Command::read(&words, variable.as_deref()) {
        Ok(command) => command.follow(),
        Err(misuse) => {
            let line = format!("healthchecker: {misuse}");
            output::complain(&message::finish(line));
            ExitCode::FAILURE
        }
    }
}

/// Ends the process for a panic.
fn exit_1(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic");
    let line = format!(
        "healthchecker: internal error: {} at {place}",
        message::escaped(text.as_bytes(), 500)
    );
    output::complain(&message::finish(line));
    #[expect(clippy::disallowed_methods, reason = "nothing is left to be dropped")]
    std::process::exit(1);
}

pub(crate) struct Command {
    probe: Probe,
    wait: Option<Duration>,
    interval: Duration,
    verbose: bool,
}

impl From<OptionsError> for Misuse {
    fn from(error: OptionsError) -> Self {
        Self::new(error.to_string())
    }
}

impl Command {
    pub(crate) fn read(words: &[OsString], variable: Option<&OsStr>) -> Result<Self, Misuse> {
        let mut arguments = Arguments::new(words, variable)?;
        let mut builder = Probe::builder(options::url(&mut arguments)?);
        if let Some(method) = arguments.value("--method")? {
            builder = builder.method(match &method[..] {
                b"GET" => Method::Get,
                b"HEAD" => Method::Head,
                _ => return Err(OptionsError::value("method", &method, "GET, HEAD").into()),
            });
        }
        for header in arguments.values("--header") {
            builder = builder.header(header);
        }
        for file in arguments.values("--header-file") {
            builder = builder.header_file(file);
        }
        if let Some(set) = arguments.value("--status")? {
            builder = builder.status(set);
        }
        if let Some(text) = arguments.value("--contains")? {
            builder = builder.contains(text);
        }
        builder = body_options(builder, &mut arguments)?;
        builder = tls_options(builder, &mut arguments)?;
        if let Some(limit) = duration(&mut arguments, "--timeout", "timeout")? {
            builder = builder.timeout(limit);
        }
        let wait = duration(&mut arguments, "--wait", "wait")?;
        let interval = duration(&mut arguments, "--interval", "interval")?;
        if interval.is_some() && wait.is_none() {
            return Err(Misuse::new("--interval: has no meaning without --wait"));
        }
        Ok(Self {
            verbose: arguments.flag("--verbose")?,
            wait,
            interval: interval.unwrap_or(Duration::from_millis(500)),
            probe: builder.build()?,
        })
    }

    fn follow(self) -> ExitCode {
        let verdict = match self.wait {
            None => self.probe.check(),
            Some(limit) => self.wait(limit),
        };
        if !verdict.is_healthy() {
            output::complain(&message::finish(verdict.to_string()));
            return ExitCode::FAILURE;
        }
        if self.verbose {
            // A healthy target stays healthy when nobody can be told.
            output::print(&message::finish(verdict.to_string()));
        }
        ExitCode::SUCCESS
    }

    fn wait(&self, limit: Duration) -> Verdict {
        // Until somebody does not read it, who would hold up each check.
        let mut is_shown = std::io::stderr().is_terminal();
        let verdict = self.probe.wait(limit, self.interval, |checks, verdict| {
            if is_shown {
                let mut line = format!("\r\x1b[Kcheck {checks}: {verdict}");
                // One row of a terminal, so that the next line can replace it.
                while line.len() > 79 {
                    line.pop();
                }
                is_shown = output::complain(&line);
            }
        });
        if is_shown {
            output::complain("\r\x1b[K");
        }
        verdict
    }
}

#[cfg(feature = "json")]
fn body_options(builder: Builder, arguments: &mut Arguments) -> Result<Builder, Misuse> {
    Ok(match arguments.value("--json")? {
        Some(test) => builder.json(test),
        None => builder,
    })
}

#[cfg(not(feature = "json"))]
fn body_options(builder: Builder, arguments: &mut Arguments) -> Result<Builder, Misuse> {
    match arguments.value("--json")? {
        Some(_) => Err(lacks("--json", "json")),
        None => Ok(builder),
    }
}

#[cfg(feature = "tls")]
fn tls_options(mut builder: Builder, arguments: &mut Arguments) -> Result<Builder, Misuse> {
    use std::os::unix::ffi::OsStringExt;

    type Setter = fn(Builder, OsString) -> Builder;
    let files: [(_, _, Setter); 3] = [
        ("--cacert", "cacert", Builder::cacert),
        ("--cert", "cert", Builder::cert),
        ("--key", "key", Builder::key),
    ];
    for (option, name, set) in files {
        if let Some(file) = arguments.value(option)? {
            if file.is_empty() {
                let accepted = "the path of a file in PEM form";
                return Err(OptionsError::value(name, b"", accepted).into());
            }
            builder = set(builder, OsString::from_vec(file));
        }
    }
    if let Some(name) = arguments.value("--server-name")? {
        builder = builder.server_name(String::from_utf8_lossy(&name));
    }
    Ok(builder.insecure(arguments.flag("--insecure")?))
}

#[cfg(not(feature = "tls"))]
fn tls_options(builder: Builder, arguments: &mut Arguments) -> Result<Builder, Misuse> {
    for option in ["--cacert", "--cert", "--key", "--server-name"] {
        if arguments.value(option)?.is_some() {
            return Err(lacks(option, "tls"));
        }
    }
    if arguments.flag("--insecure")? {
        return Err(lacks("--insecure", "tls"));
    }
    Ok(builder)
}

#[cfg(not(all(feature = "json", feature = "tls")))]
fn lacks(option: &str, feature: &str) -> Misuse {
    Misuse::new(format!(
        "{option}: not in this build; it needs the cargo feature {feature}"
    ))
}

fn duration(
    arguments: &mut Arguments,
    option: &'static str,
    name: &'static str,
) -> Result<Option<Duration>, Misuse> {
    let Some(text) = arguments.value(option)? else {
        return Ok(None);
    };
    match duration::millis(&text) {
        Some(millis) => Ok(Some(Duration::from_millis(millis.into()))),
        None => Err(OptionsError::value(name, &text, duration::ACCEPTED).into()),
    }
}

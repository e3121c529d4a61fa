//! The command line.

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use pico_args::Arguments;

pub(crate) const HELP: &str = "\
accountservice: accounts over HTTP, with health endpoints

Usage: accountservice [OPTIONS]

  --address IP      address to listen on [127.0.0.1]; in a container 0.0.0.0,
                    so that others reach it
  --port N          port to listen on, 0 for any free one [6767]
  --database PATH   the database file, created if missing [accounts.redb];
                    one that cannot be opened yet is tried again
  --drain TIME      how long to be not ready, but still serving, before the
                    listener closes on SIGTERM: 3s, 500ms [0s]
  --announce URL    tell this server of the service, may be repeated: a ping URL
                    (http://HOST/ping/…), consul+http://HOST:8500,
                    etcd+http://HOST:2379/KEY or watchdog+http://HOST:8500;
                    also a URL in ANNOUNCE
  --announce-as HOST  the name or IP address under which registries have the
                    service [what --address says]
  --testability     let anybody switch the service sick: for tests only
  --help            print this and exit
  --version         print the version and exit

Endpoints: /accounts/{id}, /health, /health/live, /health/ready,
/health/startup. Log filter: RUST_LOG (trace, debug, info, warn, error, off).
";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Request {
    Help,
    Version,
    Serve(Options),
}

/// How to serve.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    pub(crate) database: PathBuf,
    pub(crate) drain: Duration,
    pub(crate) announce: Vec<String>,
    pub(crate) announce_as: Option<String>,
    pub(crate) testability: bool,
}

/// A command line that cannot be followed: the culprit and the accepted form.
#[derive(Debug, PartialEq)]
pub(crate) struct UsageError(String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; see accountservice --help", self.0)
    }
}

impl std::error::Error for UsageError {}

impl Request {
    /// Reads the words after the program's name.
    pub(crate) fn parse(words: Vec<OsString>) -> Result<Self, UsageError> {
        let mut words = Arguments::from_vec(words.into_iter().flat_map(split).collect());
        if words.contains("--help") {
            return Ok(Self::Help);
        }
        if words.contains("--version") {
            return Ok(Self::Version);
        }
        let options = Options {
            address: value(&mut words, "--address", "an IP address", parsed)?
                .unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            port: value(&mut words, "--port", "a number from 0 to 65535", parsed)?.unwrap_or(6767),
            database: value(&mut words, "--database", "a path", path)?
                .unwrap_or_else(|| PathBuf::from("accounts.redb")),
            drain: value(
                &mut words,
                "--drain",
                "a time such as 3s or 500ms, at most 1h",
                duration,
            )?
            .unwrap_or_default(),
            announce: repeated(&mut words, "--announce", "a URL", text)?,
            announce_as: value(&mut words, "--announce-as", "a host", text)?,
            testability: words.contains("--testability"),
        };
        match words.finish().first() {
            None => Ok(Self::Serve(options)),
            Some(word) => Err(UsageError(format!(
                "unknown or repeated option {}",
                word.display()
            ))),
        }
    }
}

/// Takes `--port=1` apart, which pico-args does not for values that may be any bytes.
fn split(word: OsString) -> Vec<OsString> {
    let bytes = word.as_bytes();
    for option in [
        "--address",
        "--port",
        "--database",
        "--drain",
        "--announce",
        "--announce-as",
    ] {
        let value = bytes
            .strip_prefix(option.as_bytes())
            .and_then(|rest| rest.strip_prefix(b"="));
        if let Some(value) = value {
            return vec![option.into(), OsStr::from_bytes(value).into()];
        }
    }
    vec![word]
}

/// The value of an option, in the form that `parse` takes; `None` where it is not given.
fn value<T>(
    words: &mut Arguments,
    option: &'static str,
    form: &str,
    parse: fn(&OsStr) -> Option<T>,
) -> Result<Option<T>, UsageError> {
    let word = words
        .opt_value_from_os_str(option, |word| Ok::<_, Infallible>(word.to_owned()))
        .map_err(|_| UsageError(format!("{option} takes {form}")))?;
    word.map(|word| {
        parse(&word)
            .ok_or_else(|| UsageError(format!("{option} takes {form}, not \"{}\"", word.display())))
    })
    .transpose()
}

/// The values of an option that may be given more than once.
fn repeated<T>(
    words: &mut Arguments,
    option: &'static str,
    form: &str,
    parse: fn(&OsStr) -> Option<T>,
) -> Result<Vec<T>, UsageError> {
    let mut values = Vec::new();
    while let Some(one) = value(words, option, form, parse)? {
        values.push(one);
    }
    Ok(values)
}

fn parsed<T: FromStr>(word: &OsStr) -> Option<T> {
    word.to_str()?.parse().ok()
}

/// A word like an option is a forgotten value; `./-x` names such a file.
fn path(word: &OsStr) -> Option<PathBuf> {
    let bytes = word.as_encoded_bytes();
    (!bytes.is_empty() && !bytes.starts_with(b"-")).then(|| word.into())
}

/// A word that is no option.
fn text(word: &OsStr) -> Option<String> {
    path(word)?.into_os_string().into_string().ok()
}

/// A whole number of seconds or milliseconds, with its unit.
fn duration(word: &OsStr) -> Option<Duration> {
    let text = word.to_str()?;
    let duration = if let Some(number) = text.strip_suffix("ms") {
        Duration::from_millis(digits(number)?)
    } else {
        Duration::from_secs(digits(text.strip_suffix('s')?)?)
    };
    (duration <= Duration::from_secs(3600)).then_some(duration)
}

/// Digits alone: `parse` would take a sign as well.
fn digits(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Request, UsageError> {
        Request::parse(words.iter().map(OsString::from).collect())
    }

    fn refused(words: &[&str]) -> String {
        parse(words).unwrap_err().to_string()
    }

    #[test]
    fn defaults_are_safe() {
        let Ok(Request::Serve(options)) = parse(&[]) else {
            panic!("no words are a request to serve");
        };
        assert_eq!(options.address, IpAddr::V4(Ipv4Addr::LOCALHOST));
        assert_eq!(options.port, 6767);
        assert!(!options.testability);
    }

    #[test]
    fn every_option_is_read_in_both_forms() {
        let words = [
            "--address=::1",
            "--port",
            "0",
            "--database=/d/b",
            "--drain",
            "500ms",
            "--announce=http://hc/ping/id",
            "--announce",
            "etcd+http://etcd:2379/a",
            "--announce-as=accounts-1",
        ];
        let Ok(Request::Serve(options)) = parse(&words) else {
            panic!("the words are in order");
        };
        assert_eq!(options.address.to_string(), "::1");
        assert_eq!(options.port, 0);
        assert_eq!(options.database, PathBuf::from("/d/b"));
        assert_eq!(options.drain, Duration::from_millis(500));
        let announce = ["http://hc/ping/id", "etcd+http://etcd:2379/a"];
        assert_eq!(options.announce, announce);
        assert_eq!(options.announce_as.as_deref(), Some("accounts-1"));
    }

    #[test]
    fn a_bad_value_names_option_value_and_form() {
        for (words, expected) in [
            (
                ["--port", "70000"],
                "--port takes a number from 0 to 65535, not \"70000\"",
            ),
            (
                ["--address", "here"],
                "--address takes an IP address, not \"here\"",
            ),
            (
                ["--drain", "3"],
                "--drain takes a time such as 3s or 500ms, at most 1h, not \"3\"",
            ),
            (
                ["--drain", "+3s"],
                "--drain takes a time such as 3s or 500ms, at most 1h, not \"+3s\"",
            ),
            (
                ["--drain", "2h"],
                "--drain takes a time such as 3s or 500ms, at most 1h, not \"2h\"",
            ),
            (
                ["--database", "--testability"],
                "--database takes a path, not \"--testability\"",
            ),
            (
                ["--announce", "--testability"],
                "--announce takes a URL, not \"--testability\"",
            ),
        ] {
            let message = refused(&words);
            assert!(message.starts_with(expected), "{words:?}: {message}");
        }
    }

    #[test]
    fn what_is_unknown_missing_or_repeated_is_refused() {
        assert!(refused(&["--prot=1"]).contains("--prot=1"));
        assert!(refused(&["now"]).contains("now"));
        assert!(refused(&["--port"]).contains("--port takes a number"));
        assert!(refused(&["--port=1", "--port=2"]).contains("repeated option --port"));
        assert!(refused(&["--testability", "--testability"]).contains("--testability"));
        assert!(refused(&["--testability=true"]).contains("--testability=true"));
    }
}

//! The command line, read as a whole: the probe that it asks for, and how often that is to check.

use std::ffi::{OsStr, OsString};
use std::time::Duration;

use healthchecker_core::duration;

use super::arguments::{Arguments, Misuse};
use super::builder::Builder;
use super::error::OptionsError;
use super::short_options;
use crate::http::Method;
use crate::probe::Probe;

pub(crate) struct CommandLine {
    pub(crate) probe: Probe,
    /// How long to check again until healthy, where once is not enough.
    pub(crate) wait: Option<Duration>,
    /// The pause between two checks then.
    pub(crate) interval: Duration,
    pub(crate) verbose: bool,
}

impl CommandLine {
    pub(crate) fn read(words: &[OsString], variable: Option<&OsStr>) -> Result<Self, Misuse> {
        let mut arguments = Arguments::new(words, variable)?;
        let mut builder = short_options::builder(&mut arguments)?;
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
        builder = kick_option(builder, &mut arguments)?;
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

#[cfg(feature = "remote")]
fn kick_option(builder: Builder, arguments: &mut Arguments) -> Result<Builder, Misuse> {
    Ok(match arguments.value("--kick")? {
        Some(url) => builder.kick(crate::kick::Kick::new(url)?),
        None => builder,
    })
}

#[cfg(not(feature = "remote"))]
fn kick_option(builder: Builder, arguments: &mut Arguments) -> Result<Builder, Misuse> {
    match arguments.value("--kick")? {
        Some(_) => Err(lacks("--kick", "remote")),
        None => Ok(builder),
    }
}

#[cfg(not(all(feature = "json", feature = "remote", feature = "tls")))]
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

//! What is asked: a URL, or what `--port`, `--port-env`, `--host` and `--path` stand for.

use std::env;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use healthchecker_core::decimal;
use healthchecker_core::target::{self, Host};

use super::arguments::{Arguments, Misuse};
use super::builder::Builder;
use super::error::OptionsError;
use super::url;
use crate::message;
use crate::target::{Place, Protocol, Target};

/// A builder for the URL given, or for the target that the short options stand for.
pub(super) fn builder(arguments: &mut Arguments) -> Result<Builder, Misuse> {
    let url = arguments.url();
    let port = arguments.value("--port")?;
    let variable = arguments.value("--port-env")?;
    let host = arguments.value("--host")?;
    let path = arguments.value("--path")?;
    if let Some(url) = url {
        for (option, given) in [
            ("--port", port.is_some()),
            ("--port-env", variable.is_some()),
            ("--host", host.is_some()),
            ("--path", path.is_some()),
        ] {
            if given {
                let url = message::escaped(&url.word, 200);
                return Err(Misuse::new(format!(
                    "{option}: excluded by the URL \"{url}\""
                )));
            }
        }
        return Ok(Builder::new(Ok(url.target)));
    }
    if port.is_some() && variable.is_some() {
        return Err(Misuse::new("--port-env: excluded by --port"));
    }
    let port = match (port, variable) {
        (Some(port), _) => match decimal::port(&port) {
            Some(number) => number,
            None => return Err(OptionsError::value("port", &port, "1 to 65535").into()),
        },
        (None, Some(name)) => port_from(&name)?,
        (None, None) => 80,
    };
    let host = host.unwrap_or_else(|| b"localhost".to_vec());
    let written = Host::parse(&host).map_err(|error| {
        let accepted = "localhost, or an address such as 127.0.0.1 or ::1";
        let mut misuse = OptionsError::value("host", &host, accepted).to_string();
        misuse.push_str(" (");
        misuse.push_str(error.text());
        misuse.push(')');
        Misuse::new(misuse)
    })?;
    let path = path.unwrap_or_else(|| b"/health".to_vec());
    if target::check_path(&path).is_err() {
        return Err(OptionsError::value("path", &path, target::ACCEPTED_PATH).into());
    }
    let mut text = url::ascii(&host);
    if text.contains(':') && !text.starts_with('[') {
        text = format!("[{text}]");
    }
    Ok(Builder::new(url::host(written).map(|host| Target {
        protocol: Protocol::Http,
        is_secure: false,
        place: Place::Network { host, text, port },
        path: url::ascii(&path),
    })))
}

/// The port that the application's own variable holds.
fn port_from(name: &[u8]) -> Result<u16, Misuse> {
    let shown = message::escaped(name, 200);
    // Such names make the lookup panic or find nothing.
    if name.is_empty() || name.iter().any(|&byte| byte == b'=' || byte == 0) {
        return Err(
            OptionsError::value("port-env", name, "the name of a variable, such as PORT").into(),
        );
    }
    let Some(value) = env::var_os(OsStr::from_bytes(name)) else {
        return Err(Misuse::new(format!(
            "--port-env: the variable {shown} is not set"
        )));
    };
    // The value is not shown: it may be a secret, under a name that was mistaken.
    decimal::read_port(&value.into_vec()).map_err(|error| {
        Misuse::new(format!(
            "--port-env: the variable {shown} is {}; accepted: 1 to 65535",
            error.text()
        ))
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn target(words: &[&str]) -> Result<Target, String> {
        let words: Vec<_> = words.iter().map(OsString::from).collect();
        let built = Arguments::new(&words, None)
            .and_then(|mut arguments| builder(&mut arguments))
            .and_then(|builder| Ok(builder.build()?));
        built
            .map(|probe| probe.target)
            .map_err(|misuse| misuse.to_string())
    }

    #[test]
    fn parts_are_those_of_the_url_that_they_stand_for() {
        for (words, url) in [
            (&[][..], "http://localhost:80/health"),
            (&["--port=81"], "http://localhost:81/health"),
            (&["--host=127.0.0.1"], "http://127.0.0.1:80/health"),
            (&["--host=::1", "-p", "1"], "http://[::1]:1/health"),
            (&["--host=[::1]", "--path=/a?b"], "http://[::1]:80/a?b"),
        ] {
            assert_eq!(target(words), target(&[url]), "{words:?}");
        }
    }

    #[test]
    fn what_is_refused() {
        for (words, expected) in [
            (
                &["http://localhost/", "--path=/x"][..],
                "--path: excluded by the URL \"http://localhost/\"",
            ),
            (
                &["--port=1", "--port-env=PATH"],
                "--port-env: excluded by --port",
            ),
            (&["--port=0"], "--port: bad value \"0\""),
            (&["--host=a b"], "--host: bad value \"a b\""),
            (&["--path=x"], "--path: bad value \"x\""),
            (&["--port-env="], "--port-env: bad value \"\""),
            (&["--port-env=A=B"], "--port-env: bad value \"A=B\""),
            (&["--port-env=A\0"], "--port-env: bad value \"A\\x00\""),
            (
                &["--port-env=PATH"],
                "--port-env: the variable PATH is not a number",
            ),
            (
                &["--port-env=HEALTHCHECKER_IS_NOT_SET"],
                "--port-env: the variable HEALTHCHECKER_IS_NOT_SET is not set",
            ),
        ] {
            let misuse = target(words).unwrap_err();
            assert!(misuse.starts_with(expected), "{words:?}: {misuse}");
        }
    }
}

//! The URL that `--port`, `--port-env`, `--host` and `--path` stand for.

use std::env;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use healthchecker_core::decimal;
use healthchecker_core::target::{self, Host};

use super::arguments::{Arguments, Misuse};
use super::builder::OptionsError;
use crate::message;

/// The URL given, or the one that the short options stand for.
pub(crate) fn url(arguments: &mut Arguments) -> Result<Vec<u8>, Misuse> {
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
                let url = message::escaped(&url, 200);
                return Err(Misuse::new(format!(
                    "{option}: excluded by the URL \"{url}\""
                )));
            }
        }
        return Ok(url);
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
    if let Err(error) = Host::parse(&host) {
        let accepted = "localhost, or an address such as 127.0.0.1 or ::1";
        let mut misuse = OptionsError::value("host", &host, accepted).to_string();
        misuse.push_str(" (");
        misuse.push_str(error.text());
        misuse.push(')');
        return Err(Misuse::new(misuse));
    }
    let path = path.unwrap_or_else(|| b"/health".to_vec());
    if target::check_path(&path).is_err() {
        return Err(OptionsError::value("path", &path, target::ACCEPTED_PATH).into());
    }
    let bare_ipv6 = host.contains(&b':') && !host.starts_with(b"[");
    let (open, close) = if bare_ipv6 { ("[", "]") } else { ("", "") };
    let port = port.to_string();
    Ok([
        b"http://",
        open.as_bytes(),
        &host,
        close.as_bytes(),
        b":",
        port.as_bytes(),
        &path,
    ]
    .concat())
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

//! From options to a check: the values judged, alone and together.

use healthchecker_core::decimal;
use healthchecker_core::duration;
use healthchecker_core::header::{self, Header};
use healthchecker_core::status::{self, StatusSet};
use healthchecker_core::target::{self, Host, Place, Protocol, Target};

use crate::check::Check;
use crate::line::Line;
use crate::options::{
    HEADER, HOST, METHOD, Options, PATH, PORT, PORT_ENV, STATUS, TIMEOUT, URL, VERBOSE,
};
use crate::refusal::{Refused, refuse, refuse_value};
use crate::request;

/// Gives the value of an environment variable.
pub(crate) type Variable<'f, 'v> = &'f dyn Fn(&[u8]) -> Option<&'v [u8]>;

/// Milliseconds that a check may take unless told otherwise.
const DEFAULT_TIMEOUT: u32 = 2_000;

const ACCEPTED_URL: &[u8] =
    b"; accepted: http://HOST[:PORT][/PATH], tcp://HOST:PORT or unix:/SOCKET[:/PATH]";

/// The check that the options ask for, and its request.
pub(crate) fn read<'a>(
    options: &Options<'a>,
    variable: Variable<'_, '_>,
    request: &mut Line,
    line: &mut Line,
) -> Result<Check<'a>, Refused> {
    let target = match options.value(URL) {
        Some(url) => target(options, url, line)?,
        None => Target {
            protocol: Protocol::Http,
            place: place(options, variable, line)?,
            path: path(options, line)?,
        },
    };
    if target.protocol == Protocol::Tcp {
        for name in [METHOD, HEADER, STATUS] {
            if options.value(name).is_some()
                || (name == HEADER && options.headers().next().is_some())
            {
                line.option(name);
                return refuse(
                    line,
                    &[b": has no meaning for tcp:// (only for http and unix)"],
                );
            }
        }
    }
    let method = match options.value(METHOD) {
        None => b"GET",
        Some(method @ (b"GET" | b"HEAD")) => method,
        Some(method) => return refuse_value(line, METHOD, method, "GET, HEAD"),
    };
    check_headers(options, line)?;
    let healthy = match options.value(STATUS) {
        None => StatusSet::default(),
        Some(set) => match StatusSet::parse(set) {
            Some(set) => set,
            None => return refuse_value(line, STATUS, set, status::ACCEPTED),
        },
    };
    let limit = match options.value(TIMEOUT) {
        None => DEFAULT_TIMEOUT,
        Some(text) => match duration::millis(text) {
            Some(limit) => limit,
            None => return refuse_value(line, TIMEOUT, text, duration::ACCEPTED),
        },
    };
    let headers = options
        .headers()
        .filter_map(|header| Header::parse(header).ok());
    request::write(request, &target, method, headers);
    if request.overflowed() {
        return refuse(
            line,
            &[b"--header, --path: healthchecker-nano sends at most 4094 bytes"],
        );
    }
    Ok(Check {
        target,
        healthy,
        limit,
        verbose: options.value(VERBOSE).is_some(),
    })
}

/// The target that a URL names.
fn target<'a>(
    options: &Options<'a>,
    url: &'a [u8],
    line: &mut Line,
) -> Result<Target<'a>, Refused> {
    for name in [PORT, PORT_ENV, HOST, PATH] {
        if options.value(name).is_some() {
            line.option(name);
            line.text(b": excluded by the URL ");
            line.quoted(url);
            return Err(Refused);
        }
    }
    match Target::parse(url) {
        Err(error) => {
            line.text(b"url: ");
            line.quoted(url);
            refuse(line, &[b": ", error.text().as_bytes(), ACCEPTED_URL])
        }
        Ok(Target {
            protocol: Protocol::Https | Protocol::Grpc | Protocol::Grpcs,
            ..
        }) => {
            line.text(b"url: ");
            line.quoted(url);
            refuse(
                line,
                &[b": healthchecker has it, healthchecker-nano does not"],
            )
        }
        Ok(Target {
            place:
                Place::Network {
                    host: Host::Name(name),
                    ..
                },
            ..
        }) => {
            line.text(b"url: ");
            line.quoted(name);
            refuse(line, &[b" is neither localhost nor an address"])
        }
        Ok(target) => Ok(target),
    }
}

/// The place that the short options stand for.
fn place<'a>(
    options: &Options<'a>,
    variable: Variable<'_, '_>,
    line: &mut Line,
) -> Result<Place<'a>, Refused> {
    const ACCEPTED: &str = "1 to 65535";
    let port = match (options.value(PORT), options.value(PORT_ENV)) {
        (None, None) => 80,
        (Some(_), Some(_)) => return refuse(line, &[b"--port-env: excluded by --port"]),
        (Some(text), None) => match decimal::port(text) {
            Some(port) => port,
            None => return refuse_value(line, PORT, text, ACCEPTED),
        },
        (None, Some(name)) => {
            if name.is_empty() || name.contains(&b'=') {
                let accepted = "the name of a variable, such as PORT";
                return refuse_value(line, PORT_ENV, name, accepted);
            }
            let text = variable(name);
            match text.and_then(decimal::port) {
                Some(port) => port,
                None => {
                    line.text(b"--port-env: the variable ");
                    line.escaped(name, crate::refusal::MAX_SHOWN);
                    let Some(text) = text else {
                        return refuse(line, &[b" is not set"]);
                    };
                    line.text(b" is ");
                    line.quoted(text);
                    return refuse(line, &[b"; accepted: ", ACCEPTED.as_bytes()]);
                }
            }
        }
    };
    let text = options.value(HOST).unwrap_or(b"localhost");
    match Host::parse(text) {
        Err(error) => {
            let accepted = "localhost, or an address such as 127.0.0.1 or ::1";
            let _: Result<(), _> = refuse_value(line, HOST, text, accepted);
            refuse(line, &[b" (", error.text().as_bytes(), b")"])
        }
        Ok(Host::Name(_)) => {
            line.text(b"--host: ");
            line.quoted(text);
            refuse(line, &[b" is neither localhost nor an address"])
        }
        Ok(host) => Ok(Place::Network { host, text, port }),
    }
}

fn path<'a>(options: &Options<'a>, line: &mut Line) -> Result<&'a [u8], Refused> {
    let path = options.value(PATH).unwrap_or(b"/health");
    match target::check_path(path) {
        Ok(()) => Ok(path),
        Err(_) => refuse_value(line, PATH, path, target::ACCEPTED_PATH),
    }
}

fn check_headers(options: &Options<'_>, line: &mut Line) -> Result<(), Refused> {
    let mut hosts = 0;
    for text in options.headers() {
        match Header::parse(text) {
            Ok(header) => hosts += usize::from(header.is(b"host")),
            Err(error) => {
                line.text(b"--header: ");
                line.quoted(text);
                let accepted = header::ACCEPTED.as_bytes();
                return refuse(
                    line,
                    &[b" is ", error.text().as_bytes(), b"; accepted: ", accepted],
                );
            }
        }
    }
    if hosts > 1 {
        return refuse(line, &[b"--header: Host is given twice"]);
    }
    Ok(())
}

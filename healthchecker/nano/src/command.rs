//! From options to a check: the values judged, alone and together.

use healthchecker_core::decimal;
use healthchecker_core::duration;
use healthchecker_core::header::Header;
use healthchecker_core::status::StatusSet;

use crate::check::Check;
use crate::options::{
    HEADER, HOST, METHOD, Options, PATH, PORT, PORT_ENV, STATUS, TIMEOUT, URL, VERBOSE,
};
use crate::refusal::Problem;
use crate::target::{Fault, Target};

/// Gives the value of an environment variable.
pub(crate) type Variable<'f, 'v> = &'f dyn Fn(&[u8]) -> Option<&'v [u8]>;

/// The check that the options ask for.
#[inline(never)]
pub(crate) fn read<'o, 'v: 'o>(
    check: &mut Check<'o>,
    options: &mut Options<'o>,
    variable: Variable<'_, 'v>,
) -> Result<(), Problem> {
    read_target(&mut check.target, options, variable)?;
    if check.target.is_tcp && any(options, METHOD..=STATUS) {
        return Err(Problem::OnlyHttp);
    }
    if let Some(method) = options.value(METHOD) {
        if method != b"GET" && method != b"HEAD" {
            return Err(Problem::Value);
        }
        check.method = method;
    }
    check_headers(options)?;
    if let Some(set) = options.value(STATUS) {
        check.healthy = StatusSet::parse(set).ok_or(Problem::Value)?;
    }
    if let Some(text) = options.value(TIMEOUT) {
        check.limit = duration::millis(text).ok_or(Problem::Value)?;
    }
    check.is_verbose = options.value(VERBOSE).is_some();
    Ok(())
}

/// Whether one of some options is given, which then is the one looked at last.
fn any(options: &mut Options<'_>, mut names: impl Iterator<Item = usize>) -> bool {
    names.any(|name| options.value(name).is_some())
}

/// The target that the URL names, or the short options stand for.
#[inline(never)]
fn read_target<'o, 'v: 'o>(
    target: &mut Target<'o>,
    options: &mut Options<'o>,
    variable: Variable<'_, 'v>,
) -> Result<(), Problem> {
    let result = if let Some(url) = options.value(URL) {
        options.other = url;
        if any(options, PORT..=PATH) {
            return Err(Problem::Url);
        }
        options.value(URL);
        target.set_url(url)
    } else {
        target.port = port(options, variable)?;
        if let Some(path) = options.value(PATH) {
            target.set_path(path)
        } else {
            target.path = b"/health";
            Ok(())
        }
        .and_then(|()| target.set_host(options.value(HOST).unwrap_or(b"localhost")))
    };
    result.map_err(|fault| match fault {
        Fault::Form(error) => {
            options.reason = error.text();
            Problem::Value
        }
        Fault::Name => {
            options.other = target.host;
            Problem::Name
        }
        Fault::Lacked => Problem::Lacked,
    })
}

/// The port that the short options give.
fn port<'o, 'v: 'o>(
    options: &mut Options<'o>,
    variable: Variable<'_, 'v>,
) -> Result<u16, Problem> {
    if let Some(name) = options.value(PORT_ENV) {
        if any(options, PORT..=PORT) {
            return Err(Problem::Port);
        }
        options.value(PORT_ENV);
        if name.is_empty() || name.contains(&b'=') {
            return Err(Problem::Value);
        }
        options.other = variable(name).ok_or(Problem::Unset)?;
        return decimal::port(options.other).ok_or(Problem::Variable);
    }
    match options.value(PORT) {
        Some(text) => decimal::port(text).ok_or(Problem::Value),
        None => Ok(80),
    }
}

fn check_headers(options: &mut Options<'_>) -> Result<(), Problem> {
    options.name = HEADER;
    let mut hosts = 0;
    for text in &options.headers {
        options.word = text;
        match Header::parse(text) {
            Ok(header) => hosts += u32::from(header.is(b"host")),
            Err(error) => {
                options.reason = error.text();
                return Err(Problem::Value);
            }
        }
    }
    if hosts > 1 { Err(Problem::TwoHosts) } else { Ok(()) }
}

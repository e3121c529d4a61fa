//! From options to a check: the values judged, alone and together.

use healthchecker_core::ascii::starts_with_in_any_case;
use healthchecker_core::decimal;
use healthchecker_core::duration;
use healthchecker_core::header::Header;
use healthchecker_core::status::StatusSet;

use crate::check::Check;
use crate::options::{
    HEADER, HOST, METHOD, Options, PATH, PORT, PORT_ENV, STATUS, TIMEOUT, URL, VERBOSE,
};
use crate::refusal::Problem;
use crate::target::Target;

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
        check.healthy = Some(StatusSet::parse(set).ok_or(Problem::Value)?);
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
    let Some(url) = options.value(URL) else {
        target.port = port(options, variable)?;
        let path = options.value(PATH).unwrap_or(b"/health");
        target.set_path(path).ok_or(Problem::Value)?;
        let host = options.value(HOST).unwrap_or(b"localhost");
        return target.set_host(host).ok_or(Problem::Value);
    };
    if any(options, PORT..=PATH) {
        options.word = url;
        return Err(Problem::Contradiction);
    }
    options.value(URL);
    for (index, scheme) in SCHEMES.split(|&byte| byte == b' ').enumerate() {
        if starts_with_in_any_case(url, scheme) {
            let rest = url.get(scheme.len()..).unwrap_or_default();
            target.is_tcp = index == 1;
            let is_read = match index {
                0 | 1 => target.set_url(rest),
                2 => target.set_socket(rest),
                _ => return Err(Problem::Lacked),
            };
            return is_read.ok_or(Problem::Value);
        }
    }
    Err(Problem::Value)
}

/// What a URL may start with; the first three can be asked here.
const SCHEMES: &[u8] = b"http:// tcp:// unix: https:// grpc:// grpcs://";

/// The port that the short options give.
fn port<'o, 'v: 'o>(
    options: &mut Options<'o>,
    variable: Variable<'_, 'v>,
) -> Result<u16, Problem> {
    let given = options.value(PORT);
    if let Some(name) = options.value(PORT_ENV) {
        if let Some(given) = given {
            options.word = given;
            return Err(Problem::Contradiction);
        }
        if name.is_empty() || name.iter().any(|&byte| byte == b'=') {
            return Err(Problem::Value);
        }
        options.word = variable(name).ok_or(Problem::Unset)?;
        return decimal::port(options.word).ok_or(Problem::Variable);
    }
    options.value(PORT);
    given.map_or(Ok(80), |text| decimal::port(text).ok_or(Problem::Value))
}

fn check_headers(options: &mut Options<'_>) -> Result<(), Problem> {
    options.name = HEADER;
    let mut has_host = false;
    for text in &options.headers {
        options.word = text;
        Header::parse(text).map_err(|_| Problem::Value)?;
        if starts_with_in_any_case(text, b"host:") {
            if has_host {
                return Err(Problem::Twice);
            }
            has_host = true;
        }
    }
    Ok(())
}

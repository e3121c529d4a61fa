//! From options to a check: the values judged, alone and together.

use healthchecker_core::ascii::starts_with_in_any_case;
use healthchecker_core::duration;
use healthchecker_core::status::StatusSet;

use crate::check::Check;
use crate::options::{HOST, METHOD, Options, PATH, PORT, PORT_ENV, STATUS, TIMEOUT, URL, VERBOSE};
use crate::refusal::Problem;
use crate::target::Target;

/// Gives the value of an environment variable.
pub(crate) type Variable<'f, 'v> = &'f dyn Fn(&[u8]) -> Option<&'v [u8]>;

/// What a URL may start with; the first three can be asked here.
const SCHEMES: &[u8] = b"http:// tcp:// unix: https:// grpc:// grpcs://";

/// The check that the options ask for.
#[inline(never)]
pub(crate) fn read<'o, 'v: 'o>(
    check: &mut Check<'o>,
    options: &mut Options<'o>,
    variable: Variable<'_, 'v>,
) -> Result<(), Problem> {
    let target = &mut check.target;
    let is_url = options.has(URL, URL);
    if is_url {
        let url = options.word;
        if options.has(PORT, PATH) {
            options.word = url;
            return Err(Problem::Contradiction);
        }
        options.value(URL, "");
        read_url(target, url)?;
    } else {
        read_port(target, options, variable)?;
        target
            .set_path(options.value(PATH, "/health"))
            .ok_or(Problem::Value)?;
        target
            .set_host(options.value(HOST, "localhost"))
            .ok_or(Problem::Value)?;
    }
    if target.is_tcp && options.has(METHOD, STATUS) {
        return Err(Problem::OnlyHttp);
    }
    check.method = options.value(METHOD, "GET");
    if check.method != b"GET" && check.method != b"HEAD" {
        return Err(Problem::Value);
    }
    if options.has(STATUS, STATUS) {
        check.healthy = Some(StatusSet::parse(options.word).ok_or(Problem::Value)?);
    }
    check.limit = duration::millis(options.value(TIMEOUT, "2s")).ok_or(Problem::Value)?;
    check.is_verbose = options.has(VERBOSE, VERBOSE);
    Ok(())
}

fn read_url<'o>(target: &mut Target<'o>, url: &'o [u8]) -> Result<(), Problem> {
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

/// The port that the short options give.
fn read_port<'o, 'v: 'o>(
    target: &mut Target<'o>,
    options: &mut Options<'o>,
    variable: Variable<'_, 'v>,
) -> Result<(), Problem> {
    let mut problem = Problem::Value;
    if options.has(PORT_ENV, PORT_ENV) {
        let name = options.word;
        if options.has(PORT, PORT) {
            options.name = PORT_ENV;
            return Err(Problem::Contradiction);
        }
        if name.is_empty() || !name.iter().all(|&byte| byte != b'=') {
            return Err(Problem::Value);
        }
        options.word = variable(name).ok_or(Problem::Unset)?;
        problem = Problem::Variable;
    } else {
        options.value(PORT, "80");
    }
    target.set_port(options.word).ok_or(problem)
}

//! The request's bytes.

use healthchecker_core::header::Header;

use crate::check::Check;
use crate::line::Line;
use crate::target::Target;

/// What the probe sends of itself, each unless the user gives a header of that name.
const DEFAULTS: &[u8] = concat!(
    "Host: \nUser-Agent: healthchecker-nano/",
    env!("CARGO_PKG_VERSION"),
    "\nAccept: */*\nConnection: close"
)
.as_bytes();

/// Writes the request: an empty one for TCP, where the connection alone is asked for.
#[inline(never)]
pub(crate) fn write(request: &mut Line, check: &Check<'_>, headers: &[&[u8]]) {
    let target = &check.target;
    if target.is_tcp {
        return;
    }
    request.text(check.method);
    request.text(b" ");
    request.text(target.path);
    request.text(b" HTTP/1.1\r\n");
    let given = || headers.iter().filter_map(|text| Header::parse(text).ok());
    for default in DEFAULTS.split(|&byte| byte == b'\n') {
        let name = default.split(|&byte| byte == b':').next().unwrap_or_default();
        if given().any(|header| header.is(name)) {
            continue;
        }
        request.text(default);
        if name == b"Host" {
            host(request, target);
        }
        request.text(b"\r\n");
    }
    for header in given() {
        request.text(header.name);
        request.text(b": ");
        request.text(header.value);
        request.text(b"\r\n");
    }
    request.text(b"\r\n");
}

/// The port only where it is not the scheme's own (RFC 9110, section 7.2).
fn host(request: &mut Line, target: &Target<'_>) {
    if target.is_unix {
        return request.text(b"localhost");
    }
    request.host(target.host);
    if target.port != 80 {
        request.byte(b':');
        request.number(target.port.into());
    }
}

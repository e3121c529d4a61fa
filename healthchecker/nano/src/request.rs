//! The request's bytes.

use healthchecker_core::ascii::starts_with_in_any_case;

use crate::check::Check;
use crate::line::Line;

/// Writes the request: an empty one for TCP, where the connection alone is asked for. The user's
/// headers, which have been judged, are sent as they were written, and replace the probe's own.
#[inline(never)]
pub(crate) fn write(request: &mut Line, check: &Check<'_>, headers: &[&[u8]]) {
    let target = &check.target;
    if target.is_tcp {
        return;
    }
    request.text(check.method);
    request.byte(b' ');
    request.text(target.path);
    request.text(b" HTTP/1.1\r\nConnection: close\r\n");
    if !has(headers, b"host:") {
        request.text(b"Host: ");
        if target.is_unix {
            request.text(b"localhost");
        } else {
            request.authority(target, target.host);
        }
        request.text(b"\r\n");
    }
    if !has(headers, b"user-agent:") {
        request.text(b"User-Agent: healthchecker-nano\r\n");
    }
    for header in headers {
        request.text(header);
        request.text(b"\r\n");
    }
    request.text(b"\r\n");
}

fn has(headers: &[&[u8]], start: &[u8]) -> bool {
    headers.iter().any(|header| starts_with_in_any_case(header, start))
}

//! The request's bytes.

use crate::check::Check;
use crate::line::Line;
use crate::options::Options;

/// Writes the request: an empty one for TCP, where the connection alone is asked for. The user's
/// headers, which have been judged, are sent as they were written, and replace the probe's own.
#[inline(never)]
pub(crate) fn write(request: &mut Line, check: &Check<'_>, options: &Options<'_>) {
    let target = &check.target;
    if target.is_tcp {
        return;
    }
    request.text(check.method);
    request.byte(b' ');
    request.text(target.path);
    request.text(b" HTTP/1.1\r\nConnection: close\r\n");
    if !options.has_host {
        request.text(b"Host: ");
        if target.is_unix {
            request.text(b"localhost");
        } else {
            request.authority(target, target.host);
        }
        request.text(b"\r\n");
    }
    if !options.has_agent {
        request.text(b"User-Agent: healthchecker-nano\r\n");
    }
    request.text(options.headers.as_bytes());
    request.text(b"\r\n");
}

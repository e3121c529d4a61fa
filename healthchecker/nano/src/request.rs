//! The request's bytes.

use healthchecker_core::header::Header;
use healthchecker_core::target::{Place, Protocol, Target};

use crate::line::Line;

/// Writes the request: an empty one for TCP, where the connection alone is asked for. Each of the
/// user's headers replaces the probe's own of that name.
pub(crate) fn write<'a>(
    request: &mut Line,
    target: &Target<'_>,
    method: &[u8],
    headers: impl Iterator<Item = Header<'a>> + Clone,
) {
    if target.protocol == Protocol::Tcp {
        return;
    }
    request.texts(&[method, b" ", target.path, b" HTTP/1.1\r\n"]);
    let is_default = |name: &[u8]| !headers.clone().any(|header| header.is(name));
    if is_default(b"host") {
        request.text(b"Host: ");
        match target.place {
            // The port only where it is not the scheme's own (RFC 9110, section 7.2).
            Place::Network { text, port, .. } => {
                request.host(text);
                if port != 80 {
                    request.text(b":");
                    request.number(port.into());
                }
            }
            _ => request.text(b"localhost"),
        }
        request.text(b"\r\n");
    }
    for (name, line) in [
        (
            &b"user-agent"[..],
            concat!(
                "User-Agent: healthchecker-nano/",
                env!("CARGO_PKG_VERSION"),
                "\r\n"
            ),
        ),
        (b"accept", "Accept: */*\r\n"),
    ] {
        if is_default(name) {
            request.text(line.as_bytes());
        }
    }
    request.text(b"Connection: close\r\n");
    for header in headers {
        request.texts(&[header.name, b": ", header.value, b"\r\n"]);
    }
    request.text(b"\r\n");
}

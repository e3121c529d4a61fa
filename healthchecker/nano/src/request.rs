//! The request's bytes.

use crate::check::Check;
use crate::line::Line;

impl Check<'_> {
    /// Writes the request: an empty one for TCP, where the connection alone is asked for. The user's
    /// headers, which have been judged, are sent as they were written, and replace the probe's own.
    /// Whether all of it fits.
    #[inline(never)]
    pub(crate) fn request(&self, request: &mut Line) -> bool {
        let target = &self.target;
        if target.is_tcp {
            return true;
        }
        request
            .text(self.method)
            .text(b" ")
            .text(target.path)
            .text(b" HTTP/1.1\r\nConnection: close\r\n");
        if !self.has_agent {
            request.text(b"User-Agent: healthchecker-nano\r\n");
        }
        if !self.has_host {
            request.text(b"Host: ");
            if target.is_unix {
                request.text(b"localhost")
            } else {
                request.authority(target, target.host)
            }
            .text(b"\r\n");
        }
        request.text(self.headers.as_bytes()).text(b"\r\n");
        !request.is_full()
    }
}

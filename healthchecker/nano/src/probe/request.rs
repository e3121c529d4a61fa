//! The request's bytes.

use super::Probe;
use crate::line::Line;

impl Probe<'_> {
    /// Writes the request: an empty one for TCP, where the connection alone is asked for. The user's
    /// headers, which have been judged, are sent as they were written, and replace the probe's own.
    /// Whether all of it fits.
    pub(crate) fn request(&self, request: &mut Line) -> bool {
        let target = &self.target;
        if target.is_tcp {
            return true;
        }
        request
            .text(self.method)
            .say(" ")
            .text(target.path)
            .say(" HTTP/1.1\r\nConnection: close\r\n");
        if !self.has_agent {
            request.say("User-Agent: healthchecker-nano\r\n");
        }
        if !self.has_host {
            request.say("Host: ");
            if target.is_unix {
                request.say("localhost")
            } else {
                request.authority(target, target.host)
            }
            .say("\r\n");
        }
        request.text(self.headers.as_bytes()).say("\r\n");
        !request.is_full()
    }
}

//! What is checked, and where, without anything that this program could not ask.
//!
//! The grammar is that of [`healthchecker_core::target`], and a test holds the two together; here the
//! parts go straight to where the sockets need them, in a third of the bytes.
//!
//! Touches `line`.

use healthchecker_core::address;
use healthchecker_core::cursor::Cursor;
use healthchecker_core::target::{MAX_SOCKET, check_path};

use crate::line::Line;

/// What is checked, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    /// Whether a connection is all that is asked for.
    pub(crate) is_tcp: bool,
    /// Whether `host` is a socket's path.
    pub(crate) is_unix: bool,
    /// Whether both loopback addresses are meant.
    pub(crate) is_localhost: bool,
    /// Whether the host is an IPv6 address without brackets.
    pub(crate) is_bare: bool,
    pub(crate) port: u16,
    /// The host's address, an IPv4 one mapped into IPv6 (RFC 4291, section 2.5.5.2).
    pub(crate) ip: u128,
    /// The host as it was written.
    pub(crate) host: &'a [u8],
    pub(crate) path: &'a [u8],
}

/// What an IPv4 address is mapped to, less the address.
pub(crate) const MAPPED: u128 = 0xffff_0000_0000;

impl Default for Target<'_> {
    /// What is asked where nothing else is said.
    fn default() -> Self {
        Self {
            is_tcp: false,
            is_unix: false,
            is_localhost: true,
            is_bare: false,
            port: 80,
            ip: MAPPED | 0x7f00_0001,
            host: b"localhost",
            path: b"/health",
        }
    }
}

impl<'a> Target<'a> {
    /// Reads a URL.
    pub(crate) fn read_url(&mut self, cursor: &mut Cursor<'a>) -> Option<()> {
        if cursor.eat_in_any_case(b"unix:") {
            return self.read_socket(cursor);
        }
        self.is_tcp = cursor.eat_in_any_case(b"tcp://");
        if !self.is_tcp && !cursor.eat_in_any_case(b"http://") {
            return None;
        }
        self.read_authority(cursor)
    }

    /// Reads what a URL has after its scheme.
    fn read_authority(&mut self, cursor: &mut Cursor<'a>) -> Option<()> {
        self.read_host(cursor)?;
        if cursor.eat(b':') {
            self.read_port(cursor)?;
        } else if self.is_tcp {
            return None;
        }
        if self.is_bare {
            return None;
        }
        self.path = b"/";
        if self.is_tcp || cursor.is_at_end() {
            return Some(());
        }
        self.read_path(cursor)
    }

    /// Reads a unix socket's path and the HTTP path behind it.
    fn read_socket(&mut self, cursor: &mut Cursor<'a>) -> Option<()> {
        let rest = cursor.rest();
        let colon = rest.windows(2).position(|pair| pair == b":/");
        let (socket, path) = rest.split_at_checked(colon.unwrap_or(rest.len()))?;
        (self.is_unix, self.is_localhost) = (true, false);
        self.host = socket;
        let is_socket = socket.first() == Some(&b'/')
            && socket.last() != Some(&b':')
            && socket.len() <= MAX_SOCKET;
        is_socket.then_some(())?;
        *cursor = Cursor::new(path.get(1..).unwrap_or(b"/"));
        self.read_path(cursor)
    }

    /// Reads a host: no name but localhost, since nothing is resolved.
    pub(crate) fn read_host(&mut self, cursor: &mut Cursor<'a>) -> Option<()> {
        let start = cursor.clone();
        self.is_localhost = cursor.eat_in_any_case(b"localhost");
        if !self.is_localhost {
            if cursor.eat(b'[') {
                self.ip = address::read_ipv6(cursor)?;
                cursor.eat(b']').then_some(())?;
            } else if let Some(ip) = address::read_ipv4(cursor) {
                self.ip = MAPPED | u128::from(ip);
            } else {
                *cursor = start.clone();
                self.is_bare = true;
                self.ip = address::read_ipv6(cursor)?;
            }
        }
        let length = start.rest().len() - cursor.rest().len();
        self.host = start.rest().get(..length)?;
        Some(())
    }

    /// Reads a port. Port 0 cannot be connected to.
    pub(crate) fn read_port(&mut self, cursor: &mut Cursor<'a>) -> Option<()> {
        self.port = cursor.number(10, 65_535)? as u16;
        (self.port != 0).then_some(())
    }

    /// Reads a path, which nothing follows.
    pub(crate) fn read_path(&mut self, cursor: &mut Cursor<'a>) -> Option<()> {
        self.path = cursor.rest();
        *cursor = Cursor::new(b"");
        check_path(self.path).ok()
    }

    /// The IP address to ask: of localhost's two the first or the second.
    pub(crate) fn ip(&self, is_second: bool) -> u128 {
        if is_second { 1 } else { self.ip }
    }
}

impl Line {
    /// Appends a target's host and port, as a URL has them.
    pub(crate) fn authority(&mut self, target: &Target<'_>, host: &[u8]) -> &mut Self {
        let (before, after) = if target.is_bare {
            ("[", "]:")
        } else {
            ("", ":")
        };
        self.say(before)
            .text(host)
            .say(after)
            .number(target.port.into())
    }
}

#[cfg(test)]
mod tests;

//! What is checked, and where, without anything that this program could not ask.
//!
//! The grammar is that of [`healthchecker_core::target`], and a test holds the two together; here the
//! parts go straight to where the sockets need them, in a third of the bytes.

use core::net::Ipv6Addr;

use healthchecker_core::address;
use healthchecker_core::ascii::equals_in_any_case;
use healthchecker_core::decimal;
use healthchecker_core::target::{MAX_SOCKET, check_path};

use crate::connection::Peer;
use crate::line::Line;

/// What is checked, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    /// Whether a connection is all that is asked for.
    pub(crate) is_tcp: bool,
    /// Whether `host` is a socket's path.
    pub(crate) is_unix: bool,
    /// Whether both loopback addresses are meant.
    pub(crate) is_localhost: bool,
    pub(crate) port: u16,
    /// The port as it was written.
    pub(crate) port_text: &'a [u8],
    /// Whether the host is an IPv6 address without brackets.
    pub(crate) is_bare: bool,
    /// The host's address, an IPv4 one mapped into IPv6 (RFC 4291, section 2.5.5.2).
    pub(crate) address: u128,
    /// The host as it was written.
    pub(crate) host: &'a [u8],
    pub(crate) path: &'a [u8],
}

/// What an IPv4 address is mapped to, less the address.
const MAPPED: u128 = 0xffff_0000_0000;

impl<'a> Target<'a> {
    /// Reads a URL after its scheme and `://`.
    #[inline(never)]
    pub(crate) fn set_url(&mut self, rest: &'a [u8]) -> Option<()> {
        let (authority, path) = split(rest, b"/?#");
        let (host, port) = match authority.first() {
            Some(b'[') => authority.split_at_checked(split(authority, b"]").0.len() + 1)?,
            _ => split(authority, b":"),
        };
        match port.split_first() {
            None if !self.is_tcp => self.set_port(b"80")?,
            Some((b':', digits)) => self.set_port(digits)?,
            _ => return None,
        }
        // An IPv6 address without brackets has left digits behind the port's colon.
        self.set_host(host)?;
        match path {
            b"" if self.is_tcp => Some(()),
            b"" => self.set_path(b"/"),
            _ if self.is_tcp => None,
            _ => self.set_path(path),
        }
    }

    /// Reads a unix socket's path and the HTTP path behind it.
    #[inline(never)]
    pub(crate) fn set_socket(&mut self, rest: &'a [u8]) -> Option<()> {
        let colon = rest.windows(2).position(|pair| pair == b":/");
        let (socket, path) = rest.split_at_checked(colon.unwrap_or(rest.len()))?;
        self.is_unix = true;
        self.host = socket;
        let is_socket = socket.first() == Some(&b'/')
            && socket.last() != Some(&b':')
            && socket.len() <= MAX_SOCKET;
        is_socket.then_some(())?;
        self.set_path(path.get(1..).unwrap_or(b"/"))
    }

    /// Reads a host on its own: no name but localhost, since nothing is resolved.
    #[inline(never)]
    pub(crate) fn set_host(&mut self, text: &'a [u8]) -> Option<()> {
        self.host = text;
        // The default in one step.
        self.is_localhost = text == b"localhost" || equals_in_any_case(text, b"localhost");
        self.address = if self.is_localhost {
            MAPPED | 0x7f00_0001
        } else if let Some(address) = address::ipv4_number(text) {
            MAPPED | u128::from(address)
        } else {
            let inner = match text.strip_prefix(b"[") {
                Some(inner) => inner.strip_suffix(b"]")?,
                None => {
                    self.is_bare = true;
                    text
                }
            };
            address::ipv6_number(inner)?
        };
        Some(())
    }

    /// Reads a port on its own.
    #[inline(never)]
    pub(crate) fn set_port(&mut self, text: &'a [u8]) -> Option<()> {
        self.port_text = text;
        self.port = decimal::port(text)?;
        Some(())
    }

    /// Reads a path on its own.
    pub(crate) fn set_path(&mut self, path: &'a [u8]) -> Option<()> {
        self.path = path;
        check_path(path).ok()
    }

    /// The peer to ask: of localhost's two addresses the first or the second.
    pub(crate) fn peer(&self, is_second: bool) -> Peer<'a> {
        if self.is_unix {
            Peer::Unix(self.host)
        } else if is_second {
            Peer::V6(Ipv6Addr::LOCALHOST, self.port)
        } else if self.address >> 32 == MAPPED >> 32 {
            Peer::V4((self.address as u32).into(), self.port)
        } else {
            Peer::V6(self.address.into(), self.port)
        }
    }
}

impl Line {
    /// Appends a target's host and port, as a URL has them.
    #[inline(never)]
    pub(crate) fn authority(&mut self, target: &Target<'_>, host: &[u8]) {
        if target.is_bare {
            self.byte(b'[');
        }
        self.text(host);
        if target.is_bare {
            self.byte(b']');
        }
        self.byte(b':');
        self.text(target.port_text);
    }
}

/// What comes before the first of some bytes, and the rest from there.
fn split<'a>(text: &'a [u8], at: &[u8]) -> (&'a [u8], &'a [u8]) {
    let length = text
        .iter()
        .position(|byte| at.iter().any(|stop| stop == byte));
    text.split_at_checked(length.unwrap_or(text.len()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;

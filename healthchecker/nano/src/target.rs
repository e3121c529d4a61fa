//! What is checked, and where, without anything that this program could not ask.
//!
//! The grammar is that of [`healthchecker_core::target`], and a test holds the two together; here the
//! parts go straight to where the sockets need them, in a third of the bytes.

use core::net::Ipv6Addr;

use healthchecker_core::address;
use healthchecker_core::ascii::equals_in_any_case;
use healthchecker_core::decimal;
use healthchecker_core::target::{MAX_SOCKET, TargetError, check_path};

use crate::connection::Peer;

/// Schemes by their places; the first three can be asked here.
const SCHEMES: &[u8] = b"http tcp unix https grpc grpcs";
const HTTP: usize = 0;
const TCP: usize = 1;
const UNIX: usize = 2;

/// What is checked, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    /// Whether a connection is all that is asked for.
    pub(crate) is_tcp: bool,
    /// Whether `host` is a socket's path.
    pub(crate) is_unix: bool,
    /// Whether both loopback addresses are meant.
    pub(crate) is_localhost: bool,
    /// The host as it was written.
    pub(crate) host: &'a [u8],
    /// Its address, an IPv4 one mapped into IPv6 (RFC 4291, section 2.5.5.2).
    pub(crate) address: [u8; 16],
    pub(crate) port: u16,
    pub(crate) path: &'a [u8],
}

/// Why a target is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Form(TargetError),
    /// A name, and nothing is resolved.
    Name,
    /// A scheme that `healthchecker` has and this program lacks.
    Lacked,
}

impl From<TargetError> for Fault {
    fn from(error: TargetError) -> Self {
        Self::Form(error)
    }
}

impl<'a> Target<'a> {
    /// Reads a URL.
    #[inline(never)]
    pub(crate) fn set_url(&mut self, url: &'a [u8]) -> Result<(), Fault> {
        let (scheme, rest) = split(url, |byte| byte == b':');
        let scheme = SCHEMES
            .split(|&byte| byte == b' ')
            .position(|known| equals_in_any_case(known, scheme))
            .ok_or(TargetError::Scheme)?;
        if scheme == UNIX {
            return self.set_socket(rest.get(1..).ok_or(TargetError::Scheme)?);
        }
        let rest = rest.strip_prefix(b"://").ok_or(TargetError::Scheme)?;
        if scheme > UNIX {
            return Err(Fault::Lacked);
        }
        let (authority, path) = split(rest, |byte| matches!(byte, b'/' | b'?' | b'#'));
        if authority.contains(&b'@') {
            return Err(TargetError::UserInfo.into());
        }
        let (host, port) = if authority.first() == Some(&b'[') {
            let length = split(authority, |byte| byte == b']').0.len() + 1;
            authority
                .split_at_checked(length)
                .ok_or(TargetError::Address)?
        } else {
            split(authority, |byte| byte == b':')
        };
        self.is_tcp = scheme == TCP;
        self.port = match port.split_first() {
            None if scheme == HTTP => 80,
            None => return Err(TargetError::PortMissing.into()),
            Some((b':', digits)) if digits.contains(&b':') => {
                return Err(TargetError::Address.into());
            }
            Some((b':', digits)) => decimal::port(digits).ok_or(TargetError::Port)?,
            Some(_) => return Err(TargetError::Host.into()),
        };
        self.set_host(host)?;
        if self.is_tcp {
            return if path.is_empty() { Ok(()) } else { Err(TargetError::PathUnwanted.into()) };
        }
        self.set_path(if path.is_empty() { b"/" } else { path })
    }

    /// The peer to ask: of localhost's two addresses the first or the second.
    pub(crate) fn peer(&self, is_second: bool) -> Peer<'a> {
        if self.is_unix {
            return Peer::Unix(self.host);
        }
        if is_second {
            return Peer::V6(Ipv6Addr::LOCALHOST.octets(), self.port);
        }
        match address::mapped(&self.address) {
            Some(address) => Peer::V4(address, self.port),
            None => Peer::V6(self.address, self.port),
        }
    }

    fn set_socket(&mut self, rest: &'a [u8]) -> Result<(), Fault> {
        let colon = rest.windows(2).position(|pair| pair == b":/");
        let (socket, path) = match colon.and_then(|colon| rest.split_at_checked(colon)) {
            Some((socket, path)) => (socket, path.get(1..).unwrap_or_default()),
            None => (rest, &b"/"[..]),
        };
        if socket.first() != Some(&b'/') || socket.last() == Some(&b':') || socket.contains(&0) {
            return Err(TargetError::Socket.into());
        }
        if socket.len() > MAX_SOCKET {
            return Err(TargetError::SocketTooLong.into());
        }
        self.is_unix = true;
        self.host = socket;
        self.set_path(path)
    }

    /// Reads a host on its own.
    #[inline(never)]
    pub(crate) fn set_host(&mut self, text: &'a [u8]) -> Result<(), Fault> {
        self.host = text;
        let inner = match text.strip_prefix(b"[") {
            Some(inner) => inner.strip_suffix(b"]").ok_or(TargetError::Address)?,
            None => text,
        };
        if inner.len() < text.len() || text.contains(&b':') {
            self.address = address::ipv6(inner).ok_or(TargetError::Address)?;
            return Ok(());
        }
        self.is_localhost = equals_in_any_case(text, b"localhost");
        let address = if self.is_localhost { Some([127, 0, 0, 1]) } else { address::ipv4(text) };
        let [a, b, c, d] = address.ok_or(Fault::Name)?;
        self.address = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d];
        Ok(())
    }

    /// Reads a path on its own.
    pub(crate) fn set_path(&mut self, path: &'a [u8]) -> Result<(), Fault> {
        self.path = path;
        Ok(check_path(path)?)
    }
}

/// What comes before the first byte that `is` one, and the rest from there.
fn split(text: &[u8], is: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let at = text.iter().position(|&byte| is(byte));
    text.split_at_checked(at.unwrap_or(text.len()))
        .unwrap_or_default()
}

//! What is checked, and where: the URL grammar of all options. nano has fewer bytes for the same
//! grammar, and a test that holds it to this one.

use crate::address;
use crate::ascii::{equals_in_any_case, is_graphic_without};
use crate::decimal::port;

/// What [`Target::parse`] accepts, for messages.
pub const ACCEPTED: &str = "http://HOST[:PORT][/PATH], https://HOST[:PORT][/PATH], tcp://HOST:PORT, \
     unix:/SOCKET[:/PATH], unix:@NAME[:/PATH], grpc://HOST:PORT[/SERVICE] or \
     grpcs://HOST:PORT[/SERVICE]";

/// What [`check_path`] accepts, for messages.
pub const ACCEPTED_PATH: &str =
    "a path from its first slash, percent-encoded, such as /health?full=1";

/// Bytes that a unix socket's path may have: `sun_path` less its closing zero; an abstract name less
/// the zero that it begins with (unix(7)).
pub const MAX_SOCKET: usize = 107;

/// How the target is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// An HTTP/1.1 request.
    Http,
    /// An HTTP/1.1 request over TLS.
    Https,
    /// A connection that is accepted.
    Tcp,
    /// `grpc.health.v1` over HTTP/2 without TLS.
    Grpc,
    /// `grpc.health.v1` over HTTP/2 with TLS.
    Grpcs,
}

impl Protocol {
    const ALL: [Self; 5] = [Self::Http, Self::Https, Self::Tcp, Self::Grpc, Self::Grpcs];

    /// What URLs of it begin with, before the colon.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Tcp => "tcp",
            Self::Grpc => "grpc",
            Self::Grpcs => "grpcs",
        }
    }

    /// The port that a URL need not name; 0 where it must name one.
    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Tcp | Self::Grpc | Self::Grpcs => 0,
        }
    }
}

/// A host as a URL names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host<'a> {
    /// `localhost`: 127.0.0.1, then ::1. Never resolved.
    Localhost,
    /// An IPv4 literal.
    V4([u8; 4]),
    /// An IPv6 literal.
    V6([u8; 16]),
    /// Any other name: letters, digits, `-`, `_` and dots.
    Name(&'a [u8]),
}

/// Where the target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// A TCP port.
    Network {
        /// The host.
        host: Host<'a>,
        /// The host as it was written, with an IPv6 literal's brackets.
        text: &'a [u8],
        /// The port, never 0.
        port: u16,
    },
    /// A unix socket's absolute path.
    Unix(&'a [u8]),
    /// An abstract unix socket's name, without the `@` that stands for its leading zero byte.
    Abstract(&'a [u8]),
}

/// What is checked, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    /// How it is asked.
    pub protocol: Protocol,
    /// Where it is.
    pub place: Place<'a>,
    /// The path with its query, from the first slash; `/` where the URL has none. For gRPC the
    /// service's name, without a slash and possibly empty; for TCP empty.
    pub path: &'a [u8],
}

/// Why a URL, a host or a path is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// No scheme, or one that is not known.
    Scheme,
    /// A user name or password before the host.
    UserInfo,
    /// An empty or malformed host.
    Host,
    /// An IPv6 address without brackets or with a zone, or a malformed one.
    Address,
    /// A port that is not a number from 1 to 65535, or is empty.
    Port,
    /// A port is needed here.
    PortMissing,
    /// A path with bytes that must be percent-encoded, with a fragment, or one that does not start
    /// with a slash.
    Path,
    /// A path where the protocol has none.
    PathUnwanted,
    /// A unix socket's path that is not absolute, or an abstract name that is empty; one that ends in
    /// a colon or holds a zero byte.
    Socket,
    /// A unix socket's path or abstract name longer than [`MAX_SOCKET`].
    SocketTooLong,
}

impl TargetError {
    /// What is wrong, for messages.
    pub fn text(self) -> &'static str {
        match self {
            Self::Scheme => "unknown scheme",
            Self::UserInfo => "user and password belong into --header 'Authorization: …'",
            Self::Host => "bad host",
            Self::Address => "bad IPv6 address (brackets, no zone: [::1])",
            Self::Port => "bad port (1 to 65535)",
            Self::PortMissing => "port missing",
            Self::Path => {
                "bad path (from its first slash; what RFC 3986 excludes must be percent-encoded)"
            }
            Self::PathUnwanted => "a path has no meaning here",
            Self::Socket => {
                "bad socket path (absolute: unix:/run/app.sock:/health, or abstract: unix:@name)"
            }
            Self::SocketTooLong => "socket path longer than 107 bytes",
        }
    }
}

impl<'a> Target<'a> {
    /// Reads a URL.
    ///
    /// Schemes and `localhost` are taken in any case. The default port is 80 for `http` and 443 for
    /// `https`; the others need one. In `unix:/run/app.sock:/health` the socket's path ends before
    /// the first `:/`, and so does the abstract name in `unix:@app:/health`.
    ///
    /// # Errors
    /// A [`TargetError`] that names the part at fault. Whether a host may be asked is not decided
    /// here.
    pub fn parse(url: &'a [u8]) -> Result<Self, TargetError> {
        let (scheme, rest) = split(url, b':');
        if equals_in_any_case(scheme, b"unix") {
            return unix(rest.strip_prefix(b":").ok_or(TargetError::Scheme)?);
        }
        let rest = rest.strip_prefix(b"://").ok_or(TargetError::Scheme)?;
        let protocol = Protocol::ALL
            .into_iter()
            .find(|protocol| equals_in_any_case(scheme, protocol.scheme().as_bytes()))
            .ok_or(TargetError::Scheme)?;
        let default_port = protocol.default_port();
        let (place, mut path) = network(rest, default_port)?;
        if protocol == Protocol::Tcp && !path.is_empty() {
            return Err(TargetError::PathUnwanted);
        }
        if default_port != 0 && path.is_empty() {
            path = b"/";
        }
        if !path.is_empty() {
            check_path(path)?;
        }
        if let Protocol::Grpc | Protocol::Grpcs = protocol {
            path = path.get(1..).unwrap_or_default();
        }
        Ok(Self {
            protocol,
            place,
            path,
        })
    }
}

impl<'a> Host<'a> {
    /// Reads a host on its own, an IPv6 literal with or without brackets.
    ///
    /// ```
    /// use healthchecker_core::target::Host;
    ///
    /// assert_eq!(Host::parse(b"localhost"), Ok(Host::Localhost));
    /// assert_eq!(Host::parse(b"127.0.0.1"), Ok(Host::V4([127, 0, 0, 1])));
    /// assert_eq!(Host::parse(b"::1"), Host::parse(b"[::1]"));
    /// ```
    ///
    /// # Errors
    /// [`TargetError::Host`] or [`TargetError::Address`].
    pub fn parse(text: &'a [u8]) -> Result<Self, TargetError> {
        let bracketed = text.strip_prefix(b"[");
        if bracketed.is_some() || text.contains(&b':') {
            let address = match bracketed {
                Some(inner) => inner.strip_suffix(b"]"),
                None => Some(text),
            };
            return address
                .and_then(address::ipv6)
                .map(Self::V6)
                .ok_or(TargetError::Address);
        }
        if equals_in_any_case(text, b"localhost") {
            return Ok(Self::Localhost);
        }
        if let Some(address) = address::ipv4(text) {
            return Ok(Self::V4(address));
        }
        let is_name =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        // A name of digits and dots alone is a mistyped address.
        let is_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
        if text.len() <= 253 && text.iter().all(is_name) && !text.iter().all(is_number) {
            return Ok(Self::Name(text));
        }
        Err(TargetError::Host)
    }
}

/// Checks a path with its query, as `--path` gives it.
///
/// # Errors
/// [`TargetError::Path`] unless it starts with a slash and has only the bytes that RFC 3986 lets a
/// path and a query have, brackets being tolerated. So `/${UNSET}` is refused, not sent.
pub fn check_path(path: &[u8]) -> Result<(), TargetError> {
    if path.first() == Some(&b'/') && is_graphic_without(path, br##""#<>\^`{|}"##) {
        return Ok(());
    }
    Err(TargetError::Path)
}

/// What comes before the first `byte`, and the rest from there; all of it where there is none.
fn split(text: &[u8], byte: u8) -> (&[u8], &[u8]) {
    let at = text.iter().position(|&found| found == byte);
    text.split_at_checked(at.unwrap_or(text.len()))
        .unwrap_or_default()
}

fn unix(rest: &[u8]) -> Result<Target<'_>, TargetError> {
    let colon = rest.windows(2).position(|pair| pair == b":/");
    let (socket, path) = match colon.and_then(|colon| rest.split_at_checked(colon)) {
        Some((socket, path)) => (socket, path.get(1..).unwrap_or_default()),
        None => (rest, &b"/"[..]),
    };
    let (place, length) = match socket {
        [b'/', ..] => (Place::Unix(socket), socket.len()),
        [b'@', name @ ..] if !name.is_empty() => (Place::Abstract(name), name.len()),
        _ => return Err(TargetError::Socket),
    };
    if socket.last() == Some(&b':') || socket.contains(&0) {
        return Err(TargetError::Socket);
    }
    if length > MAX_SOCKET {
        return Err(TargetError::SocketTooLong);
    }
    check_path(path)?;
    Ok(Target {
        protocol: Protocol::Http,
        place,
        path,
    })
}

/// Splits `HOST[:PORT]` from what follows. A default port of 0 means that a port is needed.
fn network(rest: &[u8], default_port: u16) -> Result<(Place<'_>, &[u8]), TargetError> {
    let end = rest
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#'))
        .unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).ok_or(TargetError::Host)?;
    if authority.contains(&b'@') {
        return Err(TargetError::UserInfo);
    }
    let (text, after) = if authority.first() == Some(&b'[') {
        let length = split(authority, b']').0.len() + 1;
        authority
            .split_at_checked(length)
            .ok_or(TargetError::Address)?
    } else {
        split(authority, b':')
    };
    let port = match after.strip_prefix(b":") {
        Some(digits) if digits.contains(&b':') => return Err(TargetError::Address),
        Some(digits) => port(digits).ok_or(TargetError::Port)?,
        None if !after.is_empty() => return Err(TargetError::Host),
        None if default_port == 0 => return Err(TargetError::PortMissing),
        None => default_port,
    };
    if text.is_empty() {
        return Err(TargetError::Host);
    }
    Ok((
        Place::Network {
            host: Host::parse(text)?,
            text,
            port,
        },
        path,
    ))
}

#[cfg(test)]
mod tests;

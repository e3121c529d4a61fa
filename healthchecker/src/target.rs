//! What is checked, and where: a URL's parts as values, only such as this build can ask for.
//!
//! Touches no other part of the probe.

use std::net::IpAddr;

/// How a target is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// With a request over HTTP/1.1.
    Http,
    /// With a connection, and nothing else.
    Tcp,
    /// With a call of `grpc.health.v1` over HTTP/2.
    #[cfg(feature = "grpc")]
    Grpc,
}

/// A host that may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// Both loopback addresses, never resolved.
    Localhost,
    Address(IpAddr),
    /// The one that is written, for the resolver.
    #[cfg(feature = "remote")]
    Name,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Network {
        host: Host,
        /// The host as it was written, with an IPv6 address's brackets.
        text: String,
        port: u16,
    },
    /// A unix socket's path.
    Unix(Vec<u8>),
    /// An abstract unix socket's name, without the zero byte that comes first.
    Abstract(Vec<u8>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) protocol: Protocol,
    /// Whether that is over TLS.
    pub(crate) is_secure: bool,
    pub(crate) place: Place,
    /// With its query; for gRPC the service's name, for TCP empty.
    pub(crate) path: String,
}

impl Protocol {
    pub(crate) fn is_http(self) -> bool {
        self == Self::Http
    }

    pub(crate) fn is_grpc(self) -> bool {
        !matches!(self, Self::Http | Self::Tcp)
    }
}

impl Target {
    /// The host as it was written, without a port.
    pub(crate) fn host(&self) -> &str {
        match &self.place {
            Place::Network { text, .. } => text,
            Place::Unix(_) | Place::Abstract(_) => "localhost",
        }
    }

    /// The Host header (RFC 9110, section 7.2): the port only where it is not the scheme's own.
    pub(crate) fn authority(&self) -> String {
        let mut authority = self.host().to_owned();
        if let Place::Network { port, .. } = self.place {
            let default = if self.protocol.is_http() && self.is_secure {
                443
            } else {
                80
            };
            if port != default {
                authority.push(':');
                authority.push_str(&port.to_string());
            }
        }
        authority
    }
}

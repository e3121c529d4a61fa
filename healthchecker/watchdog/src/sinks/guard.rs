//! Where a sink may be: at addresses that are public, unless the configuration allows others.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::lookup::Lookup;

/// So many addresses of a host are tried.
const MOST: usize = 8;

/// A resolver that gives no address at which a sink may not be. The connection is made to what it gives,
/// and nothing is looked up again.
#[derive(Debug)]
pub(super) struct Guard<L> {
    pub(super) lookup: L,
    pub(super) allows_private: bool,
}

/// All addresses are such as are not allowed.
#[derive(Debug)]
pub(super) struct NotPublic(IpAddr);

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "is at {}, which is no public address", self.0)
    }
}

impl std::error::Error for NotPublic {}

impl<L: Lookup> Resolver for Guard<L> {
    fn resolve(
        &self,
        uri: &Uri,
        _: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri.host().ok_or(Error::HostNotFound)?;
        let inner = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let usual = if uri.scheme_str() == Some("https") {
            443
        } else {
            80
        };
        let port = uri.port_u16().unwrap_or(usual);
        let found = self
            .lookup
            .look(inner.unwrap_or(host), port, *timeout.after);
        // What it says is the resolver's own words, and the host is named by whoever shows it.
        let found = found.ok_or(Error::Timeout(timeout.reason))?;
        let found = found.map_err(|_| Error::HostNotFound)?;
        let is_allowed = |address: &&SocketAddr| self.allows_private || is_public(address.ip());
        let mut allowed = self.empty();
        for address in found.iter().filter(is_allowed).take(MOST) {
            allowed.push(*address);
        }
        match found.first() {
            None => Err(Error::HostNotFound),
            Some(first) if allowed.is_empty() => Err(Error::Other(Box::new(NotPublic(first.ip())))),
            Some(_) => Ok(allowed),
        }
    }
}

/// Whether an address is one of the internet's: none of IANA's registries of special-purpose addresses.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        // This network; private; shared (RFC 6598); loopback; link-local.
        (0 | 10 | 127, _, _) | (100, 64..=127, _) | (169, 254, _)
        | (172, 16..=31, _) | (192, 168, _)
        // Of protocols; documentation; relays of 6to4.
        | (192, 0, 0 | 2) | (192, 88, 99)
        // Benchmarks; documentation.
        | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113)
        // Multicast; reserved, and broadcast.
        | (224..=255, _, _)
    )
}

/// Only 2000::/3 is given to networks; of that there are parts that are not, and some that stand for
/// addresses of IPv4.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    if matches!((a, b), (0x64, 0xff9b)) {
        // NAT64 (RFC 6052): the last 32 bits of 64:ff9b::/96. 64:ff9b:1::/48 is private.
        let [.., c, d, e, f, high, low] = address.segments();
        return [c, d, e, f] == [0; 4] && is_public_v4(v4(high, low));
    }
    match a {
        // 6to4 (RFC 3056): the 32 bits behind it.
        0x2002 => {
            let [_, high, low, ..] = address.segments();
            is_public_v4(v4(high, low))
        }
        // Protocols, Teredo and ORCHID (2001::/23); documentation.
        0x2001 => b > 0x01ff && b != 0x0db8,
        // Documentation (3fff::/20).
        0x3fff => b > 0x0fff,
        _ => (0x2000..=0x3fff).contains(&a),
    }
}

fn v4(high: u16, low: u16) -> Ipv4Addr {
    let [a, b] = high.to_be_bytes();
    let [c, d] = low.to_be_bytes();
    Ipv4Addr::new(a, b, c, d)
}

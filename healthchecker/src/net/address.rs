//! Which addresses a host stands for, and whether they may be asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// The addresses of localhost, in the order in which they are asked.
pub(super) fn localhost(port: u16) -> Vec<SocketAddr> {
    let both = [
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST),
    ];
    both.map(|address| SocketAddr::new(address, port)).to_vec()
}

/// The address to ask for one that is written. `None` where it may not be asked.
pub(super) fn permitted(address: IpAddr, port: u16) -> Option<Vec<SocketAddr>> {
    let address = address.to_canonical();
    let allowed = cfg!(feature = "remote") || address.is_loopback() || is_own(address);
    allowed.then(|| vec![SocketAddr::new(address, port)])
}

/// Asks the system's resolver, which knows no deadline: on a thread that is left behind when it is
/// late.
#[cfg(feature = "remote")]
pub(super) fn resolve(
    name: &str,
    port: u16,
    deadline: super::Deadline,
) -> std::io::Result<Vec<SocketAddr>> {
    use std::net::ToSocketAddrs;
    use std::sync::mpsc::{self, RecvTimeoutError};

    let name = name.to_owned();
    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new().spawn(move || {
        let addresses = (name.as_str(), port)
            .to_socket_addrs()
            .map(Iterator::collect::<Vec<_>>);
        // Nobody listens when it is too late.
        let _ = sender.send(addresses);
    })?;
    match receiver.recv_timeout(deadline.remaining()?) {
        Ok(addresses) => addresses,
        Err(RecvTimeoutError::Timeout) => Err(std::io::ErrorKind::TimedOut.into()),
        Err(RecvTimeoutError::Disconnected) => Err(std::io::ErrorKind::Other.into()),
    }
}

/// Whether an address belongs to an interface of this machine.
///
/// A datagram socket connected to such an address reports that very address as its own (ip(7)).
/// Connecting one sends nothing.
fn is_own(address: IpAddr) -> bool {
    let unspecified = match address {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let local = || {
        let socket = UdpSocket::bind((unspecified, 0))?;
        socket.connect((address, 9))?;
        socket.local_addr()
    };
    address != unspecified && local().is_ok_and(|local| local.ip() == address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> bool {
        permitted(text.parse().unwrap(), 80).is_some()
    }

    #[test]
    fn localhost_is_ipv4_then_ipv6() {
        let expected = ["127.0.0.1:80", "[::1]:80"].map(|text| text.parse().unwrap());
        assert_eq!(localhost(80), expected);
    }

    #[cfg(feature = "remote")]
    #[test]
    fn names_are_resolved_within_the_deadline() {
        use crate::net::Deadline;
        use std::time::Duration;

        let soon = Deadline::after(Duration::from_secs(30));
        let addresses = resolve("localhost", 80, soon).unwrap();
        assert!(
            addresses
                .iter()
                .all(|address| address.ip().is_loopback() && address.port() == 80)
        );
        let past = Deadline::after(Duration::ZERO);
        assert_eq!(
            resolve("localhost", 80, past).unwrap_err().kind(),
            std::io::ErrorKind::TimedOut
        );
    }

    #[test]
    fn loopback_is_allowed() {
        for text in ["127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1"] {
            assert!(asked(text), "{text}");
        }
    }

    #[test]
    fn mapped_addresses_are_unmapped() {
        let address = "::ffff:127.0.0.1".parse().unwrap();
        assert_eq!(
            permitted(address, 1).unwrap(),
            ["127.0.0.1:1".parse().unwrap()]
        );
    }

    #[cfg(not(feature = "remote"))]
    #[test]
    fn everything_else_is_refused() {
        for text in [
            "0.0.0.0",
            "::",
            "192.0.2.1",
            "8.8.8.8",
            "255.255.255.255",
            "224.0.0.1",
            "2001:db8::1",
            "fe80::1",
            "ff02::1",
            "::ffff:192.0.2.1",
            "::ffff:0.0.0.0",
            "::127.0.0.1",
        ] {
            assert!(!asked(text), "{text}");
        }
    }
}
